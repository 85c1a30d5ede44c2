"""Sub-pixel refinement of a placement, coarse to fine; the finest level looks at tiles only."""

import numpy as np

from onecopy.verify.align import ENOUGH, STEPS, change, goal, scaled, soft, warped
from onecopy.verify.planes import Array, scaling
from onecopy.verify.register import Matrix, scales
from onecopy.verify.resample import covered
from onecopy.verify.tiles import on_tiles
from onecopy.verify.view import View

LEVELS = (160, 420)
"""Longest sides at which the whole is aligned; tiles at full working size follow, where there is more."""


def refine(
    a: View, b: View, matrix: Matrix, levels: tuple[int, ...] = LEVELS, *, tiles: bool = True
) -> Matrix:
    """Improve a placement to a fraction of a pixel, at each level of resolution in turn."""
    for side in levels:
        step = min(1.0, side / max(b.width, b.height))
        grid = scaling(step)
        small = scaled(b, step)
        matrix = _whole(a, small, matrix @ np.linalg.inv(grid)) @ grid
        if step == 1.0:
            return matrix
    return on_tiles(a, b, matrix, small, grid) if tiles else matrix


def _whole(a: View, target: Array, matrix: Matrix) -> Matrix:
    """Align to the whole of B at some scale; ``matrix`` is from that to A's working pixels."""
    height, width = target.shape
    to = goal(target)
    image, factor = a.level(1 / max(1.0, *scales(matrix)))
    to_level = scaling(1 / factor)
    for turn in range(STEPS):
        moved = soft(warped(image, to_level @ matrix, (width, height)))
        inside = covered((a.height, a.width), matrix[:2], (width, height))
        found = change(to, moved, inside, first=turn == 0)
        if found is None:
            break
        matrix = matrix @ found.matrix
        if found.largest < ENOUGH:
            break
    return matrix
