"""Sensor noise, paper texture, film grain: the same in two pictures only if they come from one capture."""

from dataclasses import dataclass

import cv2
import numpy as np

from onecopy.verify.noise import activity
from onecopy.verify.planes import Array, Mask, inner
from onecopy.verify.refine import LEVELS, refine
from onecopy.verify.register import Matrix
from onecopy.verify.resample import shrunk
from onecopy.verify.residual import QUIET, Residual
from onecopy.verify.tiles import tile
from onecopy.verify.view import View

_LIKE, _LIKE_CHANGED = 0.3, 3.5
_STRONG, _SURE = 0.8, 0.25
_UNLIKE, _BEYOND_COMPRESSION = 0.15, 1.8
_STRONG_PAPER, _SURE_PAPER = 1.2, 0.7
"""What renders and compresses drawings leaves the same traces on different ones."""
_TILE, _MARGIN, _ACROSS = 40, 6, 8
_QUIET = 3.0


@dataclass(frozen=True, slots=True)
class Grain:
    """Whether the fine grain of flat, unchanged parts is the same in both images.

    ``likeness`` is a correlation; ``strength`` the smaller of the two grains' standard deviations in grey
    levels; ``pixels`` how many took part. Where grain is measurable, its agreement shows one capture or one
    scan, its independence shows two.
    """

    likeness: float
    strength: float
    pixels: int

    def one_capture(self, changed: float, *, paper: bool = False) -> bool:
        """Grain is there, and it is the same; the more has changed (a share), the surer it must be.

        A fixed camera's video repeats even the noise of what stands still, so agreement alone is not enough
        where much else moved, unless the noise is more than video leaves.
        """
        if self.pixels < 600 or self.strength < 0.35:
            return False
        strength, likeness = (_STRONG_PAPER, _SURE_PAPER) if paper else (_STRONG, _SURE)
        strong = self.strength >= strength and self.likeness >= likeness
        return strong or self.likeness >= _LIKE + _LIKE_CHANGED * changed

    @property
    def two_captures(self) -> bool:
        """Grain is there, and it is not the same."""
        return self._unlike(_STRONG)

    @property
    def two_exposures(self) -> bool:
        """The same where nothing else differs: more grain than strong compression leaves of its own."""
        return self._unlike(_BEYOND_COMPRESSION)

    def _unlike(self, strength: float) -> bool:
        return self.pixels >= 1500 and self.strength >= strength and self.likeness <= _UNLIKE


def grain(source: Array, target: Array, residual: Residual) -> Grain:
    """Compare what is left of sensor noise, paper texture or film grain outside the changed places.

    Args:
        source: Luminance of the better image on the poorer's grid, not filtered.
        target: Luminance of the poorer image.
        residual: What :func:`measure` said of them.
    """
    changed = cv2.dilate(
        (np.maximum(residual.excess, residual.chroma) > QUIET).astype(np.uint8), np.ones((9, 9))
    )
    busy = np.maximum(activity(source), activity(target))
    usable = residual.mask & (changed == 0) & (busy < _QUIET) & (target > 6) & (target < 249) & (source < 249)
    return _alike(source, target, usable)


def glimpse(a: View, b: View, matrix: Matrix) -> Grain:
    """The same, from small tiles spread over two views: what changed is not left out.

    Args:
        a: One view.
        b: The other.
        matrix: From B's working pixels to A's, as a look at small size left it.
    """
    matrix = refine(a, b, matrix, LEVELS[1:], tiles=False)
    side = _TILE + 2 * _MARGIN
    if min(b.height, b.width) < side:
        return Grain(0.0, 0.0, 0)
    corners = [
        (j * (b.width - side) // (_ACROSS - 1), i * (b.height - side) // (_ACROSS - 1))
        for i in range(_ACROSS)
        for j in range(_ACROSS)
    ]
    target = np.concatenate([b.luma[y : y + side, x : x + side] for x, y in corners]).astype(np.float32)
    image, shrink = shrunk(a.luma, matrix)
    source = np.concatenate([tile(image, shrink @ matrix, corner, side) for corner in corners])
    quiet = np.maximum(activity(source), activity(target)) < _QUIET
    usable = np.tile(inner((side, side), _MARGIN), (len(corners), 1)) & quiet
    return _alike(source, target, usable & (target > 6) & (target < 249))


def _alike(source: Array, target: Array, usable: Mask) -> Grain:
    count = int(usable.sum())
    if count < 200:
        return Grain(0.0, 0.0, count)
    fine_a, fine_b = ((x - cv2.GaussianBlur(x, (0, 0), 1.6))[usable] for x in (source, target))
    spread_a, spread_b = float(fine_a.std()), float(fine_b.std())
    together = float(((fine_a - fine_a.mean()) * (fine_b - fine_b.mean())).mean())
    return Grain(together / (spread_a * spread_b + 1e-6), min(spread_a, spread_b), count)
