"""Ink on paper: are the same strokes there, allowing for another scan's edges?

A re-scan moves edges by a fraction of a pixel, thickens or thins strokes, changes tone and adds noise; it
does not add or remove a stroke. So ink counts as *unmatched* only where the other image has no ink within a
pixel's reach; unmatched ink is gathered into clusters, and the heaviest cluster, measured in the stroke's own
width, is what tells a changed digit from dirt.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from onecopy.verify.planes import Array, Bytes, Mask, is_bilevel

_DARK_GROUND = 110
_UNEVEN, _UNEVEN_CUT = 0.3, 0.6
"""How much of its darkness ink may lack: in grey, and where one of them was cut to black and white."""
_TALLEST = 80
"""Higher marks are no letters."""
_STEP = 100.0
"""Grey levels between clearly ground and clearly ink, where black and white was made of grey."""
_BROAD = 7
_WIDTHS = (2.0, 4.0)
"""Stroke widths counted with: a small change on a sheet of broad shapes is still a change."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Unmatched ink between two registered pages.

    ``heaviest`` is the heaviest cluster: its unmatched ink in pixels, for strokes two pixels wide;
    ``unmatched`` the share of all ink without a partner; ``letters`` the usual height of what is written, in
    pixels of the poorer;
    ``boxes`` the clusters above the limit.
    """

    heaviest: float
    unmatched: float
    letters: float
    boxes: tuple[tuple[int, int, int, int], ...]


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


def _inks(source: Array, target: Array, mask: Mask) -> tuple[Array, Array, float]:
    """The ink of both, and how uneven it may be; where one is black and white, the other is made so, too."""
    cut_a, cut_b = is_bilevel(source[mask]), is_bilevel(target[mask])
    if cut_a == cut_b:
        return ink(source), ink(target), _UNEVEN
    sharp, grey = (source, target) if cut_a else (target, source)
    inked = (sharp < 128).astype(np.float32)
    made = _cut(grey, float(inked[mask].mean()), mask)
    return (inked, made, _UNEVEN_CUT) if cut_a else (made, inked, _UNEVEN_CUT)


def _cut(luma: Array, share: float, mask: Mask) -> Array:
    """Black and white at the level that makes the same share black, with a soft step round that level."""
    level = float(np.quantile(luma[mask][::7], min(max(share, 0.0), 1.0)))
    return np.asarray(np.clip((level - luma) / _STEP + 0.5, 0, 1), np.float32)


def stroke_width(marks: Array) -> float:
    """Usual width of strokes in pixels: twice area over perimeter of what is inked."""
    inked = (marks > 0.5).astype(np.uint8)
    area = int(inked.sum())
    if area < 20:
        return 0.0
    rim = area - int(cv2.erode(inked, np.ones((3, 3), np.uint8)).sum())
    return 2.0 * area / max(rim, 1)


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


def compare(source: Array, target: Array, mask: Mask, *, limit: float) -> Strokes:
    """Match the ink of two registered pages.

    Args:
        source: Luminance of the better page on the poorer's grid.
        target: Luminance of the poorer page.
        mask: Where both are defined.
        limit: Cluster weight from which on a box is reported.
    """
    if float(np.median(source)) + float(np.median(target)) < 2 * _DARK_GROUND:
        source, target = 255 - source, 255 - target
    ink_a, ink_b, uneven = _inks(source, target, mask)
    unit = float(np.clip(stroke_width(ink_b), *_WIDTHS)) / 2
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)), np.uint8)
    lone = np.maximum(_alone(ink_b, ink_a, disc, uneven), _alone(ink_a, ink_b, disc, uneven))
    lone[~mask] = 0
    all_ink = float(np.maximum(ink_a, ink_b)[mask].sum())
    joined = cv2.dilate((lone > 0.05).astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    weight = np.bincount(labels.ravel(), weights=lone.ravel(), minlength=count) / unit**2
    weight[0] = 0
    order = [k for k in np.argsort(-weight, kind="stable")[:24] if weight[k] >= limit]
    where = tuple((int(x), int(y), int(w), int(h)) for x, y, w, h, _ in (boxes[k] for k in order))
    return Strokes(
        float(weight.max(initial=0)), float(lone.sum()) / max(all_ink, 1.0), letter_height(ink_b), where
    )


def _alone(marks: Array, other: Array, disc: Bytes, uneven: float) -> Array:
    """Ink that has no partner within the disc, less what uneven inking explains."""
    near = cv2.dilate(other, disc)
    return np.asarray(np.maximum(marks - near - np.float32(uneven), 0), np.float32)
