"""What is usual in a pair of pictures: structure, and how much the two differ where there is so much of it.

Pixels are sorted by how much structure surrounds them; in each class the usual size of the difference is what
compression, resampling and rounding do there.
"""

import cv2
import numpy as np

from onecopy.verify.planes import Array, Bytes, Mask

_QUIETEST, _CLASSES = 0.4, 8
"""Structure below which a pixel is in the quietest class, in grey levels per pixel, and how many classes."""
_MOST_SAMPLES = 150_000
_REACH = 15
"""Pixels across which a JPEG block that holds an edge rings."""


def activity(luma: Array) -> Array:
    """Root mean square gradient in a 7 × 7 window, grey levels per pixel."""
    gx = cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gy = cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    energy = cv2.add(cv2.multiply(gx, gx, dst=gx), cv2.multiply(gy, gy, dst=gy), dst=gx)
    # sums that come and go along a row may leave a trace below zero
    return np.asarray(cv2.sqrt(np.maximum(cv2.blur(energy, (7, 7)), 0)), np.float32)


def classes(busy_made: Array, busy_target: Array) -> Bytes:
    """Which class of structure each pixel is in: where both pictures have at least so much of it.

    Two rows of :data:`_CLASSES`, one more for each doubling of structure: pixels far from anything stronger,
    and pixels beside it, where compression rings.
    """
    own = _class(np.minimum(busy_made, busy_target))
    near = cv2.dilate(own, np.ones((_REACH, _REACH), np.uint8))
    return np.asarray(own + np.uint8(_CLASSES) * (near >= own + 2), np.uint8)


def _class(busy: Array) -> Bytes:
    # the exponent of a float32 is its logarithm, rounded down
    exponent = (busy * np.float32(1 / _QUIETEST)).view(np.int32) >> 23
    return np.asarray(np.clip(exponent - 126, 0, _CLASSES - 1), np.uint8)


def expected(size: Array, which: Bytes, mask: Mask) -> Array:
    """The usual difference at each pixel: the 70th percentile of its class, as a standard deviation.

    Compression does less where there is less structure. So a class never counts as noisier than a busier
    one: else what was painted over a picture, flat as it is, would be the rule in its own class.
    """
    spread = max(1, mask.size // _MOST_SAMPLES) | 1
    which_, sample = which.ravel()[::spread], size.ravel()[::spread]
    seen = mask.ravel()[::spread]
    which_, sample = which_[seen], sample[seen]
    least = 150 / spread + 20
    rows = [
        [_usual(sample[which_ == row * _CLASSES + k], least) for k in range(_CLASSES)] for row in range(2)
    ]
    table = np.zeros(256, np.float32)
    far, near = table[:_CLASSES], table[_CLASSES : 2 * _CLASSES]
    far[:] = _never_falling(rows[0])
    # what rings beside an edge is at most as strong as what differs on one
    near[:] = np.maximum(_never_falling(rows[1], most=float(far[-1])), far)
    return np.asarray(cv2.LUT(which, table), np.float32)


def _usual(sizes: Array, least: float) -> float | None:
    """The 70th percentile (the lower neighbour of the exact place) over that of a normal distribution."""
    if len(sizes) <= least:
        return None
    at = int(0.7 * (len(sizes) - 1))
    return float(np.partition(sizes, at)[at]) / 1.036


def _never_falling(usual: list[float | None], *, most: float = float("inf")) -> list[float]:
    """Each at most what a busier class has; where there are too few pixels, what the next quieter one has."""
    bound = most
    bounded: list[float | None] = []
    for one in reversed(usual):
        bound = bound if one is None else min(bound, one)
        bounded.append(None if one is None else bound)
    found, last = [], 0.0
    for one in reversed(bounded):
        last = last if one is None else one
        found.append(last)
    return found


def contrast(luma: Array, mask: Mask) -> float:
    """1 for ordinary pictures, less for faint ones, where small differences mean as much."""
    some = luma[::3, ::3][mask[::3, ::3]]
    if not some.size:
        return 1.0
    low, high = np.quantile(some, (0.01, 0.99))
    return float(np.clip((high - low) / 100, 0.3, 1.0))
