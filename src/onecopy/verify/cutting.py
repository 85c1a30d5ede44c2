"""Black and white made of greys: where a scanner put its threshold, and what that explains.

A page cut to black and white keeps of each pixel only on which side of a level it was, and nobody knows the
level. But the pair itself tells: for each level of the other page, softened as scanners soften, how much of
what shows it became white. That curve, applied, is what the cut page is expected to show; thin pale strokes,
of which chance made some black and some white, are expected to be half of each, and say nothing.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.curve import Curve, pooled
from onecopy.verify.planes import Bytes, Mask

_SOFTENED = (0.0, 0.6, 1.0)
"""Standard deviations (pixels) by which greys may have been softened before they were cut; 0: not at all."""
_SOFTENED_TWICE = (0.5, 0.75, 1.1)
"""The same for a page that is black and white itself."""
_PHASE = 81
"""Grey levels by which a thin stroke is darker where it lies on a row of pixels than where between two."""
_LEAST = 20
_EVERY = 7


@dataclass(frozen=True, slots=True)
class Expected:
    """Two pages of which one is black and white at least, on one grid: luminance (height, width, 1) each.

    ``curve`` takes the levels of the grey one, softened, to those that it is expected to have when cut.
    """

    source: Bytes
    target: Bytes
    curve: Curve


def expect(source: Bytes, target: Bytes, mask: Mask, *, cut_source: bool, cut_target: bool) -> Expected:
    """Bring both pages to what the threshold of one of them makes of the other.

    Args:
        source: Luminance of the better page on the poorer's grid, (height, width, 1).
        target: Luminance of the poorer page.
        mask: Where both are defined.
        cut_source: Whether the better one is black and white as it was read.
        cut_target: Whether the poorer one is.
    """
    where = np.flatnonzero(mask)[::_EVERY]
    grey, cut = (source, target) if cut_target else (target, source)
    sigmas = _SOFTENED_TWICE if cut_source and cut_target else _SOFTENED
    tried = [_whiteness(_softened(grey, sigma), cut, where) for sigma in sigmas]
    best = min(tried, key=lambda one: one.error)
    made = np.asarray(cv2.LUT(best.page, np.rint(best.curve).astype(np.uint8)), np.uint8).reshape(grey.shape)
    return Expected(made, target, best.curve) if cut_target else Expected(source, made, best.curve)


@dataclass(frozen=True, slots=True)
class _Whiteness:
    """How white what shows each level of a page became, and how far that is from what was cut."""

    page: Bytes
    curve: Curve
    error: float


def _softened(page: Bytes, sigma: float) -> Bytes:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8) if sigma else page


def _whiteness(page: Bytes, cut: Bytes, where: npt.NDArray[np.intp]) -> _Whiteness:
    """The mean level of ``cut`` where ``page`` has each of 256 levels, never falling."""
    levels, white = page.ravel()[where], cut.ravel()[where].astype(np.float32)
    counts = np.bincount(levels, minlength=256)
    seen = np.flatnonzero(counts >= min(_LEAST, counts.max()))
    means = np.bincount(levels, white, minlength=256)[seen] / counts[seen]
    curve: Curve = np.interp(np.arange(256), seen, pooled(means, counts[seen].astype(np.float64))).astype(
        np.float32
    )
    error = float(np.square(white - curve[levels]).mean())
    broad = cv2.blur(curve[None], (_PHASE, 1), borderType=cv2.BORDER_REPLICATE)[0]
    return _Whiteness(page, np.asarray(broad, np.float32), error)
