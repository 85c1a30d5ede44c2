"""SHA-256 of the pixels of lossless images, equal whatever format and mode they are stored in.

Grey stored as colour, a palette, one bit for eight and a full alpha channel do not matter; depth does: 16
bits are never taken for 8. Pixels are taken as stored, before orientation and profile, which are kept beside.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from onecopy.decode.images import ImagePicture
from onecopy.decode.interface import Picture

Pixels = npt.NDArray[Any]

_BAND_PIXELS = 1 << 20
_NUMBERS = {"I;16", "I;16B", "I;16L", "I;16N", "I", "F"}
_PLAIN = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB", "RGBX": "RGB"}


def pixels_digest(picture: Picture) -> str | None:
    """Digest a lossless picture's pixels.

    Returns:
        SHA-256, or ``None`` for lossy formats, for animations (one frame is not all of it), and where not all
        bits of the pixels can be had.

    Raises:
        UnreadableError: where it cannot be decoded.
    """
    native = getattr(picture, "native", None)
    if native is None or not picture.header.lossless or picture.header.frames > 1:
        return None
    if isinstance(picture, ImagePicture) and picture.narrowed:
        return _wide_digest(picture)
    return image_digest(native())


def image_digest(image: Image.Image) -> str | None:
    """Digest a decoded image; ``None`` for modes that hold no plain samples."""
    if image.mode in _NUMBERS:
        return _digest(*_numbers(np.asarray(image)))
    mode = "RGBA" if image.has_transparency_data else _PLAIN.get(image.mode)
    if mode is not None:
        return _digest("8", image.size, lambda: _bands(image, mode))
    if image.mode in ("CMYK", "LAB", "YCbCr", "HSV"):
        return _digest(image.mode, image.size, lambda: _bands(image, image.mode))
    return None


def _wide_digest(picture: ImagePicture) -> str | None:
    """Digest colour of 16 bits a sample, which Pillow would cut to 8."""
    decoded: Any = cv2.imdecode(np.frombuffer(picture.stored, np.uint8), cv2.IMREAD_UNCHANGED)
    header = picture.header
    if decoded is None or decoded.dtype != np.uint16 or decoded.shape[:2] != (header.height, header.width):
        return None
    order = {3: [2, 1, 0], 4: [2, 1, 0, 3]}.get(1 if decoded.ndim == 2 else decoded.shape[2])
    pixels = decoded if order is None else decoded[:, :, order]
    return _digest("16", (header.width, header.height), lambda: _rows(pixels))


def _numbers(values: Pixels) -> tuple[str, tuple[int, int], Callable[[], Iterator[Pixels]]]:
    size = (values.shape[1], values.shape[0])
    if values.dtype.kind == "i" and values.size and values.min() >= 0 and values.max() <= 65_535:
        values = values.astype(np.uint16)
    depth = "16" if values.dtype.itemsize == 2 and values.dtype.kind == "u" else str(values.dtype)
    return depth, size, lambda: _rows(values)


def _bands(image: Image.Image, mode: str) -> Iterator[Pixels]:
    """A few rows at a time, so that a large image is not held twice."""
    rows = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        yield np.asarray(band if band.mode == mode else band.convert(mode))


def _rows(values: Pixels) -> Iterator[Pixels]:
    rows = max(1, _BAND_PIXELS // max(1, values.shape[1]))
    for top in range(0, values.shape[0], rows):
        yield values[top : top + rows]


def _digest(depth: str, size: tuple[int, int], bands: Callable[[], Iterator[Pixels]]) -> str:
    """Digest size, depth and samples, leaving out channels that say nothing."""
    channels = _telling(depth, bands)
    state = hashlib.sha256(f"{size[0]} {size[1]} {depth} {channels}".encode())
    for band in bands():
        told = band if band.ndim == 2 or channels is None else band[:, :, channels]
        state.update(np.ascontiguousarray(told, dtype=told.dtype.newbyteorder(">")).data)
    return state.hexdigest()


def _telling(depth: str, bands: Callable[[], Iterator[Pixels]]) -> list[int] | None:
    """Which channels tell something: one of three equal ones, and no alpha that is full; ``None`` for all."""
    if depth not in ("8", "16"):
        return None
    grey = opaque = True
    for band in bands():
        if band.ndim == 2:
            return [0]
        grey = grey and bool((band[..., 0] == band[..., 1]).all() and (band[..., 1] == band[..., 2]).all())
        opaque = opaque and (band.shape[2] == 3 or bool((band[..., 3] == np.iinfo(band.dtype).max).all()))
        if not grey and not opaque:
            break
    return ([0] if grey else [0, 1, 2]) + ([] if opaque else [3])
