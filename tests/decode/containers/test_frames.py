import contextlib
import io
import struct

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from onecopy.decode.walk import find
from onecopy.errors import UnreadableError
from onecopy.model import ContainerFound, Limits


def tiff(pages, **options) -> bytes:
    file = io.BytesIO()
    first, *rest = [Image.fromarray(page) for page in pages]
    first.save(file, "TIFF", save_all=True, append_images=rest, **options)
    return file.getvalue()


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("big_tiff", [False, True])
def test_pages_are_pictures_that_decode_alone(walked, photo, compression, big_tiff):
    pages = [photo(seed, 90 + seed, 60) for seed in range(3)]
    data = tiff(pages, compression=compression, big_tiff=big_tiff)
    found = walked(data)
    assert found.inners == ["#page=1", "#page=2", "#page=3"]
    assert found.containers == [ContainerFound(inner="", format="tiff", images=3)]
    for picture, page in zip(found.pictures, pages, strict=True):
        assert picture.header.frames == 1
        assert (picture.raster().pixels == page).all()
        assert bytes(find(data, picture.inner, Limits()).stored) == bytes(picture.stored)


def test_equal_pages_of_different_files_are_equal_bytes(walked, photo):
    one = walked(tiff([photo(1), photo(2)])).pictures
    other = walked(tiff([photo(3, 40, 40), photo(4), photo(2)])).pictures
    assert bytes(one[1].stored) == bytes(other[2].stored)
    assert bytes(one[0].stored) != bytes(other[1].stored)


def test_bilevel_fax_pages_and_jpeg_pages(walked, photo):
    bilevel = [photo(seed)[..., 0] > 128 for seed in (1, 2)]
    found = walked(tiff(bilevel, compression="group4"))
    assert [p.header.mode for p in found.pictures] == ["1", "1"]
    assert (found.pictures[1].raster().pixels[..., 0] == bilevel[1] * 255).all()
    found = walked(tiff([photo(1), photo(2)], compression="jpeg"))
    assert np.abs(found.pictures[1].raster().pixels.astype(int) - photo(2)).mean() < 8


def test_one_page_is_the_file_itself(walked, photo):
    data = tiff([photo(1)])
    found = walked(data)
    assert found.inners == [""]
    assert bytes(found.pictures[0].stored) == data


def marked_reduced(data: bytes, page: int) -> bytes:
    """Make a page's ImageDescription (270, the one tag to spare) a NewSubfileType of 1."""
    at = struct.unpack_from("<L", data, 4)[0]
    for _ in range(page):
        at = struct.unpack_from("<L", data, at + 2 + 12 * struct.unpack_from("<H", data, at)[0])[0]
    for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == 254:
            return data[: entry + 8] + struct.pack("<L", 1) + data[entry + 12 :]
    raise AssertionError("no NewSubfileType")


def with_subfile_types(photo, count: int) -> bytes:
    file = io.BytesIO()
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[254] = 0
    pages = [Image.fromarray(photo(seed)) for seed in range(count)]
    for page in pages:
        page.encoderinfo = {"tiffinfo": info}
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], tiffinfo=info)
    return file.getvalue()


def test_a_reduced_copy_is_no_page(walked, photo):
    data = with_subfile_types(photo, 3)
    found = walked(marked_reduced(data, 1))
    assert found.inners == ["#page=1", "#page=3"]
    assert [s.inner for s in found.skipped] == ["#page=2"]
    alone = marked_reduced(with_subfile_types(photo, 2), 1)
    assert walked(alone).inners == [""]
    assert walked(marked_reduced(with_subfile_types(photo, 2), 0)).inners == ["#page=2"]


def test_a_cut_off_file_keeps_the_pages_that_are_there(walked, photo):
    data = tiff([photo(seed) for seed in range(4)])
    found = walked(data[: len(data) * 5 // 8])
    assert found.inners[:2] == ["#page=1", "#page=2"]
    assert "truncated" in found.codes.values()


def test_a_chain_that_bites_its_tail_ends(walked, photo):
    data = tiff([photo(1), photo(2)])
    first = struct.unpack_from("<L", data, 4)[0]
    second_link = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<L", data, second_link)[0]
    link = second + 2 + 12 * struct.unpack_from("<H", data, second)[0]
    looped = data[:link] + struct.pack("<L", first) + data[link + 4 :]
    assert walked(looped).inners == ["#page=1", "#page=2"]


def test_more_pages_than_the_limit_are_said(walked, photo):
    data = tiff([photo(seed, 16, 16) for seed in range(5)])
    found = walked(data, pages=3)
    assert len(found.pictures) == 3
    assert found.codes == {"": "too-large"}


def test_random_damage_never_escapes(walked, photo):
    data = tiff([photo(seed, 40, 30) for seed in range(3)], compression="tiff_lzw")
    random = np.random.default_rng(5)
    for _ in range(200):
        broken = bytearray(data)
        for at in random.integers(0, len(data), 6):
            broken[at] = random.integers(0, 256)
        for picture in walked(bytes(broken)).pictures:
            with contextlib.suppress(UnreadableError):
                picture.raster()
