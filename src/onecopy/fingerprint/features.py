"""Features: key points that find a crop, a framed copy or a picture in a page again.

ORB (Rublee et al., "ORB: an efficient alternative to SIFT or SURF", 2011) on a small luminance, spread over
the picture so that every part keeps some. At most :data:`MOST` of :data:`BYTES_EACH` bytes: 10,800 bytes.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

MOST = 300
"""Most key points of one image."""

BYTES_EACH = 36
"""Bytes of one key point: place (two 16-bit numbers) and descriptor (256 bits)."""

Points = npt.NDArray[np.float32]
Descriptors = npt.NDArray[np.uint8]

# Measured (docs/explanation/candidates.md): 256 × 192 pixels lose half of the pictures in collages of four,
# 512 × 384 take half a millisecond more and find no more.
# An area and not a side, so that a long strip is not shrunk to nothing.
_PIXELS = 384 * 288
_PATCH = 31
_CELLS = 8
_DETECTED = 500
_STEP = 1.3
_LEVELS = 6
_CONTRASTS = (20, 10)
"""Grey levels by which a corner stands out; the second is for pictures in which the first finds few."""
_FEW = 100
_SCALE = 65_535
_PACKED = np.dtype([("place", "<u2", 2), ("descriptor", "u1", 32)])


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
    packed["descriptor"] = descriptors[kept]
    return packed.tobytes()


def unpack(blob: bytes) -> tuple[Points, Descriptors]:
    """Unpack features.

    Returns:
        Places, shape (n, 2), as ``x, y`` from 0 to 1 of width and height as displayed; and descriptors, shape
        (n, 32), to be compared by Hamming distance.
    """
    packed = np.frombuffer(blob, _PACKED)
    return packed["place"].astype(np.float32) / np.float32(_SCALE), np.ascontiguousarray(packed["descriptor"])


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
