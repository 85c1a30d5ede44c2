"""What remains between two registered images, measured against what re-encoding of this pair explains.

The noise of a pair is read off the pair itself: pixels are sorted by how much structure surrounds them, and
in each class the usual size of the difference is what compression, resampling and rounding do there. A real
change is local, so it cannot raise that level by much, and stands out of it at some scale: *local maxima, not
averages*. Neighbouring frames of a fixed camera differ by 1.8 grey levels in the mean, no more than a
re-encode at quality 40, but by 70 at some place.
"""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.noise import activity, classes, contrast, expected
from onecopy.verify.planes import Array, Bytes, Mask, Ycc
from onecopy.verify.slack import Slack, palette_slack

_HALF = 0.5
"""From a gradient per pixel of half size to one per pixel."""
_FLOOR = 2.0
"""Grey levels that are never a difference: rounding, colour conversion."""
_WINDOWS = ((3, 4.6), (5, 3.2), (9, 2.4))
"""Window (pixels), and how many times the usual difference its mean may reach (see the ADR for margins)."""
_CHROMA_WINDOW = 5
QUIET = 0.5


@dataclass(frozen=True, slots=True)
class Residual:
    """The remaining difference on the poorer image's grid.

    ``excess`` is 1 where the difference is just beyond what the pair explains; ``chroma`` the same for
    colour alone. ``visible`` is the least contrast (grey levels) that a changed stroke must have to show.
    """

    excess: Array
    chroma: Array
    luma: Array
    mask: Mask
    textured: Mask
    visible: float

    @property
    def worst(self) -> float:
        """The largest excess anywhere, colour included."""
        return float(max(self.excess.max(initial=0.0), self.chroma.max(initial=0.0)))


def measure(made: Ycc, target: Ycc, mask: Mask) -> Residual:
    """Judge the difference between what the better image explains and what the poorer shows.

    Args:
        made: As made from the better image (see :mod:`onecopy.verify.tone`).
        target: The same planes of the poorer image.
        mask: Where both are defined.
    """
    luma = (target[0] - made[0]) * mask.astype(np.float32)
    busy_made, busy_target = activity(made[0]), activity(target[0])
    slack = palette_slack(made, target)
    small = Chroma.of(made, target, mask) if len(target) == 3 else None
    if small is not None:
        busy_made = np.maximum(busy_made, small.enlarged(small.busy_made))
        busy_target = np.maximum(busy_target, small.enlarged(small.busy_target))
    which = classes(busy_made, busy_target)
    chroma = np.zeros_like(luma) if small is None else small.enlarged(_chroma_excess(small, which, slack))
    floor = _FLOOR * contrast(target[0], mask)
    usual = expected(np.abs(luma), which, mask) + np.float32(floor)
    excess = _excess(luma, usual, slack)
    excess[~mask] = 0
    chroma[~mask] = 0
    textured = mask & (np.maximum(busy_made, busy_target) > 3.0)
    return Residual(excess, chroma, luma, mask, textured, float(usual.max()) * _WINDOWS[1][1])


def _excess(luma: Array, usual: Array, slack: Slack | None) -> Array:
    """The difference in units of what is allowed, over the window in which it is largest."""
    excess = np.zeros_like(luma)
    for window, most in _WINDOWS:
        mean = np.abs(cv2.blur(luma, (window, window)))
        allowed = usual * np.float32(most)
        if slack is not None:
            allowed += cv2.blur(slack.luma, (window, window))
        np.divide(mean, allowed, out=mean)
        np.maximum(excess, mean, out=excess)
    return excess


@dataclass(frozen=True, slots=True)
class Chroma:
    """Cr and Cb at half size, as most pictures have them: the difference, and how busy either picture is."""

    difference: tuple[Array, ...]
    busy_made: Array
    busy_target: Array
    mask: Mask
    size: tuple[int, int]

    @classmethod
    def of(cls, made: Ycc, target: Ycc, mask: Mask) -> Self:
        """Halve both."""
        inside = _halved(mask.astype(np.float32)) > 0.99
        a, b = ([_halved(plane) for plane in ycc[1:]] for ycc in (made, target))
        difference = tuple((y - x) * inside for x, y in zip(a, b, strict=True))
        return cls(difference, _busy(a), _busy(b), inside, (mask.shape[1], mask.shape[0]))

    def enlarged(self, small: Array) -> Array:
        """Back to full size."""
        return np.asarray(cv2.resize(small, self.size, interpolation=cv2.INTER_NEAREST), np.float32)


def _halved(plane: Array) -> Array:
    """Half the size; a last odd row or column is left out, as halving is many times faster than all else."""
    height, width = (max(2, side // 2 * 2) for side in plane.shape)
    small = cv2.resize(plane[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _busy(chroma: list[Array]) -> Array:
    """Activity of the busier of Cr and Cb, in grey levels per pixel of full size."""
    return np.maximum(activity(chroma[0]), activity(chroma[1])) * np.float32(_HALF)


def _chroma_excess(small: Chroma, which: Bytes, slack: Slack | None) -> Array:
    """Colour differences over windows wide enough for 4:2:0 subsampling, against their usual size."""
    height, width = small.mask.shape
    window = (_CHROMA_WINDOW, _CHROMA_WINDOW)
    cr, cb = (np.abs(cv2.blur(plane, window)) for plane in small.difference)
    size = np.maximum(cr, cb) * small.mask
    which = np.ascontiguousarray(which[::2, ::2][:height, :width])
    both_busy = np.minimum(small.busy_made, small.busy_target)  # halving chroma costs thin lines their colour
    allowed = 8.0 + 3.0 * expected(size, which, small.mask) + both_busy
    if slack is not None:
        allowed = allowed + _halved(slack.chroma)
    return np.asarray(size / allowed, np.float32)


def cells(mask: Mask, side: int = 16) -> tuple[int, npt.NDArray[np.bool_]]:
    """Which cells of a grid contain a true pixel; the number of them, and the grid."""
    height, width = -(-mask.shape[0] // side), -(-mask.shape[1] // side)
    padded = np.zeros((height * side, width * side), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    grid = padded.reshape(height, side, width, side).any((1, 3))
    return int(grid.sum()), np.asarray(grid, np.bool_)


def torn(residual: Residual, *, colour: bool = True) -> float:
    """Share of the textured cells in which something is beyond explanation, 0 to 1."""
    all_cells, textured = cells(residual.textured)
    if not all_cells:
        return 1.0
    beyond = residual.excess > 1
    if colour:
        beyond |= residual.chroma > 1
    bad = cells(beyond)[1]
    return float((textured & bad).sum()) / all_cells


def regions(residual: Residual, *, most: int = 24) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height, on the poorer's grid) round what differs, the largest excess first."""
    both = np.maximum(residual.excess, residual.chroma)
    seeds = both > 1
    reach = max(3, round(0.006 * max(both.shape)) | 1)
    spread = cv2.dilate((both > QUIET).astype(np.uint8), np.ones((reach, reach), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(spread, connectivity=8)
    weight = np.bincount(labels[seeds], weights=both[seeds], minlength=count)
    order = [k for k in np.argsort(-weight, kind="stable") if k and weight[k] > 0]
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in (boxes[k] for k in order[:most])]
