"""Features: key points that find a crop, a framed copy or a picture in a page again.

ORB (Rublee et al., "ORB: an efficient alternative to SIFT or SURF", 2011) on a small luminance, spread over
the picture so that every part keeps some. At most :data:`MOST` of :data:`BYTES_EACH` bytes: 11,400 bytes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

MOST = 300
"""Most key points of one image."""

BYTES_EACH = 38
"""Bytes of one key point: place (two 16-bit numbers), direction, size and descriptor (256 bits)."""

Points = npt.NDArray[np.float32]
Arrows = npt.NDArray[np.complex64]
Descriptors = npt.NDArray[np.uint8]

# Measured (docs/explanation/candidates.md): 384 × 288 pixels on six finer steps cost as much and find less.
# An area and not a side, so that a long strip is not shrunk to nothing.
_PIXELS = 512 * 384
_PATCH = 31
_CELLS = 8
_DETECTED = 500
_STEP = 1.4
_LEVELS = 5
_CONTRASTS = (20, 10)
"""Grey levels by which a corner stands out; the second is for pictures in which the first finds few."""
_FEW = 100
_SCALE = 65_535
_DIRECTIONS = 256
_SIZES = 16
"""Steps an octave in which the size of a key point is kept."""
_PACKED = np.dtype([("place", "<u2", 2), ("direction", "u1"), ("size", "u1"), ("descriptor", "u1", 32)])


@dataclass(frozen=True, slots=True)
class KeyPoints:
    """What :func:`extract` found, one a row.

    Attributes:
        places: Shape (n, 2), ``x, y`` from 0 to 1 of width and height as displayed.
        arrows: Shape (n,), direction (clockwise as displayed) and size, in diagonals of the picture. If one
            place is seen in two pictures, the quotient of its arrows is how the one is turned and scaled.
        descriptors: Shape (n, 32), to be compared by Hamming distance.
    """

    places: Points
    arrows: Arrows
    descriptors: Descriptors


def extract(luma: npt.NDArray[np.uint8]) -> bytes:
    """Find features.

    Args:
        luma: Shape (height, width), the whole picture at any scale.

    Returns:
        Packed features for :func:`unpack`, best spread first; empty where nothing stands out.
    """
    height, width = luma.shape
    ratio = math.sqrt(_PIXELS / luma.size)
    if ratio < 1:
        size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
        luma = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        height, width = luma.shape
    if min(height, width) < _PATCH:
        return b""
    found, descriptors = _detect(luma)
    if not found:
        return b""
    # a key point at pixel i means the middle of that pixel
    places = (np.asarray(cv2.KeyPoint.convert(found), np.float64) + 0.5) / (width, height)
    kept = _spread(places, np.array([point.response for point in found]))
    packed = np.zeros(len(kept), _PACKED)
    packed["place"] = np.rint(np.clip(places[kept], 0, 1) * _SCALE)
    packed["direction"], packed["size"] = _stored([found[n] for n in kept], math.hypot(width, height))
    packed["descriptor"] = descriptors[kept]
    return packed.tobytes()


def unpack(blob: bytes) -> KeyPoints:
    """Unpack features."""
    packed = np.frombuffer(blob, _PACKED)
    places = packed["place"].astype(np.float32) / np.float32(_SCALE)
    turns = packed["direction"].astype(np.float32) * np.float32(2 * np.pi / _DIRECTIONS)
    sizes = np.exp2(packed["size"].astype(np.float32) / np.float32(-_SIZES))
    arrows = (sizes * np.exp(1j * turns)).astype(np.complex64)
    return KeyPoints(places, arrows, np.ascontiguousarray(packed["descriptor"]))


def _stored(points: Sequence[cv2.KeyPoint], diagonal: float) -> npt.NDArray[np.uint8]:
    """Direction and size of key points of a picture of that diagonal, as they are packed: shape (2, n)."""
    directions = np.rint([point.angle * (_DIRECTIONS / 360) for point in points]) % _DIRECTIONS
    levels = np.array([point.octave for point in points])
    sizes = np.rint((math.log2(diagonal) - levels * math.log2(_STEP)) * _SIZES)
    return np.stack([directions, np.clip(sizes, 0, 255)]).astype(np.uint8)


def _detect(luma: npt.NDArray[np.uint8]) -> tuple[Sequence[cv2.KeyPoint], Descriptors]:
    for contrast in _CONTRASTS:
        detector = cv2.ORB.create(
            nfeatures=_DETECTED, scaleFactor=_STEP, nlevels=_LEVELS, fastThreshold=contrast
        )
        found, descriptors = detector.detectAndCompute(luma, None)  # type: ignore[call-overload,unused-ignore]
        if len(found) >= _FEW:
            break
    return found, np.asarray(descriptors, np.uint8) if found else np.zeros((0, 32), np.uint8)


def _spread(places: npt.NDArray[np.float64], strength: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Take the strongest of each cell of a grid, then the second of each, until there are enough."""
    cell = np.minimum((places * _CELLS).astype(int), _CELLS - 1) @ (1, _CELLS)
    # places break ties, so the order does not depend on the detector's
    by_cell = np.lexsort((places[:, 0], places[:, 1], -strength, cell))
    ordered = cell[by_cell]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    return by_cell[np.lexsort((-strength[by_cell], rank))[:MOST]]
