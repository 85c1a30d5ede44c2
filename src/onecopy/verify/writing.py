"""What is on one page: its ink, how broad and how high what is written is, whether it can be read."""

import cv2
import numpy as np

from onecopy.verify.planes import Array, Bytes, Mask

_TALLEST = 80
"""Higher marks are no letters."""
_BROADEST = 6.0
"""Pixels: strokes of written pages are 2 to 4 wide, those of circuit boards and emblems 9 and more."""
_BROAD = 7
_INKED, _SOLID, _ROUND_IT = 0.5, 5, 13


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
