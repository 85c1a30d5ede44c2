"""Small JPEG pictures of images for reports and pages, made where images are decoded: in workers."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from onecopy.decode.interface import Raster
from onecopy.decode.walk import find
from onecopy.errors import UnreadableError
from onecopy.model import Limits
from onecopy.sandbox.interface import Files, Task

LONGEST_SIDE = 4096
"""No preview is larger than this, in pixels."""

_QUALITY = 82


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewArgs:
    """Which picture, how large, and which part of it.

    Attributes:
        inner: Its place in the file.
        longest_side: Of the preview, in pixels; smaller pictures are not enlarged.
        limits: Bounds on what the file may cost.
        box: ``x, y, width, height`` in pixels of the picture as displayed; the whole where ``None``.
    """

    inner: str
    longest_side: int
    limits: Limits
    box: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """A preview and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


PREVIEW = Task("onecopy.decode.preview:preview", PreviewArgs, PreviewResult)
"""Takes one file."""


def preview(files: Files, args: PreviewArgs) -> PreviewResult:
    """Run :data:`PREVIEW`: the picture as displayed, in sRGB, over white.

    Raises:
        UnreadableError: where the picture cannot be read.
    """
    picture = find(files[0], args.inner, args.limits)
    longest = min(max(1, args.longest_side), LONGEST_SIDE)
    header = picture.header
    at_least = longest
    if args.box is not None:
        part = max(1, *args.box[2:])
        at_least = longest * max(header.width, header.height) // part + 1
    image = over_white(picture.raster(at_least=at_least), args.box)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return PreviewResult(jpeg=file.getvalue(), width=image.width, height=image.height)


def over_white(raster: Raster, box: tuple[int, int, int, int] | None = None) -> Image.Image:
    """A raster, or a part of it in pixels of the picture itself, without transparency: mode RGB.

    Raises:
        UnreadableError: ``vanished`` if the part lies outside.
    """
    pixels, alpha = _cut(raster.pixels, raster, box), None
    if raster.alpha is not None:
        alpha = _cut(raster.alpha, raster, box)
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    if alpha is None:
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=Image.fromarray(np.ascontiguousarray(alpha)))
    return ground


def _cut(
    array: npt.NDArray[np.uint8], raster: Raster, box: tuple[int, int, int, int] | None
) -> npt.NDArray[np.uint8]:
    """Cut out a box given in pixels of the picture itself, whatever the scale of the decode."""
    if box is None:
        return array
    height, width = array.shape[:2]
    across, down = width / raster.full_width, height / raster.full_height
    left, top = max(0, int(box[0] * across)), max(0, int(box[1] * down))
    right = min(width, max(left + 1, round((box[0] + box[2]) * across)))
    bottom = min(height, max(top + 1, round((box[1] + box[3]) * down)))
    if left >= right or top >= bottom:
        raise UnreadableError("The part asked for lies outside the image.", code="vanished")
    return array[top:bottom, left:right]
