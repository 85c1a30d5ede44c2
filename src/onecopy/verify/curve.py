"""A monotone curve from the levels of one picture to those of another."""

import numpy as np
import numpy.typing as npt

from onecopy.verify.planes import Array

Curve = npt.NDArray[np.float32]
"""256 levels."""

_BINS = 64
_FEW_LEVELS = 64
_ONE_LEVEL = 6.0
"""Spread (grey levels) of what is one level with noise: it has no slope."""
_FEWER = 0.7
"""Of the levels of the source: fewer were taken away, not drawn with few."""
_LEAST_IN_BIN = 20


def fit_curve(x: Array, y: Array) -> Curve:
    """A curve that takes the levels ``x`` (n,) to ``y`` (n,): median per bin, then pooled.

    Falling where the target is a negative of the source.
    """
    steps = len(np.unique(np.rint(y)))
    if steps < _FEW_LEVELS and steps < _FEWER * len(np.unique(np.rint(x))):
        return _straight(x, y)
    bins = np.minimum((x * (_BINS / 256)).astype(np.int64), _BINS - 1)
    sizes = np.bincount(bins, minlength=_BINS)
    full = sizes >= _LEAST_IN_BIN
    if int(full.sum()) < 2:
        shift = float(np.median(y - x)) if len(x) else 0.0
        return np.asarray(np.arange(256) + shift, np.float32)
    ws = sizes[full].astype(np.float64)
    xs = (np.bincount(bins, x, minlength=_BINS)[full]) / ws
    ys = _medians(bins, y, sizes)[full]
    falling = np.polyfit(xs, ys, 1, w=np.sqrt(ws))[0] < 0 and float(np.corrcoef(x, y)[0, 1]) < -0.5
    sign = -1 if falling else 1
    levels = sign * pooled(sign * ys, ws)
    return np.asarray(_extend(np.interp(np.arange(256), xs, levels), xs, levels), np.float32)


def _medians(bins: npt.NDArray[np.int64], y: Array, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The median of ``y`` in each bin, to 1/256; of no meaning where a bin is empty."""
    ordered = np.sort(bins << 20 | np.clip(y * 256 + 65536, 0, (1 << 20) - 1).astype(np.int64))
    ends = np.cumsum(sizes)
    middle = np.minimum(ends - sizes + sizes // 2, len(ordered) - 1)
    below = np.maximum(ends - sizes + (sizes - 1) // 2, 0)
    both = (ordered[np.minimum(below, len(ordered) - 1)] & 0xFFFFF) + (ordered[middle] & 0xFFFFF)
    return np.asarray((both / 2 - 65536) / 256, np.float64)


def _straight(x: Array, y: Array) -> Curve:
    """A straight line, for targets of few levels: a curve would take on their steps."""
    if float(np.std(x)) < _ONE_LEVEL:
        return np.asarray(np.arange(256) + float(np.median(y - x)), np.float32)
    slope, offset = np.polyfit(x, y, 1)
    return np.asarray(np.clip(slope * np.arange(256) + offset, 0, 255), np.float32)


def pooled(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Pool adjacent violators: the nearest non-decreasing sequence (Ayer et al. 1955)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value2, weight2, count2 = blocks.pop()
            value1, weight1, count1 = blocks.pop()
            total = weight1 + weight2
            blocks.append([(value1 * weight1 + value2 * weight2) / total, total, count1 + count2])
    return np.concatenate([np.full(int(n), v) for v, _, n in blocks])


def _extend(
    curve: npt.NDArray[np.float64], xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Beyond the levels that occur, go on with slope one, as a small change of exposure would."""
    levels = np.arange(256.0)
    low, high = levels < xs[0], levels > xs[-1]
    curve[low] = ys[0] + (levels[low] - xs[0])
    curve[high] = ys[-1] + (levels[high] - xs[-1])
    return curve
