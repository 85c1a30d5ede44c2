"""One picture seen at a slant in another: laid flat by a homography, then compared like any other."""

from dataclasses import dataclass

import cv2
import numpy as np

from onecopy.verify.align import ENOUGH, STEPS, change, goal, scaled, soft
from onecopy.verify.examine import examine
from onecopy.verify.matching import Matching
from onecopy.verify.planes import Array, Bytes, Mask, scaling
from onecopy.verify.register import Matrix, Placement, scales
from onecopy.verify.view import FEATURE_SIDE, View, shrink, to_thumbnail

_LEAST_INLIERS = 24
_LEAST_SHARE = 0.25
"""Of the frame of A that must be seen in B for a comparison."""
_LEAST_BEND, _MOST_BEND = 0.02, 0.7
"""By how much scale may change from one edge to the other: less is no slant, more is no picture."""
_BETTER = 1.2
"""How much nearer matches must lie under a homography: 1.3 to 20 times in slants, up to 1.3 else."""
_GRID = 64
_FIRST, _LAST = (160,), (420, 840)
"""Sides at which a homography is refined; a slant that was only in the key points is gone after the first."""
_AGREED = 0.7


@dataclass(frozen=True, slots=True)
class Flattened:
    """What both show, on one grid: two views of one size, and the homography from B to A (working pixels)."""

    a: View
    b: View
    matrix: Matrix


def flatten(between: Matching) -> Flattened | None:
    """Lay B flat upon A; ``None`` where no homography is well supported, or none is needed."""
    (to, origin), a, b = between.plain, between.a, between.b
    if len(to) < _LEAST_INLIERS:
        return None
    cv2.setRNGSeed(7)
    tolerance = 2.0 * max(a.width, a.height) / FEATURE_SIDE
    found, inliers = cv2.findHomography(origin, to, cv2.USAC_MAGSAC, tolerance)
    if found is None or inliers is None or int(inliers.sum()) < _LEAST_INLIERS:
        return None
    matrix: Matrix = np.asarray(found, np.float64)
    seen = inliers.ravel() > 0
    if not _is_sane(matrix, b) or not _is_needed(matrix, to[seen], origin[seen]):
        return None
    matrix = _refined(a, b, matrix, _FIRST)
    if not _is_sane(matrix, b) or not _is_promising(a, b, matrix):
        return None
    matrix = _refined(a, b, matrix, _LAST)
    return _cut(a, b, matrix) if _is_sane(matrix, b) else None


def _is_needed(matrix: Matrix, to: Array, origin: Array) -> bool:
    """Whether matches lie clearly better than under the best affine map: those of one camera do not."""
    places = np.column_stack([origin, np.ones(len(origin))])
    affine = places @ np.linalg.lstsq(places, to, rcond=None)[0]
    bent = places @ matrix.T
    off, bent_off = (
        float(np.median(np.hypot(*(where - to).T))) for where in (affine, bent[:, :2] / bent[:, 2:])
    )
    return off >= _BETTER * bent_off


def _is_promising(a: View, b: View, matrix: Matrix) -> bool:
    """Whether the two agree at small size: closer looks are dear."""
    small = to_thumbnail(a) @ matrix @ np.linalg.inv(to_thumbnail(b))
    flat = _cut(a.thumbnail, b.thumbnail, small)
    if flat is None:
        return False
    exam = examine(flat.a, flat.b, Placement(np.eye(3), "slant", 0), levels=_FIRST, closely=False)
    return exam is not None and exam.support >= _AGREED


def _is_sane(matrix: Matrix, b: View) -> bool:
    if not np.isfinite(matrix).all() or abs(matrix[2, 2]) < 1e-9:
        return False
    corners = np.array([[0, 0, 1], [b.width, 0, 1], [0, b.height, 1], [b.width, b.height, 1]], float)
    depth = corners @ matrix[2] / matrix[2, 2]
    if depth.min() <= 0:
        return False
    return bool(_LEAST_BEND <= depth.max() / depth.min() - 1 <= _MOST_BEND)


