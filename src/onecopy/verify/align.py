"""One step of aligning: robust Gauss-Newton on locally normalised luminance.

Forward-additive Lucas-Kanade (Lucas and Kanade 1981; Baker and Matthews 2004) with Cauchy weights, so that a
stamp, a moved object or uneven light does not pull the fit.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from onecopy.verify.planes import Array, Bytes, Mask, scaling
from onecopy.verify.register import Matrix
from onecopy.verify.view import View

STEPS = 8
ENOUGH = 0.015
"""A step (pixels) below which nothing moves any more."""
_EDGE = 0.12
"""Gradient of normalised luminance from which on a pixel says anything about position."""
_ALIGNED = 0.06
"""Mean difference of normalised luminance below which nothing is left to align."""
_MOST_PIXELS = 60_000


def normalise(luma: Array, sigma: float) -> Array:
    """Local mean removed and local contrast evened out, so that tone and shading do not matter."""
    window = (round(3 * sigma) | 1, round(3 * sigma) | 1)
    off = luma - cv2.blur(luma, window)
    # sums that come and go along a row may leave a trace below zero
    spread = np.sqrt(np.maximum(cv2.blur(off * off, window), 0))
    return np.asarray(off / (spread + np.float32(6.0)), np.float32)


def scaled(view: View, step: float) -> Array:
    """Luminance of a view at another scale, from the nearest of its halvings."""
    image, factor = view.level(step)
    size = (max(8, round(view.width * step)), max(8, round(view.height * step)))
    move = scaling(1 / factor) @ np.linalg.inv(scaling(step))
    return soft(warped(image, move, size))


def warped(image: Bytes, move: Matrix, size: tuple[int, int]) -> Array:
    """An image brought onto another grid; edges go on beyond it."""
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, move[:2], size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def soft(luma: Array | Bytes) -> Array:
    """Float32, with the finest detail taken away: it says nothing about position."""
    return np.asarray(cv2.GaussianBlur(luma.astype(np.float32, copy=False), (0, 0), 0.8), np.float32)


@dataclass(frozen=True, slots=True)
class Goal:
    """What is aligned to: normalised luminance of B, where each pixel lies (-1 to 1), and the map to that."""

    luma: Array
    x: Array
    y: Array
    centre: Matrix


def goal(target: Array) -> Goal:
    """What to align to, from luminance on B's grid."""
    height, width = target.shape
    centre = np.array([[2 / width, 0, -1], [0, 2 / height, -1], [0, 0, 1.0]])  # conditioning
    x = np.arange(width, dtype=np.float32) * np.float32(2 / width) - 1
    y = np.arange(height, dtype=np.float32) * np.float32(2 / height) - 1
    x, y = np.meshgrid(x, y)
    return Goal(normalise(target, 6.0), x, y, centre)


@dataclass(frozen=True, slots=True)
class Change:
    """How B's grid is to be moved (new(B) = A(matrix · change · B)), and by how much at the edge."""

    matrix: Matrix
    largest: float


def change(goal: Goal, moved: Array, inside: Mask, *, first: bool, projective: bool = False) -> Change | None:
    """One Gauss-Newton step; ``None`` where there is nothing to go by, or at first nothing to do.

    Args:
        goal: What to align to.
        moved: What A shows there by now.
        inside: Which of those pixels count.
        first: Whether nothing was moved yet: what lies well then stays.
        projective: Whether to fit eight unknowns, not six. Each is in pixels at the edge of the picture.
    """
    now = normalise(moved, 6.0)
    gx = cv2.Sobel(now, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gy = cv2.Sobel(now, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    error = goal.luma - now
    seen = int(inside.sum())
    if seen < 200 or (first and float(np.abs(error[inside]).mean()) < _ALIGNED):
        return None
    where = np.flatnonzero(inside & (np.abs(gx) + np.abs(gy) > _EDGE))
    if len(where) < 400:
        where = np.flatnonzero(inside)
    if len(where) > _MOST_PIXELS:
        where = where[:: len(where) // _MOST_PIXELS | 1]
    e, gx, gy, x, y = (plane.ravel()[where] for plane in (error, gx, gy, goal.x, goal.y))
    spread = 1.5 * float(np.median(np.abs(e))) + 0.02
    basis = np.stack([gx * x, gx * y, gx, gy * x, gy * y, gy])
    if projective:
        outwards = -(gx * x + gy * y * np.float32(goal.centre[0, 0] / goal.centre[1, 1]))
        basis = np.concatenate([basis, [outwards * x, outwards * y]])
    weighted = basis / (1 + (e / np.float32(spread)) ** 2)
    system = (weighted @ basis.T).astype(np.float64)
    system += np.eye(len(basis)) * 1e-4 * np.trace(system)
    step = np.linalg.lstsq(system, (weighted @ e).astype(np.float64), rcond=None)[0]
    matrix = np.eye(3)
    matrix[:2] += step[:6].reshape(2, 3) @ goal.centre
    if projective:
        bend = np.eye(3)
        bend[2, :2] = step[6:] * goal.centre[0, 0]
        matrix = matrix @ np.linalg.inv(goal.centre) @ bend @ goal.centre
    return Change(matrix, float(np.abs(step).max()))
