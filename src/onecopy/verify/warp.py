"""The small local shifts between two scans of one sheet: paper feeds unevenly, glass is not a plane."""

import cv2
import numpy as np

from onecopy.verify.align import normalise
from onecopy.verify.planes import Array, Mask

_TILE = 96
_MOST = 2.5
_SMALL, _BETTER = 0.3, 0.9
"""Pixels from which on a shift has to show, and what it may leave of the difference."""


def settle(moved: Array, target: Array, mask: Mask) -> Array:
    """Shift tiles of ``moved`` by up to two and a half pixels, smoothly, so that it lies on ``target``.

    Tiles without structure follow their neighbours. Both are luminance, (height, width), float32; the result
    has the same shape. One stroke more or less in a tile moves nothing: shifts are those of whole tiles.
    """
    height, width = target.shape
    down, across = max(1, round(height / _TILE)), max(1, round(width / _TILE))
    a, b = normalise(moved, 4.0), normalise(target, 4.0)
    shifts = np.zeros((down, across, 2), np.float32)
    trust = np.zeros((down, across), np.float32)
    for i in range(down):
        for j in range(across):
            ys = slice(i * height // down, (i + 1) * height // down)
            xs = slice(j * width // across, (j + 1) * width // across)
            shifts[i, j], trust[i, j] = _shift(a[ys, xs], b[ys, xs], mask[ys, xs])
    field = cv2.resize(_smooth(shifts, trust), (width, height), interpolation=cv2.INTER_LINEAR)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = xs + field[..., 0], ys + field[..., 1]
    return np.asarray(cv2.remap(moved, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _shift(a: Array, b: Array, mask: Mask) -> tuple[tuple[float, float], float]:
    if min(a.shape) < 16 or float(mask.mean()) < 0.7 or float(np.abs(b).mean()) < 0.1:
        return (0.0, 0.0), 0.0
    window = cv2.createHanningWindow((a.shape[1], a.shape[0]), cv2.CV_32F)
    (x, y), peak = cv2.phaseCorrelate(b, a, window)
    if max(abs(x), abs(y)) > _MOST or peak < 0.15 or not _nearer(a, b, x, y):
        return (0.0, 0.0), 0.0
    return (float(x), float(y)), float(peak)


def _nearer(a: Array, b: Array, x: float, y: float) -> bool:
    """Whether a shift brings them nearer: where there are lines alone, correlation finds any."""
    if abs(x) + abs(y) < _SMALL:
        return True
    move = np.array([[1, 0, x], [0, 1, y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(a, move, (a.shape[1], a.shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    before, after = (float(cv2.norm(one, b, cv2.NORM_L1)) for one in (a, moved))
    return after < _BETTER * before


def _smooth(shifts: Array, trust: Array) -> Array:
    weight = cv2.GaussianBlur(trust, (0, 0), 0.9)[..., None] + 1e-4
    return np.asarray(cv2.GaussianBlur(shifts * trust[..., None], (0, 0), 0.9) / weight, np.float32)
