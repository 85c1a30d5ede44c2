"""Ink on paper: are the same strokes there, allowing for another scan's edges?

A re-scan moves edges by a fraction of a pixel, thickens or thins strokes, changes tone and adds noise; it
does not add or remove a stroke. So ink counts as *unmatched* only where the other image has no ink within a
pixel's reach; unmatched ink is gathered into clusters, and the heaviest cluster, measured in the stroke's own
width, is what tells a changed digit from dirt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from onecopy.verify.patches import largest, smoothed
from onecopy.verify.planes import Array, Mask
from onecopy.verify.writing import ink, letter_height, stroke_width

_DARK_GROUND = 110
_SAME, _SAME_CUT, _OTHER, _OTHER_CUT = 0.35, 0.25, 0.7, 1.0
"""Unmatched ink in pixels: up to so much the marks are the same, beyond so much they differ; in grey, and in
black and white."""
_PATCH_DOUBTFUL, _PATCH_OTHER = 1.2, 2.0
"""The patch beyond which they differ where ink is unmatched, too, and where none is."""
_UNEVEN, _UNEVEN_CUT = 0.3, 0.6
"""How much of its darkness ink may lack: in grey, and where one of them was cut to black and white."""
_INKED = 0.5
_DISC = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)), np.uint8)
_WIDTHS = (2.0, 4.0)
"""Stroke widths counted with: a small change on a sheet of broad shapes is still a change."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Unmatched ink between two registered pages.

    ``heaviest`` is the heaviest cluster: its unmatched ink in pixels, for strokes two pixels wide;
    ``patch`` the largest difference over a patch, in units of what may be (:mod:`onecopy.verify.patches`);
    ``unmatched`` the share of all ink without a partner; ``letters`` the usual height of what is written, in
    pixels of the poorer;
    ``boxes`` the clusters above the limit; ``cut`` says that one page at least is black and white.
    """

    heaviest: float
    patch: float
    unmatched: float
    letters: float
    boxes: tuple[tuple[int, int, int, int], ...]
    cut: bool

    @property
    def partnered(self) -> bool:
        """Whether all ink has a partner in reach."""
        return self.heaviest <= (_SAME_CUT if self.cut else _SAME)

    @property
    def same(self) -> bool:
        """Whether the marks are the same: all have partners, and none stands out by what it leaves."""
        return self.partnered and self.patch <= 1

    @property
    def differ(self) -> bool:
        """Whether some mark is another, or missing."""
        heavy = self.heaviest > (_OTHER_CUT if self.cut else _OTHER)
        both = self.heaviest > _OTHER and self.patch > _PATCH_DOUBTFUL
        return heavy or both or self.patch > _PATCH_OTHER


def compare(placed: Sequence[Array], target: Array, mask: Mask, *, cut: bool, limit: float) -> Strokes:
    """Match the ink of two registered pages.

    Args:
        placed: Luminance of the better page on the poorer's grid, in every way in which it may lie there: ink
            has a partner if it has one in any of them.
        target: Luminance of the poorer page.
        mask: Where both are defined.
        cut: Whether both are as a threshold makes them (see :mod:`onecopy.verify.cutting`).
        limit: Cluster weight from which on a box is reported.
    """
    if float(np.median(placed[0])) + float(np.median(target)) < 2 * _DARK_GROUND:
        placed, target = [255 - page for page in placed], 255 - target
    ink_b = _ink(target, cut)
    lone, apart = np.ones_like(target), np.ones_like(target)
    for page in placed:
        ink_a = _ink(page, cut)
        np.minimum(lone, _unmatched(ink_a, ink_b, cut), out=lone)
        np.minimum(apart, smoothed((ink_b - ink_a) * mask), out=apart)
    lone[~mask] = 0
    inked = np.maximum(ink_a, ink_b)
    weight, where = _clusters(lone, float(np.clip(stroke_width(ink_b), *_WIDTHS)) / 2, limit)
    return Strokes(
        heaviest=weight,
        patch=largest(apart, inked > _INKED, cut=cut),
        unmatched=float(lone.sum()) / max(float(inked[mask].sum()), 1.0),
        letters=letter_height(ink_b),
        boxes=where,
        cut=cut,
    )


def _ink(luma: Array, cut: bool) -> Array:
    return np.asarray(1 - luma * np.float32(1 / 255), np.float32) if cut else ink(luma)


def _unmatched(one: Array, other: Array, cut: bool) -> Array:
    uneven = np.float32(_UNEVEN_CUT if cut else _UNEVEN)
    return np.maximum(_alone(other, one, uneven), _alone(one, other, uneven))


def _alone(marks: Array, other: Array, uneven: np.float32) -> Array:
    """Ink that has no partner within the disc, less what uneven inking explains."""
    near = cv2.dilate(other, _DISC)
    return np.asarray(np.maximum(marks - near - uneven, 0), np.float32)


def _clusters(lone: Array, unit: float, limit: float) -> tuple[float, tuple[tuple[int, int, int, int], ...]]:
    """The weight of the heaviest cluster, and boxes round those above the limit."""
    joined = cv2.dilate((lone > 0.05).astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    weight = np.bincount(labels.ravel(), weights=lone.ravel(), minlength=count) / unit**2
    weight[0] = 0
    order = [k for k in np.argsort(-weight, kind="stable")[:24] if weight[k] >= limit]
    where = tuple((int(x), int(y), int(w), int(h)) for x, y, w, h, _ in (boxes[k] for k in order))
    return float(weight.max(initial=0)), where
