"""Bit arithmetic: rows of 256 bits, held as four unsigned 64-bit words each (shape (n, 4)), and pairs."""

from itertools import combinations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

BITS = 256
_NUMBER = 31
"""Bits of the number of an owner, or of who asks."""


def words(rows: bytes | npt.NDArray[np.uint8]) -> Words:
    """View rows of 32 bytes as words; the order of bits does not matter to a Hamming distance."""
    raw = np.frombuffer(rows, np.uint8) if isinstance(rows, bytes) else np.ascontiguousarray(rows)
    return raw.reshape(-1, 32).view(np.uint64)


def hamming(a: Words, b: Words) -> npt.NDArray[np.uint32]:
    """Differing bits of rows paired by broadcasting, shape (n,).

    The four counts of a row (each at most 64) are added inside one 32-bit integer: several times faster than
    a sum over an axis of length four.
    """
    counts = np.bitwise_count(a ^ b).view(np.uint32)[..., 0]
    halves = (counts & np.uint32(0x00FF00FF)) + ((counts >> np.uint32(8)) & np.uint32(0x00FF00FF))
    return np.asarray((halves & np.uint32(0xFFFF)) + (halves >> np.uint32(16)), dtype=np.uint32)


def flips(width: int, most: int) -> npt.NDArray[np.uint32]:
    """All masks of ``width`` bits with at most ``most`` of them set."""
    masks = [
        sum(1 << bit for bit in chosen)
        for count in range(most + 1)
        for chosen in combinations(range(width), count)
    ]
    return np.array(masks, dtype=np.uint32)


def spread(starts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Unroll ranges: for each position, which range it belongs to, and its place (start, start + 1, …)."""
    which = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return which, np.arange(int(counts.sum())) - before[which] + starts[which]


def paired(asker: Ints, owner: Ints) -> Ints:
    """Pairs of numbers as one each, which sorts several times faster than two columns."""
    return np.asarray(asker << _NUMBER | owner)


def unpaired(pairs: Ints) -> tuple[Ints, Ints]:
    """The numbers that :func:`paired` put together."""
    return pairs >> _NUMBER, pairs & ((1 << _NUMBER) - 1)
