"""Sub-pixel refinement of a placement: robust Gauss-Newton on locally normalised luminance.

Forward-additive Lucas-Kanade (Lucas and Kanade 1981; Baker and Matthews 2004) with an affine model and
Cauchy weights, coarse to fine, so that a stamp, a moved object or uneven light does not pull the fit. The
finest level looks at tiles only: where most can be seen in each part of the picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from onecopy.verify.planes import Array, Bytes, Mask
from onecopy.verify.register import Matrix, scales
from onecopy.verify.resample import Pixels, covered, scaling, shrunk
from onecopy.verify.view import View

LEVELS = (160, 420)
"""Longest sides at which the whole is aligned; tiles at full working size follow, where there is more."""
_STEPS = 8
_LAST_STEPS = 6
_EDGE = 0.12
"""Gradient of normalised luminance from which on a pixel says anything about position."""
_ALIGNED = 0.06
"""Mean difference of normalised luminance below which nothing is left to align."""
_ENOUGH = 0.015
_MOST_PIXELS = 60_000
_TILE, _MARGIN, _ACROSS = 56, 13, 5


def normalise(luma: Array, sigma: float) -> Array:
    """Local mean removed and local contrast evened out, so that tone and shading do not matter."""
    window = (round(3 * sigma) | 1, round(3 * sigma) | 1)
    off = luma - cv2.blur(luma, window)
    # sums that come and go along a row may leave a trace below zero
    spread = np.sqrt(np.maximum(cv2.blur(off * off, window), 0))
    return np.asarray(off / (spread + np.float32(6.0)), np.float32)


def refine(
    a: View, b: View, matrix: Matrix, levels: tuple[int, ...] = LEVELS, *, tiles: bool = True
) -> Matrix:
    """Improve a placement to a fraction of a pixel, at each level of resolution in turn."""
    for side in levels:
        step = min(1.0, side / max(b.width, b.height))
        grid = scaling(step)
        small = _scaled(b, step)
        matrix = _whole(a, small, matrix @ np.linalg.inv(grid)) @ grid
        if step == 1.0:
            return matrix
    return _on_tiles(a, b, matrix, small, grid) if tiles else matrix


def _scaled(view: View, step: float) -> Array:
    """Luminance of a view at another scale, from the nearest of its halvings."""
    image, factor = view.level(step)
    size = (max(8, round(view.width * step)), max(8, round(view.height * step)))
    move = scaling(1 / factor) @ np.linalg.inv(scaling(step))
    return _soft(_warped(image, move, size))


def _warped(image: Bytes, move: Matrix, size: tuple[int, int]) -> Array:
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, move[:2], size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _soft(luma: Array | Bytes) -> Array:
    return np.asarray(cv2.GaussianBlur(luma.astype(np.float32, copy=False), (0, 0), 0.8), np.float32)


@dataclass(frozen=True, slots=True)
class _Goal:
    """What is aligned to: normalised luminance of B, where each pixel lies (-1 to 1), and the map to that."""

    luma: Array
    x: Array
    y: Array
    centre: Matrix


def _goal(target: Array) -> _Goal:
    height, width = target.shape
    centre = np.array([[2 / width, 0, -1], [0, 2 / height, -1], [0, 0, 1.0]])  # conditioning
    x = np.arange(width, dtype=np.float32) * np.float32(2 / width) - 1
    y = np.arange(height, dtype=np.float32) * np.float32(2 / height) - 1
    x, y = np.meshgrid(x, y)
    return _Goal(normalise(target, 6.0), x, y, centre)


def _whole(a: View, target: Array, matrix: Matrix) -> Matrix:
    """Align to the whole of B at some scale; ``matrix`` is from that to A's working pixels."""
    height, width = target.shape
    goal = _goal(target)
    image, factor = a.level(1 / max(1.0, *scales(matrix)))
    to_level = scaling(1 / factor)
    for turn in range(_STEPS):
        moved = _soft(_warped(image, to_level @ matrix, (width, height)))
        inside = covered((a.height, a.width), matrix[:2], (width, height))
        change = _change(goal, moved, inside, first=turn == 0)
        if change is None:
            break
        # the step moves B's grid: new(B) = A(matrix · change · B)
        matrix = matrix @ change.matrix
        if change.largest < _ENOUGH:
            break
    return matrix


@dataclass(frozen=True, slots=True)
class _Change:
    matrix: Matrix
    largest: float


