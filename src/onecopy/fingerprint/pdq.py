"""PDQ: a 256-bit perceptual hash, as published by Meta in ThreatExchange ("PDQ & TMK + PDQF", 2019).

Luminance is smoothed by two passes of a box filter (Jarosz), sampled at 64 × 64, and of its discrete cosine
transform the 16 × 16 lowest frequencies but the very lowest are kept, each as one bit: above the median or
not.

The published hashes come from pictures first brought to at most 512 pixels a side, keeping their shape;
:func:`working` does the same to a scaled decode, so hashes agree whatever the decoder's scale. Both filter
passes and the sampling are a few weighted pixels for each sample of an axis, so nothing else is computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

WORKING_SIDE = 512
"""Longest side, in pixels, of what is hashed."""

HASH_BYTES = 32

Luma = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]

_SAMPLES = 64
_KEPT = 16
_PASSES = 2
# Row and column i hold frequency i + 1, whose sign mirroring swaps where it is odd.
_SIGNS = np.where(np.arange(_KEPT) % 2 == 0, -1.0, 1.0)
# The transform is rounded to this many decimals, far below any real difference: coefficients that are equal
# but for the order of additions stay equal, so a hash does not depend on the processor.
_DECIMALS = 6


def working(luma: Luma, full_width: int, full_height: int) -> Luma:
    """Bring a (perhaps scaled) decode to the size that is hashed.

    Args:
        luma: Shape (height, width).
        full_width: Width of the image itself, in pixels.
        full_height: Its height.

    Returns:
        Luminance at most :data:`WORKING_SIDE` pixels a side; the image itself where it is not larger.
    """
    ratio = min(1.0, WORKING_SIDE / max(full_width, full_height))
    size = (max(1, round(full_width * ratio)), max(1, round(full_height * ratio)))
    if size == (luma.shape[1], luma.shape[0]):
        return luma
    smaller = size[0] < luma.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(luma, size, interpolation=how), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Pdq:
    """A hash (32 bytes, most significant first as the reference prints them) and what belongs to it."""

    hash: bytes
    turned: bytes
    """Of the picture mirrored left to right, top to bottom, and both: 3 × 32 bytes."""
    quality: int
    """0 (flat) to 100."""


def compute(luma: Luma) -> Pdq:
    """Hash luminance as :func:`working` gives it."""
    both_ways = _sampled(np.ascontiguousarray(_sampled(luma).T)).T
    first, last = slice(0, _SAMPLES), slice(_SAMPLES, None)
    hashes = [_hash(both_ways[rows, columns]) for rows in (first, last) for columns in (first, last)]
    return Pdq(hashes[0], b"".join(hashes[1:]), _quality(both_ways[first, first]))


def dihedral(pdq: bytes, turned: bytes | None = None) -> tuple[bytes, ...]:
    """Hashes of a picture in all eight orientations.

    The filter of the reference lies up to two pixels off centre, so a mirrored picture is not hashed at
    mirrored places: swapping the signs of its odd frequencies, which is what mirroring does to the transform,
    gives a hash 20 to 60 bits off (measured on photographs and scans), too much to search by. So a
    fingerprint keeps the three hashes that mirroring gives; turning a quarter only swaps axes, so the other
    four follow exactly.

    Args:
        pdq: ``Fingerprint.pdq``.
        turned: ``Fingerprint.pdq_turned``; estimated from ``pdq`` where it is ``None``.

    Returns:
        Eight hashes: at index ``k`` (0 to 3) of the picture turned by ``90 * k`` degrees clockwise, at index
        ``4 + k`` of the picture mirrored left to right and then turned so. If entry ``k`` of *a* is near the
        hash of *b*, then *a* must be turned (and mirrored first, from 4 on) so to lie like *b*.
    """
    if turned is None:
        same = _unpacked(pdq)
        odd = (_SIGNS < 0).astype(np.uint8)
        mirror = same ^ odd[None, :]
        turned = b"".join(map(_packed, (mirror, same ^ odd[:, None], mirror ^ odd[:, None])))
    mirrored, flipped, both = (turned[i : i + HASH_BYTES] for i in (0, 32, 64))
    same_t, mirrored_t, flipped_t, both_t = _transposed(pdq + turned)
    return pdq, flipped_t, both, mirrored_t, mirrored, both_t, flipped, same_t


def _hash(samples: Samples) -> bytes:
    transform = np.round(_cosines() @ samples @ _cosines().T, _DECIMALS)
    # The reference's median of 256 values is the 128th smallest, not the mean of the middle two.
    middle = np.partition(transform, transform.size // 2 - 1, axis=None)[transform.size // 2 - 1]
    return _packed(transform > middle)


def _transposed(hashes: bytes) -> Iterator[bytes]:
    """Each of some hashes with its axes swapped, in one go: an index asks this of every image it loads."""
    rows = np.frombuffer(hashes, np.uint8).reshape(-1, HASH_BYTES)[:, ::-1]
    grids = np.unpackbits(rows, axis=1, bitorder="little").reshape(-1, _KEPT, _KEPT)
    swapped = grids.transpose(0, 2, 1).reshape(len(rows), -1)
    packed = np.packbits(swapped, axis=1, bitorder="little")[:, ::-1].tobytes()
    yield from (packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES))


def _packed(grid: npt.NDArray[np.bool_] | npt.NDArray[np.uint8]) -> bytes:
    return np.packbits(grid.ravel(), bitorder="little")[::-1].tobytes()


def _unpacked(pdq: bytes) -> npt.NDArray[np.uint8]:
    return np.unpackbits(np.frombuffer(pdq, np.uint8)[::-1], bitorder="little").reshape(_KEPT, _KEPT)


def _quality(samples: Samples) -> int:
    down = np.trunc(np.diff(samples, axis=0) * (100 / 255))
    across = np.trunc(np.diff(samples, axis=1) * (100 / 255))
    return min(100, int((np.abs(down).sum() + np.abs(across).sum()) / 90))


def _sampled(values: npt.NDArray[Any]) -> Samples:
    """Smooth and sample the first axis: 64 samples of the picture as it is, then 64 of it mirrored."""
    places, weights = _taps(values.shape[0])
    # term by term in one order, so single precision gives the same sums everywhere
    total = np.zeros((2 * _SAMPLES, values.shape[1]), np.float32)
    picked, term = np.empty_like(total, values.dtype), np.empty_like(total)
    for tap in range(places.shape[1]):
        np.take(values, places[:, tap], axis=0, out=picked, mode="clip")  # checking would copy once more
        total += np.multiply(picked, weights[:, tap, None], out=term)
    return total


@lru_cache(maxsize=256)
def _taps(length: int) -> tuple[npt.NDArray[np.int64], Samples]:
    """Which pixels of an axis make each of the 128 samples, and with what weight: two arrays (128, taps)."""
    smoothing = _smoothing(length)
    smoothing = np.concatenate([smoothing, smoothing[:, ::-1]])
    count = int((smoothing > 0).sum(axis=1).max())
    first = np.minimum((smoothing > 0).argmax(axis=1), length - count)
    places = first[:, None] + np.arange(count)
    return places, np.take_along_axis(smoothing, places, axis=1).astype(np.float32)


def _smoothing(length: int) -> Matrix:
    """What both filter passes and the sampling do along one axis: shape (64, length)."""
    window = (length + 2 * _SAMPLES - 1) // (2 * _SAMPLES)
    before = window - (window + 2) // 2
    place = np.arange(length)
    start = np.maximum(place - before, 0)
    stop = np.minimum(place - before + window, length)
    inside = (place >= start[:, None]) & (place < stop[:, None])
    box = inside / inside.sum(axis=1, keepdims=True)
    picked = ((np.arange(_SAMPLES) + 0.5) * length / _SAMPLES).astype(int)
    return np.asarray(np.linalg.matrix_power(box, _PASSES)[picked])


@lru_cache(maxsize=1)
def _cosines() -> Matrix:
    frequency = np.arange(1, _KEPT + 1)[:, None]
    place = 2 * np.arange(_SAMPLES)[None, :] + 1
    return np.asarray(np.sqrt(2 / _SAMPLES) * np.cos(np.pi / (2 * _SAMPLES) * frequency * place))
