"""Sub-pixel refinement of a placement: robust Gauss-Newton on locally normalised luminance.

Forward-additive Lucas-Kanade (Lucas and Kanade 1981; Baker and Matthews 2004) with an affine model and
Cauchy weights, coarse to fine, so that a stamp, a moved object or uneven light does not pull the fit.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.register import Matrix, scales
from onecopy.verify.view import Array, View

LEVELS = (160, 420, 1000)
_STEPS = 5
_LAST_STEPS = 2
_EDGE = 0.12
"""Gradient of normalised luminance from which on a pixel says anything about position."""
_ALIGNED = 0.06
"""Mean difference of normalised luminance below which nothing is left to align."""


def resample(image: Array, matrix: Matrix, size: tuple[int, int]) -> tuple[Array, Array]:
    """Bring an image of A onto B's grid, averaging over the area where A is finer.

    Args:
        image: A's pixels, (height, width) or (height, width, planes), float32.
        matrix: B pixels to A pixels.
        size: Width and height of B's grid.

    Returns:
        The resampled image, and the share of each pixel that A covers (0 to 1, float32).
    """
    across, down = axis_scales(matrix)
    shrink = np.diag([1.0, 1.0, 1.0])
    if max(across, down) > 1.02:
        width = max(1, round(image.shape[1] / max(1.0, across)))
        height = max(1, round(image.shape[0] / max(1.0, down)))
        fx, fy = width / image.shape[1], height / image.shape[0]
        image = _with_planes(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), image)
        shrink = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1.0]])
    move = (shrink @ matrix)[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(image, move, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    ones = np.ones(image.shape[:2], np.float32)
    cover = cv2.warpAffine(ones, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return _with_planes(out, image), np.asarray(cover, np.float32)


def _with_planes(out: npt.NDArray[Any], like: Array) -> Array:
    """OpenCV drops a last axis of length one; put it back."""
    return np.asarray(out[..., None] if out.ndim < like.ndim else out, np.float32)


def axis_scales(matrix: Matrix) -> tuple[float, float]:
    """Pixels of B's grid step along A's x and y axes: how much finer A is in each."""
    inverse = np.linalg.inv(matrix)
    across, down = scales(inverse)
    return 1 / max(across, 1e-9), 1 / max(down, 1e-9)


def normalise(luma: Array, sigma: float) -> Array:
    """Local mean removed and local contrast evened out, so that tone and shading do not matter."""
    window = (round(3 * sigma) | 1, round(3 * sigma) | 1)
    mean = cv2.blur(luma, window)
    spread = cv2.blur((luma - mean) ** 2, window)
    return np.asarray((luma - mean) / (np.sqrt(np.maximum(spread, 0)) + 6.0), np.float32)


def refine(a: View, b: View, matrix: Matrix, levels: tuple[int, ...] = LEVELS) -> Matrix:
    """Improve a placement to a fraction of a pixel, at each level of resolution in turn."""
    for side in levels:
        step = min(1.0, side / max(b.width, b.height))
        small = _scaled(b.luma, step)
        grid = np.array([[step, 0, (step - 1) / 2], [0, step, (step - 1) / 2], [0, 0, 1.0]])
        inner = matrix @ np.linalg.inv(grid)
        steps = _STEPS if side < levels[-1] or len(levels) == 1 else _LAST_STEPS
        inner = _gauss_newton(a.luma.astype(np.float32), small, inner, steps)
        matrix = inner @ grid
        if step == 1.0:
            break
    return matrix


def _scaled(luma: np.ndarray, step: float) -> Array:
    if step == 1.0:
        return np.asarray(luma, np.float32)
    size = (max(8, round(luma.shape[1] * step)), max(8, round(luma.shape[0] * step)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.float32)


def _soft(luma: Array) -> Array:
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 0.8), np.float32)


def _gauss_newton(image: Array, target: Array, matrix: Matrix, steps: int) -> Matrix:
    height, width = target.shape
    goal = normalise(_soft(target), 6.0)
    centre = np.array([[2 / width, 0, -1], [0, 2 / height, -1], [0, 0, 1.0]])  # conditioning
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    xs, ys = xs * np.float32(2 / width) - 1, ys * np.float32(2 / height) - 1
    for turn in range(steps):
        moved, cover = resample(image, matrix, (width, height))
        now = normalise(_soft(moved), 6.0)
        gx = cv2.Sobel(now, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
        gy = cv2.Sobel(now, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
        error = goal - now
        inside = cover > 0.99
        if int(inside.sum()) < 200 or (turn == 0 and float(np.abs(error[inside]).mean()) < _ALIGNED):
            break
        strong = inside & (np.abs(gx) + np.abs(gy) > _EDGE)
        if int(strong.sum()) >= 400:
            inside = strong
        e = error[inside]
        spread = 1.5 * float(np.median(np.abs(e))) + 0.02
        weight = 1 / (1 + (e / spread) ** 2)
        columns = [gx[inside], gy[inside]]
        x, y = xs[inside], ys[inside]
        basis = np.stack([c * f for c in columns for f in (x, y, np.ones_like(x))])
        system = (basis * weight) @ basis.T
        step = np.linalg.lstsq(
            system + np.eye(6) * 1e-4 * np.trace(system), (basis * weight) @ e, rcond=None
        )[0]
        change = np.eye(3)
        change[:2] += step.astype(np.float64).reshape(2, 3) @ centre
        # the step moves B's grid: new(B) = A(matrix · change · B)
        matrix = matrix @ change
        if float(np.abs(step).max()) < 0.015:
            break
    return matrix
