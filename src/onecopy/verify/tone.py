"""What a change of tone, colour balance, sharpness or softness explains, fitted and taken away.

The better image, resampled onto the poorer's grid, is brought as near to the poorer as global operations can:
a monotone curve and a small symmetric filter on luminance, gain, offset and luminance leak on chroma. All are
fitted robustly, so that what changed locally stays in the residual.
"""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.view import Array

_BINS = 64
_FEW_LEVELS = 64
_MOST_SAMPLES = 30_000
_WORTH_FILTERING = 0.03
_STEPS = 16

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Made:
    """The poorer as made from the better: Y, Cr, Cb (or Y alone), (height, width, planes), and what it took.

    ``curve`` has 256 levels; ``sharpened`` the weight of the unfiltered
    source in the filter (1: untouched).
    """

    ycc: Array
    curve: Array
    sharpened: float


Where = npt.NDArray[np.intp]


def _sample(mask: Mask) -> Where:
    """Places to fit on: all of them, or evenly spread ones at a stride that shares no factor with rows."""
    where = np.flatnonzero(mask)
    stride = len(where) // _MOST_SAMPLES
    return where if stride < 2 else where[:: stride | 1]


def fit_curve(source: Array, target: Array, where: Where) -> Array:
    """A monotone curve (256 levels) that takes source levels to target levels: median per bin, then pooled.

    Falling where the target is a negative of the source.
    """
    x, y = source.ravel()[where], target.ravel()[where]
    if len(np.unique(np.rint(y))) < _FEW_LEVELS:
        return _straight(x, y)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    edges = np.searchsorted(x, np.linspace(0, 256, _BINS + 1))
    xs, ys, ws = [], [], []
    for lo, hi in itertools.pairwise(edges):
        if hi - lo >= 20:
            xs.append(float(x[lo:hi].mean()))
            ys.append(float(np.median(y[lo:hi])))
            ws.append(float(hi - lo))
    if len(xs) < 2:
        shift = float(np.median(y - x)) if len(x) else 0.0
        return np.asarray(np.arange(256) + shift, np.float32)
    falling = np.polyfit(xs, ys, 1, w=np.sqrt(ws))[0] < 0 and float(np.corrcoef(x, y)[0, 1]) < -0.5
    sign = -1 if falling else 1
    levels = sign * _pool(sign * np.array(ys), np.array(ws))
    curve = np.interp(np.arange(256), xs, levels)
    return np.asarray(_extend(curve, np.array(xs), levels), np.float32)


def _straight(x: Array, y: Array) -> Array:
    """A straight line, for targets of few levels: a curve would take on their steps."""
    if float(np.ptp(x)) < 1:
        return np.asarray(np.arange(256) + float(np.median(y - x)), np.float32)
    slope, offset = np.polyfit(x, y, 1)
    return np.asarray(np.clip(slope * np.arange(256) + offset, 0, 255), np.float32)


def _pool(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Pool adjacent violators: the nearest non-decreasing sequence (Ayer et al. 1955)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values, weights, strict=True):
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


def apply_curve(curve: Array, luma: Array) -> Array:
    """Look levels up, to a sixteenth of a level."""
    steps = np.interp(np.arange(255 * _STEPS + 1) / _STEPS, np.arange(256), curve).astype(np.float32)
    return np.asarray(steps[(np.clip(luma, 0, 255) * _STEPS + 0.5).astype(np.int32)], np.float32)


_SIGMAS = (0.6, 1.0, 1.5, 2.1, 3.2)


def fit_filter(source: Array, target: Array, where: Where) -> tuple[npt.NDArray[np.float64], float]:
    """Filter the source with the sum of Gaussians that comes nearest to the target.

    Five weights, by least squares with outliers removed: enough for softening, unsharp masking and another
    resampling filter, not enough to draw anything.

    Returns:
        The weight of the unfiltered source (above 1: sharpened), of each Gaussian, and an offset; and the
        share of the mean difference that filtering takes away.
    """
    layers = np.stack([source, *(cv2.GaussianBlur(source, (0, 0), sigma) for sigma in _SIGMAS)])
    count = len(layers)
    basis = np.vstack([layers.reshape(count, -1)[:, where], np.ones((1, len(where)))]).astype(np.float64)
    goal = target.ravel()[where].astype(np.float64)
    prior = np.eye(count + 1)[0]
    weights = prior
    for _ in range(3):
        error = np.abs(goal - weights @ basis)
        keep = error <= 8 * np.median(error) + 8
        system = basis[:, keep] @ basis[:, keep].T
        ridge = 2.0 * float(keep.sum()) * np.eye(count + 1)
        weights = np.linalg.solve(system + ridge, basis[:, keep] @ goal[keep] + ridge @ prior)
    before, after = (np.minimum(np.abs(goal - w @ basis), 12).mean() for w in (prior, weights))
    return np.asarray(weights, np.float64), float(1 - after / max(before, 1e-6))