def _change(
    goal: _Goal, moved: Array, inside: Mask, *, first: bool, projective: bool = False
) -> _Change | None:
    """One Gauss-Newton step; ``None`` where there is nothing to go by, or at first nothing to do.

    Six unknowns, each in pixels at the edge of the picture; eight with ``projective``.
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
    return _Change(matrix, float(np.abs(step).max()))


def refine_bent(a: View, b: View, matrix: Matrix, levels: tuple[int, ...]) -> Matrix:
    """Improve a homography from B's working pixels to A's, at each of some sides of B in turn."""
    for side in levels:
        step = min(1.0, side / max(b.width, b.height))
        small, grid = _scaled(b, step), scaling(step)
        size = (small.shape[1], small.shape[0])
        goal = _goal(small)
        image, factor = a.level(1 / max(1.0, *scales(matrix @ np.linalg.inv(grid))))
        for turn in range(_STEPS):
            inner = matrix @ np.linalg.inv(grid)
            moved = _soft(bent(image, scaling(1 / factor) @ inner, size))
            inside = bent(np.full((a.height, a.width), 255, np.uint8), inner, size) >= 253
            change = _change(goal, moved, inside, first=turn == 0, projective=True)
            if change is None:
                break
            matrix = inner @ change.matrix @ grid
            if change.largest < _ENOUGH:
                break
    return matrix


def bent(image: Bytes, matrix: Matrix, size: tuple[int, int]) -> Bytes:
    """An image seen through a homography from the new grid to its pixels; black beyond its edges."""
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=flags), np.uint8)


def _on_tiles(a: View, b: View, matrix: Matrix, small: Array, grid: Matrix) -> Matrix:
    corners = _tiles(a, b, matrix, small, grid)
    if len(corners) < 3:
        return matrix
    side = _TILE + 2 * _MARGIN
    whole = _goal_of_tiles(b, corners, side)
    image, shrink = shrunk(a.luma.astype(np.float32), matrix)
    ones = np.zeros((side, side), np.bool_)
    ones[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
    inner = np.tile(ones, (len(corners), 1))
    for turn in range(_LAST_STEPS):
        moved = _soft(np.concatenate([tile(image, shrink @ matrix, corner, side) for corner in corners]))
        change = _change(whole, moved, inner, first=turn == 0)
        if change is None:
            break
        matrix = matrix @ change.matrix
        if change.largest < _ENOUGH / 4:
            break
    return matrix


def tile(image: Pixels, matrix: Matrix, corner: tuple[int, int], side: int) -> Array:
    """What A shows in a square of B's grid, float32.

    Args:
        image: A's luminance.
        matrix: B pixels to pixels of ``image``.
        corner: Left and top of the square.
        side: Of the square.
    """
    at = np.array([[1, 0, corner[0]], [0, 1, corner[1]], [0, 0, 1.0]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    move = (matrix @ at)[:2]
    shown = cv2.warpAffine(image, move, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shown, np.float32)


def _goal_of_tiles(b: View, corners: list[tuple[int, int]], side: int) -> _Goal:
    """The tiles of B, one below the other."""
    centre = np.array([[2 / b.width, 0, -1], [0, 2 / b.height, -1], [0, 0, 1.0]])
    along = np.arange(side, dtype=np.float32)
    tiles, xs, ys = [], [], []
    for left, top in corners:
        tiles.append(b.luma[top : top + side, left : left + side].astype(np.float32))
        x, y = np.meshgrid(
            (along + left) * np.float32(2 / b.width) - 1, (along + top) * np.float32(2 / b.height) - 1
        )
        xs.append(x)
        ys.append(y)
    goal = normalise(_soft(np.concatenate(tiles)), 6.0)
    return _Goal(goal, np.concatenate(xs), np.concatenate(ys), centre)


def _tiles(a: View, b: View, matrix: Matrix, small: Array, grid: Matrix) -> list[tuple[int, int]]:
    """Left upper corners of the tiles of B that show most, one for each part of the overlap."""
    side = _TILE + 2 * _MARGIN
    if min(b.width, b.height) < side:
        return []
    height, width = small.shape
    across, down = (cv2.Sobel(small, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    reach = max(3, round(_TILE * grid[0, 0]) | 1)
    energy = np.asarray(cv2.blur(np.hypot(across, down), (reach, reach)), np.float32)
    inside = covered((a.height, a.width), (matrix @ np.linalg.inv(grid))[:2], (width, height))
    edge = max(1, round(side * grid[0, 0] / 2))
    inside[:edge], inside[-edge:], inside[:, :edge], inside[:, -edge:] = False, False, False, False
    inside &= cv2.erode(inside.astype(np.uint8), np.ones((2 * edge + 1, 2 * edge + 1), np.uint8)) > 0
    energy[~inside] = 0
    found = []
    for i in range(_ACROSS):
        for j in range(_ACROSS):
            rows = slice(i * height // _ACROSS, (i + 1) * height // _ACROSS)
            columns = slice(j * width // _ACROSS, (j + 1) * width // _ACROSS)
            part = energy[rows, columns]
            if part.size and part.max() > 0:
                y, x = np.unravel_index(int(part.argmax()), part.shape)
                found.append(
                    _corner(b, (x + columns.start) / grid[0, 0], (y + rows.start) / grid[0, 0], side)
                )
    return found


def _corner(b: View, x: float, y: float, side: int) -> tuple[int, int]:
    left, top = round(x - side / 2), round(y - side / 2)
    return min(max(0, left), b.width - side), min(max(0, top), b.height - side)
