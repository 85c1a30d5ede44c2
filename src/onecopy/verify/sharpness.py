"""Softening, sharpening and another resampling filter, fitted on tiles and applied to the whole."""

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.planes import Array, Bytes, Mask, Ycc, inner, to_rgb, to_ycc

_SIGMAS = (0.6, 1.0, 1.5, 2.1, 3.2)
_TILE = 24
_MARGIN = 8
_ACROSS = 7
_SHARPENED = 1.05
_RIDGE = 0.1
_MIDDLE, _FLAT, _LEAST_TELLING = 3, 2.0, 200
_WHOLE = 280
"""Pictures up to this side are fitted on whole."""

Weights = npt.NDArray[np.float64]
"""Of the unfiltered source (above 1: sharpened), of each Gaussian, and an offset."""


def fit_filter(source: Array, target: Bytes, mask: Mask) -> tuple[Weights, float]:
    """The sum of Gaussians of the source that comes nearest to the target.

    Five weights, by least squares with outliers removed: enough for softening, unsharp masking and another
    resampling filter, not enough to draw anything.

    Args:
        source: Luminance, (height, width).
        target: R, G, B or luminance, (height, width, planes).
        mask: Where both are defined.

    Returns:
        The weights; and the share of the mean difference that filtering takes away.
    """
    prior = np.eye(len(_SIGMAS) + 2)[0]
    tiles = _tiles(mask)
    if not tiles or min(mask.shape) <= 2 * _MARGIN:
        return prior, 0.0
    # one below the other: what filters bring over from a neighbour stays in the margin
    tall = np.concatenate([source[tile] for tile in tiles])
    use = np.concatenate([mask[tile] & inner(mask[tile].shape, _MARGIN) for tile in tiles])
    goal = to_ycc(np.concatenate([target[tile] for tile in tiles]))[0][use]
    layers = [tall, *(_softened(tall, sigma) for sigma in _SIGMAS)]
    basis = np.stack([layer[use] for layer in layers] + [np.ones(len(goal), np.float32)])
    return _solve(np.asarray(basis, np.float32), goal, prior)


def _solve(basis: Array, goal: Array, prior: Weights) -> tuple[Weights, float]:
    weights = prior
    # on paper most is ground, and most marks are black: what is usual is what is usual at their edges
    clipped = (goal <= 1) | (goal >= 254)
    beside = np.abs(basis[0] - basis[_MIDDLE]) > _FLAT
    telling = beside & ~clipped
    if int(telling.sum()) < _LEAST_TELLING:
        telling = np.ones_like(clipped)
    use = telling | ~beside
    for _ in range(3):
        error = np.abs(goal - weights.astype(np.float32) @ basis)
        keep = use & (error <= 8 * np.median(error[telling]) + 8)
        kept = basis * keep
        ridge = _RIDGE * max(1.0, float(keep.sum())) * np.eye(len(prior))
        weights = np.linalg.solve(kept @ basis.T + ridge, kept @ goal + ridge @ prior)
    before, after = (np.minimum(np.abs(goal - w @ basis), 12).mean() for w in (prior, weights))
    return np.asarray(weights, np.float64), float(1 - after / max(before, 1e-6))


def _tiles(mask: Mask) -> list[tuple[slice, slice]]:
    """Tiles of one size spread over the picture, with a margin that filters may look into."""
    height, width = mask.shape
    side = _TILE + 2 * _MARGIN
    if max(height, width) <= _WHOLE or min(height, width) < side:
        return [(slice(0, height), slice(0, width))]
    found = []
    for i in range(_ACROSS):
        for j in range(_ACROSS):
            top = i * (height - side) // (_ACROSS - 1)
            left = j * (width - side) // (_ACROSS - 1)
            tile = (slice(top, top + side), slice(left, left + side))
            if mask[tile].any():
                found.append(tile)
    return found


def filtered(ycc: Ycc, weights: Weights) -> Ycc:
    """Apply a filter: sharpening to R, G and B, where it clips; else to luminance, as chroma is soft."""
    if len(ycc) == 1 or weights[0] <= _SHARPENED:
        return (np.clip(_apply(ycc[0], weights), 0, 255), *ycc[1:])
    return to_ycc(np.clip(_apply(to_rgb(ycc), weights), 0, 255))


def _apply(image: Array, weights: Weights) -> Array:
    out = image * np.float32(weights[0]) + np.float32(weights[-1])
    for weight, sigma in zip(weights[1:-1], _SIGMAS, strict=True):
        if abs(weight) > 1e-3:
            out += np.float32(weight) * _softened(image, sigma)
    return np.asarray(out, np.float32)


def _softened(image: Array, sigma: float) -> Array:
    """Edges go on beyond the picture, as in most programs: else its rim would look changed."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)
