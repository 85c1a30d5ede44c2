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
from onecopy.verify.planes import Array, Bytes, Mask

_DARK_GROUND = 110
_SAME, _SAME_CUT, _OTHER, _PATCH_OTHER = 0.35, 0.25, 0.7, 2.0
"""Unmatched ink in pixels: up to the first the marks are the same (in black and white the second), from the
third they differ; and the patch from which they do."""
_UNEVEN, _UNEVEN_CUT = 0.3, 0.6
"""How much of its darkness ink may lack: in grey, and where one of them was cut to black and white."""
_TALLEST = 80
"""Higher marks are no letters."""
_BROADEST = 6.0
"""Pixels: strokes of written pages are 2 to 4 wide, those of circuit boards and emblems 9 and more."""
_BROAD = 7
_INKED, _SOLID, _ROUND_IT = 0.5, 5, 13
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
        return self.heaviest > _OTHER or self.patch > _PATCH_OTHER


def ink(luma: Array) -> Array:
    """Darkness of ink against the local ground, 0 (ground) to 1 (full ink)."""
    small = cv2.resize(luma, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(np.clip(small, 0, 255).astype(np.uint8), np.ones((7, 7))), 21)
    full = cv2.resize(ground, (luma.shape[1], luma.shape[0]), interpolation=cv2.INTER_LINEAR).astype(
        np.float32
    )
    dark = np.clip(1 - luma / np.maximum(full, 24), 0, 1)
    marks = dark[dark > 0.25]
    level = float(np.quantile(marks, 0.7)) if marks.size > 50 else 1.0
    return np.asarray(np.clip(dark / max(level, 0.2), 0, 1), np.float32)


def solid(one: Array, other: Array) -> Mask:
    """Where both pages are filled with ink, and as far round it as differences are averaged: no strokes."""
    both = np.minimum(ink(one), ink(other)) > _INKED
    filled = cv2.erode(both.view(np.uint8), np.ones((_SOLID, _SOLID), np.uint8))
    return cv2.dilate(filled, np.ones((_ROUND_IT, _ROUND_IT), np.uint8)).view(np.bool_)


def stroke_width(marks: Array) -> float:
    """Usual width of strokes in pixels: twice area over perimeter of what is inked."""
    inked = (marks > 0.5).astype(np.uint8)
    area = int(inked.sum())
    if area < 20:
        return 0.0
    rim = area - int(cv2.erode(inked, np.ones((3, 3), np.uint8)).sum())
    return 2.0 * area / max(rim, 1)


def is_written(luma: Bytes) -> bool:
    """Whether a page in black and white has strokes such as letters are made of, and no broad shapes."""
    return 0 < stroke_width(1 - luma * np.float32(1 / 255)) <= _BROADEST


def letter_height(marks: Array) -> float:
    """Usual height in pixels of what may be a letter or a digit, 0 where there is none."""
    inked = (marks > 0.5).astype(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    width, height, area = (
        boxes[1:, cv2.CC_STAT_WIDTH],
        boxes[1:, cv2.CC_STAT_HEIGHT],
        boxes[1:, cv2.CC_STAT_AREA],
    )
    letters = (height >= 4) & (height <= _TALLEST) & (width <= 3 * height) & (area >= 6)
    return float(np.median(height[letters])) if letters.any() else 0.0


def is_broad(luma: Bytes) -> bool:
    """Whether every mark and every gap between marks is too broad to be a character: emblems, silhouettes.

    Each must hold a disc of :data:`_BROAD` pixels somewhere, whatever stands out of the ground by an eighth
    of the contrast; so a page with one small letter on it is not broad.
    """
    low, high = np.quantile(luma, (0.005, 0.995))
    ground = int(np.bincount(luma.ravel(), minlength=256).argmax())
    marks = cv2.absdiff(luma, np.full_like(luma, ground)) > max(12.0, float(high - low) / 8)
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_BROAD, _BROAD)), np.uint8)
    for part in (marks.view(np.uint8), (~marks).view(np.uint8)):
        count, labels = cv2.connectedComponents(part, connectivity=8)
        if len(np.unique(labels[cv2.erode(part, disc, borderValue=1) > 0])) < count - 1:
            return False
    return bool(marks.any())


def detail_lost(luma: Array, factor: float) -> float:
    """Share of the local contrast that is gone after scaling down by ``factor`` and up again, 0 to 1.

    On a page that can be read, half the resolution costs less than a third of it (measured on forms: 0.17 at
    150 dpi, 0.39 at 100, 0.48 at 75); on one that cannot, text is all finest detail.
    """
    size = (max(4, round(luma.shape[1] * factor)), max(4, round(luma.shape[0] * factor)))
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, (luma.shape[1], luma.shape[0]), interpolation=cv2.INTER_CUBIC)
    local = luma - cv2.GaussianBlur(luma, (0, 0), 4)
    return float(((luma - back) ** 2).sum() / max(float((local**2).sum()), 1.0))


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