def _refined(a: View, b: View, matrix: Matrix, levels: tuple[int, ...]) -> Matrix:
    """Improve a homography from B's working pixels to A's, at each of some sides of B in turn."""
    for side in levels:
        step = min(1.0, side / max(b.width, b.height))
        small, grid = scaled(b, step), scaling(step)
        size = (small.shape[1], small.shape[0])
        to = goal(small)
        image, factor = a.level(1 / max(1.0, *scales(matrix @ np.linalg.inv(grid))))
        for turn in range(STEPS):
            here = matrix @ np.linalg.inv(grid)
            moved = soft(_bent(image, scaling(1 / factor) @ here, size))
            inside = _bent(np.full((a.height, a.width), 255, np.uint8), here, size) >= 253
            found = change(to, moved, inside, first=turn == 0, projective=True)
            if found is None:
                break
            matrix = here @ found.matrix @ grid
            if found.largest < ENOUGH:
                break
    return matrix


def _bent(image: Bytes, matrix: Matrix, size: tuple[int, int]) -> Bytes:
    """An image seen through a homography from the new grid to its pixels; black beyond its edges."""
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=flags), np.uint8)


def _cut(a: View, b: View, matrix: Matrix) -> Flattened | None:
    """Both cut to the largest upright rectangle of A that B shows all of, at the coarser one's scale."""
    back = np.linalg.inv(matrix)
    shown = _bent(np.full((b.height, b.width), 255, np.uint8), back, (a.width, a.height)) >= 253
    left, top, right, bottom = largest_rectangle(shown)
    if (right - left) * (bottom - top) < _LEAST_SHARE * shown.size:
        return None
    middle = np.array([[1, 0, a.width / 2], [0, 1, a.height / 2], [0, 0, 1.0]])
    local = back @ middle
    finer = 1 / max(1e-6, *scales(local / local[2, 2]))
    step = min(1.0, 1 / finer)
    picture = shrink(a.colour, max(64, round(step * max(a.width, a.height))))
    height, width = picture.shape[:2]
    grid = np.array([[a.width / width, 0, 0], [0, a.height / height, 0], [0, 0, 1.0]])
    flat = _bent(b.colour, back @ grid, (width, height))
    rows = slice(round(top * height / a.height) + 2, round(bottom * height / a.height) - 2)
    columns = slice(round(left * width / a.width) + 2, round(right * width / a.width) - 2)
    scale = width / a.full_width
    one, other = (
        View(
            np.ascontiguousarray(image[rows, columns]),
            round((columns.stop - columns.start) / scale),
            round((rows.stop - rows.start) / scale),
        )
        for image in (picture, flat)
    )
    return Flattened(one, other, matrix)


def largest_rectangle(shown: Mask) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of about the largest upright rectangle of true pixels.

    On a grid of 64 × 64, by the heights of columns of true cells that end in each row.
    """
    height, width = shown.shape
    ys = np.arange(_GRID + 1) * height // _GRID
    xs = np.arange(_GRID + 1) * width // _GRID
    cells = np.minimum.reduceat(np.minimum.reduceat(shown, ys[:-1], axis=0), xs[:-1], axis=1)
    best, found = 0, (0, 0, 0, 0)
    tall = np.zeros(_GRID, np.int64)
    for row in range(_GRID):
        tall = (tall + 1) * cells[row]
        for left in range(_GRID):
            lowest = np.minimum.accumulate(tall[left:])
            areas = lowest * np.arange(1, _GRID - left + 1)
            right = int(areas.argmax())
            if areas[right] > best:
                best = int(areas[right])
                box = (xs[left], ys[row + 1 - lowest[right]], xs[left + right + 1], ys[row + 1])
                found = (int(box[0]), int(box[1]), int(box[2]), int(box[3]))
    return found
