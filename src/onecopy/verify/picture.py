"""Two registered images drawn for a person: A, B brought onto A, and where they differ, marked."""

import io

import cv2
import numpy as np
from PIL import Image, ImageDraw

from onecopy.decode.walk import find
from onecopy.model import Region
from onecopy.sandbox.interface import Files
from onecopy.verify.interface import ImageRef, PictureArgs, PictureResult
from onecopy.verify.planes import Mask, scaling
from onecopy.verify.resample import resample
from onecopy.verify.view import View, prepare, shrink

_PANEL = 900
_GAP = 12
_MARK = (214, 40, 57)
_GROUND = (244, 244, 246)


def picture(files: Files, args: PictureArgs) -> PictureResult:
    """Draw a pair side by side: A, B as it lies on A, and where they differ (dark: the same).

    Without a registration (different pictures), only the two images are drawn.

    Raises:
        UnreadableError: An image could not be decoded.
    """
    a, b = (_view(files, ref, args) for ref in (args.a, args.b))
    evidence = args.verdict.evidence
    if evidence.transform is None:
        return _result([_panel(a.colour, (), 0), _panel(b.colour, (), 0)])
    small = shrink(a.colour, _PANEL)
    scale = small.shape[1] / a.full_width
    laid, cover = _onto(b, np.array(evidence.transform).reshape(3, 3), small, scale)
    panels = [_panel(small, evidence.regions, scale), _panel(laid, evidence.regions, scale)]
    panels.append(_panel(_difference(small, laid, cover), evidence.regions, scale))
    return _result(panels)


def _view(files: Files, ref: ImageRef, args: PictureArgs) -> View:
    return prepare(find(files[ref.file], ref.inner, args.limits).raster(at_least=2 * _PANEL), 255)


def _onto(b: View, transform: np.ndarray, small: np.ndarray, scale: float) -> tuple[np.ndarray, Mask]:
    """B's pixels on the grid of the small A; grey where B shows nothing."""
    fit = scaling(scale)
    work = scaling(b.scale)
    matrix = work @ np.linalg.inv(transform) @ np.linalg.inv(fit)
    laid, cover = resample(b.planes(colour=True), matrix, (small.shape[1], small.shape[0]))
    return np.where(cover[..., None], laid, np.array(_GROUND, np.uint8)), cover


def _difference(a: np.ndarray, b: np.ndarray, cover: Mask) -> np.ndarray:
    size = np.abs(a.astype(np.float32) - b.astype(np.float32)).max(2)
    size = np.where(cover, np.clip(size * 3, 0, 255), 64).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(size, cv2.COLORMAP_INFERNO)[..., ::-1], np.uint8)


def _panel(pixels: np.ndarray, regions: tuple[Region, ...], scale: float) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(shrink(pixels, _PANEL)))
    draw = ImageDraw.Draw(image)
    for region in regions:
        if region.a is not None:
            x, y, width, height = (v * scale for v in region.a)
            draw.rectangle([x - 3, y - 3, x + width + 3, y + height + 3], outline=_MARK, width=3)
    return image


def _result(panels: list[Image.Image]) -> PictureResult:
    width = sum(p.width for p in panels) + _GAP * (len(panels) + 1)
    sheet = Image.new("RGB", (width, max(p.height for p in panels) + 2 * _GAP), _GROUND)
    x = _GAP
    for panel in panels:
        sheet.paste(panel, (x, _GAP))
        x += panel.width + _GAP
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return PictureResult(png=file.getvalue())
