"""What decoding yields: pictures that have not been read yet, and rasters that have."""

import mmap
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Buffer = bytes | memoryview | mmap.mmap


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is known of a picture before its pixels are read. Width and height are as stored."""

    format: str
    width: int
    height: int
    mode: str
    orientation: int = 1
    profile: bytes | None = None
    has_alpha: bool = False
    frames: int = 1
    lossless: bool = False
    quantisation: tuple[tuple[int, ...], ...] | None = None
    """JPEG quantisation tables, 64 numbers each in natural order; table 0 is luminance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """Pixels as displayed: orientation applied, sRGB (profile converted when it matters), 8 bit.

    ``pixels`` has shape (height, width, 3), or (height, width) when only luminance was asked for; ``alpha``
    has shape (height, width) or is ``None``. ``full_width`` × ``full_height`` is the size in the file, as
    displayed: larger than the array where a scaled decode was allowed.
    """

    pixels: npt.NDArray[np.uint8]
    alpha: npt.NDArray[np.uint8] | None
    full_width: int
    full_height: int


class Picture(Protocol):
    """One image in a file, not decoded yet.

    Attributes:
        inner: Its place inside the file, ``""`` for the file itself.
        stored: Its bytes as stored: a complete image file, or a bare stream of a PDF.
        context: What outside ``stored`` decides its pixels (a PDF's colour space, decode array, masks), in
            a canonical form; empty when ``stored`` is a complete image file and nothing else matters.
        header: What is known without reading pixels.
    """

    inner: str
    stored: Buffer
    context: bytes
    header: Header

    def raster(self, *, at_least: int | None = None, luma: bool = False) -> Raster:
        """Decode.

        Args:
            at_least: Allow a scaled decode whose longer side is at least this many pixels (a hint: formats
                without scaled decoding give full size).
            luma: Luminance only, which some formats give faster; ``pixels`` is then (height, width).

        Raises:
            UnreadableError: with a stable code; never anything else on bad input.
        """
        ...
