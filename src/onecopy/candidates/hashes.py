"""Stored PDQ hashes, searched within a radius with exact recall.

Up to :data:`TAIL` hashes are compared one by one. Before them, multi-index hashing: M. Norouzi, A. Punjani
and D. J. Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012. A hash is cut into 16
pieces of 16 bits; two hashes that differ in at most ``r`` bits differ in at most ``r // 16`` bits in one
piece at least, so looking up each piece with up to that many bits flipped misses nothing. What is looked up
is then compared. Tables are merged as they grow, each at least twice as large as the next, so that a million
hashes are not sorted again for a few thousand.

An entry takes 32 bytes for the hash, 6 for whose and what it is, and 64 in the tables.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import BITS, Ints, Words, flips, hamming, spread
from onecopy.candidates.growing import Gone, Growing

TAIL = 8192
"""Hashes that may wait outside the tables."""

_PIECE = 16
_PIECES = BITS // _PIECE
_KEYS = 1 << _PIECE


@dataclass(frozen=True, slots=True)
class Near:
    """Matches, one a row: which of the hashes asked, whose entry, of the trimmed picture?, the distance."""

    asked: Ints
    owner: Ints
    trimmed: npt.NDArray[np.bool_]
    distance: Ints


@dataclass(frozen=True, slots=True)
class _Tables:
    """Rows ``first`` to ``last`` - 1, by the value of each piece.

    ``rows`` has shape (16, n): for each piece the rows in the order of its values. ``ends`` has shape
    (16, 65537): where each value begins among them.
    """

    first: int
    last: int
    rows: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return self.last - self.first


class HashIndex:
    """Hashes of owners (numbers that are never used twice). Not thread-safe by itself."""

    def __init__(self, *, tail: int = TAIL) -> None:
        self._tail = tail
        self._words: Growing[np.uint64] = Growing(np.uint64, 4)
        self._owner: Growing[np.int32] = Growing(np.int32)
        self._trimmed: Growing[np.bool_] = Growing(np.bool_)
        self._radius: Growing[np.uint8] = Growing(np.uint8)
        self._gone = Gone()
        self._tables: list[_Tables] = []

    def __len__(self) -> int:
        return len(self._owner)

    def add(self, owner: int, words: Words, *, trimmed: bool, radius: int) -> None:
        """Store one hash (shape (4,)), to be found within ``radius`` bits at most."""
        self._words.add(words[None])
        self._owner.add(np.array([owner]))
        self._trimmed.add(np.array([trimmed]))
        self._radius.add(np.array([radius]))

    def add_all(self, owners: Ints, words: Words, radii: Ints, *, trimmed: bool) -> None:
        """Store many hashes (shape (n, 4)), each to be found within its radius at most."""
        self._words.add(words)
        self._owner.add(owners)
        self._trimmed.add(np.full(len(owners), trimmed))
        self._radius.add(radii)

    def remove(self, owner: int) -> None:
        """Forget all hashes of an owner."""
        self._gone.add(owner)

    def near(self, hashes: Words, radii: Ints) -> Near:
        """Everything within reach of the hashes (shape (n, 4)): of hash ``i`` within ``radii[i]`` bits.

        An entry that is met in several pieces comes repeatedly.
        """
        self._tidy()
        met = [self._compared(hashes, radii, *self._scan(hashes, radii, self._covered, len(self)))]
        for most in sorted({int(radius) // _PIECE for radius in radii}):
            chosen = np.flatnonzero(radii // _PIECE == most)
            for tables in self._tables:
                met += self._in_tables(tables, hashes, radii, chosen, most)
        return Near(*(np.concatenate(columns) for columns in zip(*met, strict=True)))

    def _in_tables(
        self, tables: _Tables, hashes: Words, radii: Ints, chosen: Ints, most: int
    ) -> list[tuple[Any, ...]]:
        which, rows, flooded = _look_up(tables, hashes[chosen], most)
        met = [self._compared(hashes, radii, chosen[which], rows)]
        if flooded.any():
            chosen = chosen[flooded]
            which, rows = self._scan(hashes[chosen], radii[chosen], tables.first, tables.last)
            met.append(self._compared(hashes, radii, chosen[which], rows))
        return met

    def _compared(self, hashes: Words, radii: Ints, which: Ints, rows: Ints) -> tuple[Any, ...]:
        """Columns of :class:`Near`, of the rows that are within reach."""
        distance = hamming(hashes[which], self._words.rows[rows])
        within = distance <= np.minimum(radii[which], self._radius.rows[rows])
        within &= ~self._gone.of(self._owner.rows[rows])
        rows = rows[within]
        owner = self._owner.rows[rows].astype(np.int64)
        return which[within], owner, self._trimmed.rows[rows], distance[within].astype(np.int64)

    def _scan(self, hashes: Words, radii: Ints, first: int, last: int) -> tuple[Ints, Ints]:
        """Compare with every row of a range: which hash, and the row."""
        words = self._words.rows[first:last]
        hits = [np.flatnonzero(hamming(one, words) <= most) for one, most in zip(hashes, radii, strict=True)]
        which = np.repeat(np.arange(len(hits)), [len(hit) for hit in hits])
        return which, np.concatenate([*hits, np.zeros(0, np.int64)]).astype(np.int64) + first

    @property
    def _covered(self) -> int:
        """How many rows are in tables."""
        return self._tables[-1].last if self._tables else 0

    def _tidy(self) -> None:
        if self._gone.since * 4 > len(self) + 64:
            kept = ~self._gone.of(self._owner.rows)
            for column in (self._words, self._owner, self._trimmed, self._radius):
                column.keep(kept)
            self._gone.since = 0
            self._tables = []
        first, last = self._covered, len(self)
        if last - first <= self._tail:
            return
        while self._tables and len(self._tables[-1]) <= 2 * (last - first):
            first = self._tables.pop().first
        self._tables.append(_tables(self._words.rows[first:last], first))


def _tables(words: Words, first: int) -> _Tables:
    keys = words.view(np.uint16)
    rows = np.empty((_PIECES, len(words)), np.int32)
    ends = np.zeros((_PIECES, _KEYS + 1), np.int32)
    for piece in range(_PIECES):
        rows[piece] = np.argsort(keys[:, piece], kind="stable")
        ends[piece, 1:] = np.cumsum(np.bincount(keys[:, piece], minlength=_KEYS))
    rows += np.int32(first)
    return _Tables(first, first + len(words), rows, ends)


def _look_up(tables: _Tables, hashes: Words, most: int) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Rows that differ in at most ``most`` bits of a piece: which hash, the row, and hashes left out.

    A hash is left out that would meet more than there is: many copies of one form share every piece.
    """
    keys = hashes.view(np.uint16)[:, :, None] ^ flips(_PIECE, most).astype(np.uint16)
    piece = np.arange(_PIECES)[None, :, None]
    starts = tables.ends[piece, keys].astype(np.int64)
    counts = tables.ends[piece, keys.astype(np.int64) + 1] - starts
    flooded = counts.sum(axis=(1, 2)) > len(tables)
    counts[flooded] = 0
    met = np.nonzero(counts)
    probe, place = spread(starts[met], counts[met])
    return met[0][probe], tables.rows[met[1][probe], place].astype(np.int64), flooded
