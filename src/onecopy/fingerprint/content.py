"""What of a picture can be matched: transparency on a ground, uniform borders, and whether it is empty."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.decode.interface import Raster

Luma = npt.NDArray[np.uint8]

SMALLEST_SIDE = 16
"""A picture with a shorter side than this, in pixels, is matched by bytes and data only."""

_TOLERANCE = 12
"""Grey levels within which a border counts as uniform: paper, compression noise."""
_OUTLIERS = 0.005
_NOTICEABLE = 0.03
_FAINT = 0.1
"""Of the contrast on black: what shows no more than that on white is laid on black."""
_SMALLEST_INSIDE = 0.05

_CALM = 6.0
_FAINTEST = 4.0
_SIGMAS = 5.0
_SPECKS = 0.0005


class Box(NamedTuple):
    """A part of an array: rows ``top`` to ``bottom``, columns ``left`` to ``right``, ends excluded."""

    left: int
    top: int
    right: int
    bottom: int


def visible(raster: Raster) -> Luma:
    """Luminance as somebody would see it.

    Transparency is laid on white, as most programs do. Where that shows nothing, or next to nothing of what
    black shows (white lines on nothing), it is laid on black; where that shows nothing either, the shape of
    the transparency itself is taken.
    """
    luma, alpha = raster.pixels, raster.alpha
    if alpha is None or bool((alpha == 255).all()):
        return luma
    on_white, on_black = (_laid(luma, alpha, ground) for ground in (255, 0))
    faint = _contrast(on_white) < _FAINT * _contrast(on_black)
    for laid in (on_black, on_white) if faint else (on_white, on_black):
        if nothing_to_see(laid) is None:
            return laid
    return alpha if nothing_to_see(alpha) is None else on_white


def _contrast(luma: Luma) -> float:
    low, high = np.quantile(luma[::2, ::2], (0.005, 0.995))
    return float(high - low)


def unmatchable(luma: Luma, full_width: int, full_height: int) -> str | None:
    """Why a picture is matched by bytes and data only, or ``None``."""
    if min(full_width, full_height) < SMALLEST_SIDE:
        return f"too small: {full_width} × {full_height} pixels"
    return nothing_to_see(luma)


def nothing_to_see(luma: Luma) -> str | None:
    """Whether a picture is one even ground: ``blank``, ``flat colour`` or ``nearly empty``, else ``None``.

    What stands out is measured against the ground's own noise, so faint writing on clean paper counts and
    the grain of an empty scan does not.
    """
    counts = cv2.calcHist([luma], [0], None, [256], [0, 256]).ravel()
    ground = _median(counts)
    difference = np.abs(np.arange(256) - ground)
    noise = 1.4826 * _median(np.bincount(difference, counts))
    if noise >= _CALM:
        return None
    share = counts[difference > max(_FAINTEST, _SIGMAS * noise)].sum() / luma.size
    if share >= _SPECKS:
        return None
    if share > 0:
        return "nearly empty"
    return "blank" if ground >= 240 else "flat colour"


def inside_border(luma: Luma) -> Box | None:
    """Find what is inside a uniform border: letterbox bars, white margins, the frame of a scan.

    Returns:
        The inside, or ``None`` where no side has a noticeable border (3 %) or too little would be left.
    """
    height, width = luma.shape
    box = Box(0, 0, width, height)
    for _ in range(3):  # bars above and below may hide bars at the sides, and the other way round
        part = luma[box.top : box.bottom, box.left : box.right]
        top, bottom = _bars(part)
        left, right = _bars(part[top : part.shape[0] - bottom].T)
        smaller = Box(box.left + left, box.top + top, box.right - right, box.bottom - bottom)
        if smaller == box or smaller.right <= smaller.left or smaller.bottom <= smaller.top:
            break
        box = smaller
    trimmed = (box.left / width, box.top / height, 1 - box.right / width, 1 - box.bottom / height)
    inside = (box.right - box.left) * (box.bottom - box.top)
    short = min(box.right - box.left, box.bottom - box.top)
    if max(trimmed) < _NOTICEABLE or inside < _SMALLEST_INSIDE * width * height or short < SMALLEST_SIDE:
        return None
    return box


def _median(counts: npt.NDArray[np.generic]) -> int:
    """The median of values of which ``counts`` says how often each occurs."""
    sums = np.cumsum(counts)
    return int(np.searchsorted(sums, sums[-1] / 2))


def _laid(luma: Luma, alpha: Luma, ground: int) -> Luma:
    weight = alpha.astype(np.uint16)
    return ((luma * weight + ground * (255 - weight) + 127) // 255).astype(np.uint8)


def _bars(part: Luma) -> tuple[int, int]:
    """How many rows at the top and at the bottom are as even as the outermost; none if all are."""
    if part.shape[0] < 2 or not part.shape[1]:
        return 0, 0
    top, bottom = _bar(part), _bar(part[::-1])
    return (top, bottom) if top + bottom < part.shape[0] else (0, 0)


def _bar(part: Luma) -> int:
    first = np.sort(part[0])  # far cheaper than numpy's median
    ground = (int(first[(len(first) - 1) // 2]) + int(first[len(first) // 2])) // 2
    low, high = max(0, ground - _TOLERANCE), min(255, ground + _TOLERANCE)
    allowed = int(_OUTLIERS * part.shape[1])
    for start in range(0, part.shape[0], 32):  # most pictures have no border: look no further than needed
        # Below the lowest it wraps around, so one comparison finds what is outside on either side.
        outside = part[start : start + 32] - np.uint8(low) > high - low
        uneven = np.count_nonzero(outside, axis=1) > allowed
        if uneven.any():
            return int(start + uneven.argmax())
    return int(part.shape[0])