def make(source: Array, target: Array, mask: Mask) -> Made:
    """Bring ``source`` as near to ``target`` as global operations can.

    Two families are tried and the nearer kept: a curve for each of R, G, B (exposure, contrast, gamma, white
    balance; clipping comes out right), and a luminance curve with gain on chroma (saturation, grey).

    Args:
        source: The better image on the target's grid, 0 to 255 float32: R, G, B (height, width, 3), or
            luminance alone (height, width, 1).
        target: The poorer image, same shape.
        mask: Where both are defined.
    """
    goal, where = to_ycc(target), _sample(mask)
    made = [_by_luminance(to_ycc(source), goal, where)]
    if source.shape[2] == 3:
        made.append(_by_channel(source, target, where))
    best = min(made, key=lambda m: _distance(m.ycc, goal, where))
    weights, gain = fit_filter(best.ycc[..., 0], goal[..., 0], where)
    if gain < _WORTH_FILTERING:
        return best
    filtered = Made(_filtered(best.ycc, weights), best.curve, float(weights[0]))
    return min(best, filtered, key=lambda m: _distance(m.ycc, goal, where))


def _filtered(ycc: Array, weights: npt.NDArray[np.float64]) -> Array:
    """Apply a filter to R, G and B, where sharpening clips, and come back."""
    if ycc.shape[2] == 3:
        rgb = cv2.cvtColor(ycc * np.float32(1 / 255), cv2.COLOR_YCrCb2RGB) * np.float32(255)
    else:
        rgb = ycc[..., 0]
    out = rgb * np.float32(weights[0]) + np.float32(weights[-1])
    for weight, sigma in zip(weights[1:-1], _SIGMAS, strict=True):
        out += np.float32(weight) * cv2.GaussianBlur(rgb, (0, 0), sigma)
    return to_ycc(np.clip(out, 0, 255).reshape(ycc.shape))


_LUMA = np.array([0.299, 0.587, 0.114])
_WORTH_MIXING = 0.85


def as_grey(colour: Array, grey: Array, mask: Mask) -> Array:
    """Turn colour to grey the way that comes nearest to a grey picture of it.

    Programs weigh R, G and B differently (BT.601, BT.709, the mean, one channel); three weights are fitted.

    Args:
        colour: R, G, B, (height, width, 3).
        grey: Luminance, (height, width, 1).
        mask: Where both are defined.

    Returns:
        (height, width, 1).
    """
    where = _sample(mask)
    basis = np.vstack([colour.reshape(-1, 3)[where].T, np.ones(len(where))]).astype(np.float64)
    goal = grey.ravel()[where].astype(np.float64)
    weights = prior = np.array([*_LUMA, 0])
    ridge = 10.0 * len(where) * np.eye(4)
    for _ in range(3):
        error = np.abs(goal - weights @ basis)
        keep = error <= 4 * np.median(error) + 4
        system = basis[:, keep] @ basis[:, keep].T + ridge
        weights = np.linalg.solve(system, basis[:, keep] @ goal[keep] + ridge @ prior)
    before, after = (np.minimum(np.abs(goal - w @ basis), 12).mean() for w in (prior, weights))
    if after > _WORTH_MIXING * before:
        weights = prior
    mixed = colour @ weights[:3].astype(np.float32)
    return np.asarray(np.clip(mixed + np.float32(weights[3]), 0, 255)[..., None], np.float32)


def to_ycc(rgb: Array) -> Array:
    """R, G, B to Y, Cr, Cb, all 0 to 255, float32; luminance alone stays as it is."""
    if rgb.shape[2] == 1:
        return rgb
    ycc = cv2.cvtColor(rgb * np.float32(1 / 255), cv2.COLOR_RGB2YCrCb)
    return np.asarray(ycc * np.float32(255), np.float32)


def _distance(made: Array, goal: Array, where: Where) -> float:
    """Mean absolute difference with large ones held down, luminance twice as heavy as chroma."""
    planes = made.shape[2]
    error = np.abs(made.reshape(-1, planes)[where] - goal.reshape(-1, planes)[where])
    return float(np.minimum(error, 12).mean(0) @ np.array([2.0, 1.0, 1.0])[:planes])


def _by_luminance(source: Array, target: Array, where: Where) -> Made:
    curve = fit_curve(source[..., 0], target[..., 0], where)
    made = source.copy()
    made[..., 0] = np.clip(apply_curve(curve, source[..., 0]), 0, 255)
    if source.shape[2] == 3:
        _fit_chroma(made, source, target, where)
    return Made(made, curve, 1.0)


def _by_channel(source: Array, target: Array, where: Where) -> Made:
    made = np.empty_like(source)
    curves = []
    for k in range(3):
        curves.append(fit_curve(source[..., k], target[..., k], where))
        made[..., k] = np.clip(apply_curve(curves[k], source[..., k]), 0, 255)
    return Made(to_ycc(made), curves[1], 1.0)


def _fit_chroma(made: Array, source: Array, target: Array, where: Where) -> None:
    """Fit one gain for both chroma channels and an offset for each, in place."""
    one, nil = np.ones(len(where)), np.zeros(len(where))
    cr, cb = (source[..., k].ravel()[where] - 128 for k in (1, 2))
    rows = np.vstack([np.hstack([cr, cb]), np.hstack([one, nil]), np.hstack([nil, one])]).astype(np.float64)
    goal = np.hstack([target[..., k].ravel()[where] - 128 for k in (1, 2)])
    weights = prior = np.array([1.0, 0, 0])
    ridge = 1e-3 * len(goal) * np.eye(3)
    for _ in range(3):
        error = np.abs(goal - weights @ rows)
        keep = error <= 4 * np.median(error) + 2
        system = rows[:, keep] @ rows[:, keep].T + ridge
        weights = np.linalg.solve(system, rows[:, keep] @ goal[keep] + ridge @ prior)
    gain = float(np.clip(weights[0], 0, 3))
    for k in (1, 2):
        made[..., k] = 128 + gain * (source[..., k] - 128) + weights[k]
