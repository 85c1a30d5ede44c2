"""Where the ink of two pages differs over a patch as small as a stroke is wide, and stands out by it.

Ink that moved by less than a pixel has a partner in reach and is never alone, and yet it may be another
letter: between an S and a 5 of eight points at 150 dots an inch no pixel is farther than one from its like.
But where it happens, the difference is larger than anywhere else on the page, while another scan of a sheet,
another sharpness or compression makes about as much of it at every letter. So the largest patch is held
against what is usual.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.planes import Array, Mask

_SIGMA = 1.0
"""Standard deviation, in pixels, of a patch."""
_TILE = 24
"""Side of the squares, each about a letter or two, of which the usual difference is taken."""
_INKED = 0.05
"""Share of a square that ink must cover for it to count."""
_FLOOR, _USUAL, _MOST, _MOST_CUT = 0.045, 1.45, 0.25, 0.52
"""Ink that may differ: so much, and so many times what the worst twentieth of the squares begins with; and at
most so much, also where one is black and white."""


def smoothed(difference: Array) -> Array:
    """The mean difference of ink round each pixel, 0 to 1."""
    return np.asarray(np.abs(cv2.GaussianBlur(difference, (0, 0), _SIGMA)), np.float32)


def largest(apart: Array, inked: Mask, *, cut: bool) -> float:
    """The largest patch in units of what may be: up to 1 it does not stand out.

    Args:
        apart: As :func:`smoothed` leaves it.
        inked: Where either page has ink.
        cut: Whether one of them at least is black and white.
    """
    covered = _tiles(inked).mean((1, 3), dtype=np.float32) >= _INKED
    worst = _tiles(apart).max((1, 3))[covered]
    usual = float(np.quantile(worst, 0.95)) if worst.size else 0.0
    most = _MOST_CUT if cut else _MOST
    return float(apart.max(initial=0)) / min(_FLOOR + _USUAL * usual, most)


def _tiles(plane: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Cut into squares, (rows, side, columns, side); what is left over at the right and below is left out."""
    down, across = (max(1, side // _TILE) for side in plane.shape)
    high, wide = (min(_TILE, side) for side in plane.shape)
    return plane[: down * high, : across * wide].reshape(down, high, across, wide)
