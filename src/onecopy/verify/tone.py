"""What a change of tone, colour balance, sharpness or softness explains, fitted and taken away.

The better image, resampled onto the poorer's grid, is brought as near to the poorer as global operations can:
monotone curves, gain and offset on chroma, a small symmetric filter. All are fitted robustly on a sample of
the pixels, so that what changed locally stays in the residual, and applied once.
"""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.curve import Curve, fit_curve
from onecopy.verify.planes import Array, Bytes, Mask, Ycc, to_ycc
from onecopy.verify.sharpness import filtered, fit_filter

_MOST_SAMPLES = 16_000
_WORTH_FILTERING = 0.03
_LUMA = np.array([0.299, 0.587, 0.114])
_WORTH_MIXING = 0.85
_CALM, _LEAST_CALM = 2, 1000
_LEAST_SPAN = 0.7
_BEND = 4.0
"""Grey levels by which a curve changes tone, more than by rounding."""

Where = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Made:
    """The poorer as made from the better, and what it took.

    ``curve`` has 256 levels; ``sharpened`` the weight of the unfiltered
    source in the filter (1: untouched); ``cut`` says that it was made black and white.
    """

    ycc: Ycc
    curve: Curve
    sharpened: float
    cut: bool = False


class Fit(Protocol):
    """A fitted change of tone: what it took in luminance, and how it is applied."""

    @property
    def curve(self) -> Curve:
        """Of luminance, or of green."""
        ...

    def __call__(self, source: Bytes) -> Ycc:
        """R, G, B or luminance (height, width, planes) to what the target should have."""
        ...


