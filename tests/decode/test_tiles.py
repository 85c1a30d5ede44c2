import io

import numpy as np
import pytest
from PIL import Image

from onecopy.decode import tiles as cutting
from onecopy.decode.tiling import BLOCK, OVERLAP, TILE, TilesArgs, exists, level_size


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(cutting, "_last", None)


@pytest.fixture
def large(photo):
    return photo.resize((1501, 1033), Image.Resampling.LANCZOS)


def _tiles(data, limits, level=0, block=(0, 0), content="a"):
    args = TilesArgs(inner="", content=content, level=level, block=block, limits=limits)
    return {(tile.column, tile.row): tile.file for tile in cutting.tiles([data], args).tiles}


def _joined(tiles, width, height):
    whole = Image.new("RGB", (width, height))
    for (column, row), file in tiles.items():
        whole.paste(Image.open(io.BytesIO(file)).convert("RGB"), (column * TILE, row * TILE))
    return np.asarray(whole)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_together_they_are_the_picture_at_every_level(large, encode, limits, near, level, form):
    width, height = level_size(*large.size, level)
    tiles = _tiles(encode(large, form), limits, level)
    assert set(tiles) == {
        (column, row) for column in range(9) for row in range(9) if exists(*large.size, level, column, row)
    }
    expected = large.resize((width, height), Image.Resampling.BOX)
    assert near(_joined(tiles, width, height), np.asarray(expected)) < 4


def test_each_reaches_one_pixel_over_its_neighbours(large, encode, limits):
    tiles = _tiles(encode(large, "PNG"), limits)
    sizes = {place: Image.open(io.BytesIO(file)).size for place, file in tiles.items()}
    assert sizes[0, 0] == (TILE + OVERLAP, TILE + OVERLAP)
    assert sizes[2, 2] == (1501 - 2 * TILE, 1033 - 2 * TILE)


def test_they_are_upright(large, encode, limits, near):
    exif = Image.Exif()
    exif[0x0112] = 6
    tiles = _tiles(encode(large, "JPEG", exif=exif), limits)
    turned = large.transpose(Image.Transpose.ROTATE_270)
    assert near(_joined(tiles, *turned.size), np.asarray(turned)) < 8


def test_line_drawings_stay_exact(limits, encode):
    drawing = Image.fromarray(np.kron(np.arange(64).reshape(8, 8) % 5 * 60, np.ones((100, 100))).astype("u1"))
    tiles = _tiles(encode(drawing, "PNG"), limits)
    assert all(file.startswith(b"\x89PNG") for file in tiles.values())
    assert (_joined(tiles, 800, 800)[..., 0] == np.asarray(drawing)).all()


def test_a_block_is_cut_at_once_and_the_next_begins_where_it_ends(limits, encode):
    strip = Image.new("L", (TILE * BLOCK + 10, 20), 200)
    data = encode(strip, "PNG")
    assert set(_tiles(data, limits)) == {(column, 0) for column in range(BLOCK)}
    assert set(_tiles(data, limits, block=(1, 0))) == {(BLOCK, 0)}
    assert _tiles(data, limits, block=(2, 0)) == {}


def test_what_was_decoded_last_is_kept_under_its_own_name(large, encode, limits):
    first = _tiles(encode(large, "PNG"), limits, content="a")
    assert _tiles(b"not read again", limits, content="a") == first
    other = _tiles(encode(large.transpose(Image.Transpose.ROTATE_180), "PNG"), limits, content="b")
    assert other[0, 0] != first[0, 0]
