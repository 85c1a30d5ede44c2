"""Small squares of a picture: what A shows there, and alignment by those in which most can be seen."""

import cv2
import numpy as np

from onecopy.verify.align import ENOUGH, Goal, change, normalise, soft
from onecopy.verify.planes import Array, inner
from onecopy.verify.register import Matrix
from onecopy.verify.resample import Pixels, covered, shrunk
from onecopy.verify.view import View

_STEPS = 6
_TILE, _MARGIN, _ACROSS = 56, 13, 5


def on_tiles(a: View, b: View, matrix: Matrix, small: Array, grid: Matrix) -> Matrix:
    """Align where most can be seen in each part of the overlap, at full working size.

    Args:
        a: One view.
        b: The other.
        matrix: From B's working pixels to A's, within a pixel or two.
        small: B's luminance, scaled.
        grid: From B's working pixels to those of ``small``.
    """
    corners = _tiles(a, b, matrix, small, grid)
    if len(corners) < 3:
        return matrix
    side = _TILE + 2 * _MARGIN
    whole = _goal_of_tiles(b, corners, side)
    image, shrink = shrunk(a.luma.astype(np.float32), matrix)
    inside = np.tile(inner((side, side), _MARGIN), (len(corners), 1))
    for turn in range(_STEPS):
        moved = soft(np.concatenate([tile(image, shrink @ matrix, corner, side) for corner in corners]))
        found = change(whole, moved, inside, first=turn == 0)
        if found is None:
            break
        matrix = matrix @ found.matrix
        if found.largest < ENOUGH / 4:
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


def _goal_of_tiles(b: View, corners: list[tuple[int, int]], side: int) -> Goal:
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
    goal = normalise(soft(np.concatenate(tiles)), 6.0)
    return Goal(goal, np.concatenate(xs), np.concatenate(ys), centre)


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
