"""Cutting tiles of a picture, where pictures are decoded: in workers. See :mod:`onecopy.decode.tiling`."""

import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from onecopy.decode.preview import over_white
from onecopy.decode.tiling import BLOCK, OVERLAP, TILE, Tile, TilesArgs, TilesResult, level_size
from onecopy.decode.walk import find
from onecopy.sandbox.interface import Files

_QUALITY = 90
"""High enough for the difference of two pictures to be theirs and not the tiles'."""
_FEW_COLOURS = 96
"""Line drawings and black-and-white scans have no more; they stay exact, as PNG."""
_KEPT_PIXELS = 40_000_000

_Key = tuple[str, str, int]
_Pixels = npt.NDArray[np.uint8]
_last: tuple[_Key, _Pixels] | None = None
"""The level that was cut last: the next block is likely to be its neighbour."""


def tiles(files: Files, args: TilesArgs) -> TilesResult:
    """Run :data:`onecopy.decode.tiling.TILES`: tiles of the picture as displayed, in sRGB, over white.

    Raises:
        UnreadableError: where the picture cannot be read.
    """
    pixels = _level(files, args)
    return TilesResult(tiles=tuple(_cut(pixels, args.block)))


def _level(files: Files, args: TilesArgs) -> _Pixels:
    global _last
    key = (args.content, args.inner, args.level)
    if _last is not None and _last[0] == key:
        return _last[1]
    _last = None  # before the next is decoded: two of them may be too much
    pixels = _decoded(files, args)
    if pixels.shape[0] * pixels.shape[1] <= _KEPT_PIXELS:
        _last = (key, pixels)
    return pixels


def _decoded(files: Files, args: TilesArgs) -> _Pixels:
    picture = find(files[0], args.inner, args.limits)
    longest = max(level_size(picture.header.width, picture.header.height, args.level))
    raster = picture.raster(at_least=longest)
    size = level_size(raster.full_width, raster.full_height, args.level)
    image = over_white(raster)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BOX)
    return np.asarray(image)


def _cut(pixels: _Pixels, block: tuple[int, int]) -> Iterator[Tile]:
    height, width = pixels.shape[:2]
    for row in range(block[1] * BLOCK, (block[1] + 1) * BLOCK):
        for column in range(block[0] * BLOCK, (block[0] + 1) * BLOCK):
            top, left = row * TILE, column * TILE
            if top < height and left < width:
                part = pixels[top : top + TILE + OVERLAP, left : left + TILE + OVERLAP]
                yield Tile(column=column, row=row, file=_encoded(Image.fromarray(np.ascontiguousarray(part))))


def _encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    colours = image.getcolors(_FEW_COLOURS)
    if colours is None:
        image.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    else:
        grey = all(red == green == blue for _, (red, green, blue) in colours)  # type: ignore[misc]
        (image.convert("L") if grey else image).save(file, "PNG", compress_level=4)
    return file.getvalue()
