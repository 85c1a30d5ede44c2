"""What remains between two registered images, measured against what re-encoding of this pair explains.

The noise of a pair is read off the pair itself: pixels are sorted by how much structure surrounds them, and
in each class the usual size of the difference is what compression, resampling and rounding do there. A real
change is local, so it cannot raise that level by much, and stands out of it at some scale: *local maxima, not
averages*. Neighbouring frames of a fixed camera differ by 1.8 grey levels in the mean, no more than a
re-encode at quality 40, but by 70 at some place.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.tone import Mask
from onecopy.verify.view import Array

_CLASSES = np.array([0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6])
_FLOOR = 2.0
"""Grey levels that are never a difference: rounding, colour conversion."""
_WINDOWS = ((3, 4.6), (5, 3.2), (9, 2.4))
"""Window (pixels), and how many times the usual difference its mean may reach (see the ADR for margins)."""
_CHROMA_WINDOW = 9
_MOST_SAMPLES = 150_000
_MOST_COLOURS = 256
_QUIET = 0.5
_LIKE, _LIKE_CHANGED = 0.3, 3.5


@dataclass(frozen=True, slots=True)
class Residual:
    """The remaining difference on the poorer image's grid.

    ``excess`` is 1 where the difference is just beyond what the pair explains; ``chroma`` the same for
    colour alone.
    """

    excess: Array
    chroma: Array
    luma: Array
    mask: Mask
    textured: Mask

    @property
    def worst(self) -> float:
        """The largest excess anywhere, colour included."""
        return float(max(self.excess.max(initial=0.0), self.chroma.max(initial=0.0)))


def activity(luma: Array) -> Array:
    """Root mean square gradient in a 7 × 7 window, grey levels per pixel."""
    gx = cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gy = cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return np.asarray(np.sqrt(np.maximum(cv2.blur(gx * gx + gy * gy, (7, 7)), 0)), np.float32)


def measure(made: Array, target: Array, mask: Mask) -> Residual:
    """Judge the difference between what the better image explains and what the poorer shows.

    Args:
        made: Y, Cr, Cb, or Y alone, as made from the better image (see :mod:`onecopy.verify.tone`).
        target: The same planes of the poorer image.
        mask: Where both are defined.
    """
    chroma = target.shape[2] == 3
    luma = np.where(mask, target[..., 0] - made[..., 0], 0).astype(np.float32)
    busy_made, busy_target = _busy(made), _busy(target)
    which = np.digitize(np.minimum(busy_made, busy_target), _CLASSES)
    slack = palette_slack(made, target)
    floor = _FLOOR * _contrast(target[..., 0], mask)
    usual = _expected(np.abs(luma), which, mask)
    excess = np.zeros_like(luma)
    for window, most in _WINDOWS:
        mean = np.abs(cv2.blur(luma, (window, window)))
        allowed = (usual + floor) * most + cv2.blur(slack[..., 0], (window, window))
        excess = np.maximum(excess, mean / allowed)
    colour = _chroma_excess(made, target, mask, which, slack) if chroma else np.zeros_like(luma)
    textured = mask & (np.maximum(busy_made, busy_target) > 3.0)
    excess[~mask] = 0
    return Residual(np.asarray(excess, np.float32), colour, luma, mask, textured)


def _busy(ycc: Array) -> Array:
    """Activity of luminance, and of colour where it counts and is stronger."""
    busy = activity(ycc[..., 0])
    for k in range(1, ycc.shape[2]):
        busy = np.maximum(busy, activity(ycc[..., k]))
    return busy


def _contrast(luma: Array, mask: Mask) -> float:
    """1 for ordinary pictures, less for faint ones, where small differences mean as much."""
    if not mask.any():
        return 1.0
    low, high = np.quantile(luma[mask][::7], (0.01, 0.99))
    return float(np.clip((high - low) / 100, 0.3, 1.0))


def palette_slack(made: Array, target: Array) -> Array:
    """How far each made colour lies from the nearest colour the target has, if it has only a few.

    Conversion to a palette, to few grey levels or to black and white explains that much, and no more.

    Returns:
        (height, width, 2): luminance and chroma, zero where the target is not limited to 256 colours.
    """
    if target.shape[2] == 1:
        return _level_slack(made, target)
    packed = np.rint(target).astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours = np.unique(packed.ravel()[::5])
    if len(colours) > _MOST_COLOURS:
        return np.zeros((*made.shape[:2], 2), np.float32)
    palette = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], 1).astype(np.float32)
    axis = np.arange(4, 256, 8, dtype=np.float32)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    distance = ((grid**2).sum(1)[:, None] - 2 * grid @ palette.T) + (palette**2).sum(1)
    error = np.abs(grid - palette[distance.argmin(1)])
    table = np.stack([error[:, 0], error[:, 1:].max(1)], 1).reshape(32, 32, 32, 2)
    y, cr, cb = (np.clip(made[..., k] / 8, 0, 31).astype(np.int32) for k in range(3))
    return np.asarray(table[y, cr, cb], np.float32)


def _level_slack(made: Array, target: Array) -> Array:
    """The same for grey levels: images of 64 levels and more count as continuous."""
    seen = np.bincount(np.rint(target).astype(np.uint8).ravel()[::5], minlength=256)
    levels = np.flatnonzero(seen)
    slack = np.zeros((*made.shape[:2], 2), np.float32)
    if len(levels) < 64:
        every = np.arange(256)
        table = np.abs(every[:, None] - levels).min(1).astype(np.float32)
        slack[..., 0] = table[np.clip(np.rint(made[..., 0]), 0, 255).astype(np.uint8)]
    return slack


def _expected(size: Array, which: npt.NDArray[np.intp], mask: Mask) -> Array:
    """The usual difference at each pixel: the 70th percentile of its class, as a standard deviation."""
    usual = np.zeros(len(_CLASSES) + 1, np.float32)
    spread = max(1, mask.size // _MOST_SAMPLES) | 1
    classes = np.where(mask, which, -1).ravel()[::spread]
    sample = size.ravel()[::spread]
    for k in range(len(usual)):
        sizes = sample[classes == k]
        if len(sizes) > 150 / spread + 20:
            usual[k] = float(np.quantile(sizes, 0.7)) / 1.036
        elif k:
            usual[k] = usual[k - 1]
    return np.asarray(np.maximum.accumulate(usual)[which], np.float32)


def _chroma_excess(
    made: Array, target: Array, mask: Mask, which: npt.NDArray[np.intp], slack: Array
) -> Array:
    """Colour differences over windows wide enough for 4:2:0 subsampling, against their usual size."""
    window = (_CHROMA_WINDOW, _CHROMA_WINDOW)
    difference = np.where(mask[..., None], target[..., 1:] - made[..., 1:], 0)
    size = np.abs(cv2.blur(difference.astype(np.float32), window)).max(2)
    size[~mask] = 0
    usual = _expected(size, which, mask)
    return np.asarray(size / (8.0 + 3.0 * usual + slack[..., 1]), np.float32)


def cells(mask: Mask, side: int = 16) -> tuple[int, npt.NDArray[np.bool_]]:
    """Which cells of a grid contain a true pixel; the number of them, and the grid."""
    height, width = -(-mask.shape[0] // side), -(-mask.shape[1] // side)
    padded = np.zeros((height * side, width * side), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    grid = padded.reshape(height, side, width, side).any((1, 3))
    return int(grid.sum()), np.asarray(grid, np.bool_)


def torn(residual: Residual) -> float:
    """Share of the textured cells in which something is beyond explanation, 0 to 1."""
    all_cells, textured = cells(residual.textured)
    if not all_cells:
        return 1.0
    bad = cells((residual.excess > 1) | (residual.chroma > 1))[1]
    return float((textured & bad).sum()) / all_cells


def regions(residual: Residual, *, most: int = 24) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height, on the poorer's grid) round what differs, the largest excess first."""
    both = np.maximum(residual.excess, residual.chroma)
    seeds = both > 1
    reach = max(3, round(0.006 * max(both.shape)) | 1)
    spread = cv2.dilate((both > _QUIET).astype(np.uint8), np.ones((reach, reach), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(spread, connectivity=8)
    weight = np.bincount(labels[seeds], weights=both[seeds], minlength=count)
    order = [k for k in np.argsort(-weight, kind="stable") if k and weight[k] > 0]
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in (boxes[k] for k in order[:most])]


@dataclass(frozen=True, slots=True)
class Grain:
    """Whether the fine grain of flat, unchanged parts is the same in both images.

    ``likeness`` is a correlation; ``strength`` the smaller of the two grains' standard deviations in grey
    levels; ``pixels`` how many took part. Where grain is measurable, its agreement shows one capture or one
    scan, its independence shows two.
    """

    likeness: float
    strength: float
    pixels: int

    def one_capture(self, changed: float) -> bool:
        """Grain is there, and it is the same; the more has changed (a share), the surer it must be.

        A fixed camera's video repeats even the noise of what stands still, so agreement alone is not enough
        where much else moved.
        """
        least = _LIKE + _LIKE_CHANGED * changed
        return self.pixels >= 600 and self.strength >= 0.35 and self.likeness >= least

    @property
    def two_captures(self) -> bool:
        """Grain is there, and it is not the same."""
        return self.pixels >= 1500 and self.strength >= 0.8 and self.likeness <= 0.15


def grain(source: Array, target: Array, residual: Residual) -> Grain:
    """Compare what is left of sensor noise, paper texture or film grain outside the changed places.

    Args:
        source: Luminance of the better image on the poorer's grid, not filtered.
        target: Luminance of the poorer image.
        residual: What :func:`measure` said of them.
    """
    changed = cv2.dilate(
        (np.maximum(residual.excess, residual.chroma) > _QUIET).astype(np.uint8), np.ones((9, 9))
    )
    busy = np.maximum(activity(source), activity(target))
    usable = residual.mask & (changed == 0) & (busy < 3.0) & (target > 6) & (target < 249) & (source < 249)
    count = int(usable.sum())
    if count < 200:
        return Grain(0.0, 0.0, count)
    fine_a, fine_b = ((x - cv2.GaussianBlur(x, (0, 0), 1.6))[usable] for x in (source, target))
    spread_a, spread_b = float(fine_a.std()), float(fine_b.std())
    together = float(((fine_a - fine_a.mean()) * (fine_b - fine_b.mean())).mean())
    return Grain(together / (spread_a * spread_b + 1e-6), min(spread_a, spread_b), count)