@dataclass(frozen=True, slots=True)
class _Luminance:
    """A curve on luminance, one gain and two offsets on chroma: saturation, grey, exposure."""

    curve: Curve
    gain: float = 1.0
    offsets: tuple[float, float] = (0.0, 0.0)

    def __call__(self, source: Bytes) -> Ycc:
        if source.shape[2] == 1:
            return (np.clip(_looked_up(self.curve, source[..., 0]), 0, 255),)
        luma, *chroma = to_ycc(source)
        base = 128 - 128 * self.gain
        return (
            np.clip(_looked_up(self.curve, luma), 0, 255),
            *(
                plane * np.float32(self.gain) + np.float32(base + offset)
                for plane, offset in zip(chroma, self.offsets, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class _Channels:
    """A curve for each of R, G, B: exposure, contrast, gamma, white balance; clipping comes out right."""

    curves: tuple[Curve, Curve, Curve]

    @property
    def curve(self) -> Curve:
        return self.curves[1]

    def __call__(self, source: Bytes) -> Ycc:
        table = np.clip(np.stack(self.curves, -1), 0, 255).astype(np.float32)
        return to_ycc(np.asarray(cv2.LUT(source, table[None]), np.float32))


def _looked_up(curve: Curve, levels: Bytes | Array) -> Array:
    """A curve applied to levels: whole ones directly, others to a sixteenth."""
    if levels.dtype == np.uint8:
        return np.asarray(cv2.LUT(levels, curve), np.float32)
    fine = np.interp(np.arange(255 * 16 + 1) / 16, np.arange(256), curve).astype(np.float32)
    places = np.clip(np.asarray(levels, np.float32), 0, 255) * 16 + np.float32(0.5)
    return np.asarray(fine[places.astype(np.int32)], np.float32)


def make(source: Bytes, target: Bytes, mask: Mask, *, sharpness: bool = True) -> Made:
    """Bring ``source`` as near to ``target`` as global operations can.

    Args:
        source: The better image on the target's grid: R, G, B (height, width, 3), or luminance alone
            (height, width, 1).
        target: The poorer image, same shape.
        mask: Where both are defined.
        sharpness: Whether to look for sharpening and softening, too.
    """
    where = _sample(mask)
    fit = _best_fit(source, target, where)
    if not sharpness:
        return Made(fit(source), fit.curve, 1.0)
    made, apart = _filtered(source, target, mask, fit, where)
    calm = where[_calm(source, where)] if _bends(fit.curve) else where[:0]
    if len(calm) < _LEAST_CALM:
        return made
    # what sharpening does to edges is no tone: levels that lie beside edges had the curve follow it
    another = _best_fit(source, target, calm)
    if _span(another.curve) < _LEAST_SPAN * _span(fit.curve):
        return made  # there was only ground to fit it on: it would wipe out the marks
    other, apart_then = _filtered(source, target, mask, another, where)
    return other if apart_then < apart else made


def _best_fit(source: Bytes, target: Bytes, where: Where) -> Fit:
    some, levels = _gathered(source, where), _gathered(target, where)
    goal = to_ycc(levels)
    return min(_fits(some, levels, goal), key=lambda fit: _distance(fit(some), goal))


def _filtered(source: Bytes, target: Bytes, mask: Mask, fit: Fit, where: Where) -> tuple[Made, float]:
    """The source with a tone and the sharpness that fits then, and how far that is from the target."""
    goal = to_ycc(_gathered(target, where))
    ycc = fit(source)
    apart = _distance(tuple(plane.ravel()[where] for plane in ycc), goal)
    weights, gain = fit_filter(ycc[0], target, mask)
    if gain >= _WORTH_FILTERING:
        other = filtered(ycc, weights)
        apart_then = _distance(tuple(plane.ravel()[where] for plane in other), goal)
        if apart_then < apart:
            return Made(other, fit.curve, float(weights[0])), apart_then
    return Made(ycc, fit.curve, 1.0), apart


def _span(curve: Curve) -> float:
    """Grey levels that are left of those between 10 and 245."""
    return float(np.abs(np.clip(curve[245], 0, 255) - np.clip(curve[10], 0, 255)))


def _bends(curve: Curve) -> bool:
    return float(np.abs(curve - np.arange(256)).max()) > _BEND


def _calm(source: Bytes, where: Where) -> Mask:
    """Which places have no edge near them: what filters do is not seen there."""
    luma = source[..., source.shape[2] // 2]
    off = cv2.blur(cv2.absdiff(luma, cv2.blur(luma, (7, 7))), (5, 5))
    return np.asarray(off.ravel()[where] <= _CALM, np.bool_)


def _sample(mask: Mask) -> Where:
    """Places to fit on: all of them, or evenly spread ones at a stride that shares no factor with rows."""
    where = np.flatnonzero(mask)
    stride = len(where) // _MOST_SAMPLES
    return where if stride < 2 else where[:: stride | 1]


def _gathered(image: Bytes, where: Where) -> Bytes:
    """Some pixels as a picture of one row."""
    return np.asarray(image.reshape(-1, image.shape[2])[where][None], np.uint8)


def _fits(source: Bytes, target: Bytes, goal: Ycc) -> list[Fit]:
    """The families that are tried, fitted on pictures of one row."""
    ycc = to_ycc(source)
    curve = fit_curve(ycc[0].ravel(), goal[0].ravel())
    if len(ycc) == 1:
        return [_Luminance(curve)]
    levels = (source.astype(np.float32), target.astype(np.float32))
    r, g, b = (fit_curve(*(one[..., k].ravel() for one in levels)) for k in range(3))
    return [_Luminance(curve, *_fit_chroma(ycc, goal)), _Channels((r, g, b))]


def _fit_chroma(source: Ycc, goal: Ycc) -> tuple[float, tuple[float, float]]:
    """One gain for both chroma channels, and an offset for each."""
    one, nil = np.ones(source[1].size, np.float32), np.zeros(source[1].size, np.float32)
    chroma = np.concatenate([source[1].ravel(), source[2].ravel()]) - 128
    rows = np.stack([chroma, np.concatenate([one, nil]), np.concatenate([nil, one])])
    wanted = np.concatenate([goal[1].ravel(), goal[2].ravel()]) - 128
    weights = _robust(rows, wanted, np.array([1.0, 0, 0]), ridge=1e-3, slack=2)
    return float(np.clip(weights[0], 0, 3)), (float(weights[1]), float(weights[2]))


def _robust(
    rows: Array, goal: Array, prior: npt.NDArray[np.float64], *, ridge: float, slack: float
) -> npt.NDArray[np.float64]:
    """Least squares near a prior, thrice, each time without what lies far off."""
    weights, pull = prior, ridge * len(goal) * np.eye(len(prior))
    for _ in range(3):
        error = np.abs(goal - weights.astype(np.float32) @ rows)
        kept = rows * (error <= 4 * np.median(error) + slack)
        weights = np.linalg.solve(kept @ rows.T + pull, kept @ goal + pull @ prior)
    return weights


def as_grey(colour: Bytes, grey: Bytes, mask: Mask) -> Bytes:
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
    goal = _gathered(grey, where).ravel().astype(np.float32)
    rows = np.vstack([_gathered(colour, where)[0].T, np.ones((1, len(where)))]).astype(np.float32)
    prior = np.array([*_LUMA, 0])
    weights = _robust(rows, goal, prior, ridge=10.0, slack=4)
    before, after = (np.minimum(np.abs(goal - w @ rows), 12).mean() for w in (prior, weights))
    if after > _WORTH_MIXING * before:
        weights = prior
    return np.asarray(cv2.transform(colour, weights[None].astype(np.float32)), np.uint8)[..., None]


def _distance(made: Ycc, goal: Ycc) -> float:
    """Mean absolute difference with large ones held down, luminance twice as heavy as chroma."""
    apart = [
        float(np.minimum(np.abs(a.ravel() - b.ravel()), 12).mean()) for a, b in zip(made, goal, strict=True)
    ]
    return 2 * apart[0] + sum(apart[1:])
