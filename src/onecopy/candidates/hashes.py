"""Stored PDQ hashes, searched within a radius with exact recall.

Up to :data:`TAIL` hashes are compared one by one. Beyond that, multi-index hashing: M. Norouzi, A. Punjani
and D. J. Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012. A hash is cut into 16
pieces of 16 bits; two hashes that differ in at most ``r`` bits differ in at most ``r // 16`` bits in one
piece at least, so looking up each piece with up to that many bits flipped misses nothing. What is looked up
is then compared.

An entry takes 32 bytes for the hash, 6 for whose and what it is, and 64 in the tables.
"""

from dataclasses import dataclass

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


class HashIndex:
    """Hashes of owners (numbers that are never used twice). Not thread-safe by itself."""

    def __init__(self, *, tail: int = TAIL) -> None:
        self._tail = tail
        self._words: Growing[np.uint64] = Growing(np.uint64, 4)
        self._owner: Growing[np.int32] = Growing(np.int32)
        self._trimmed: Growing[np.bool_] = Growing(np.bool_)
        self._radius: Growing[np.uint8] = Growing(np.uint8)
        self._gone = Gone()
        self._tables: npt.NDArray[np.int32] = np.zeros((_PIECES, 0), np.int32)
        self._ends: npt.NDArray[np.int32] = np.zeros((_PIECES, _KEYS + 1), np.int32)

    def __len__(self) -> int:
        return len(self._owner)

    def add(self, owner: int, words: Words, *, trimmed: bool, radius: int) -> None:
        """Store one hash (shape (4,)), to be found within ``radius`` bits at most."""
        self._words.add(words[None])
        self._owner.add(np.array([owner]))
        self._trimmed.add(np.array([trimmed]))
        self._radius.add(np.array([radius]))

    def remove(self, owner: int) -> None:
        """Forget all hashes of an owner."""
        self._gone.add(owner)

    def near(self, hashes: Words, radii: Ints) -> Near:
        """Everything within reach of the hashes (shape (n, 4)): of hash ``i`` within ``radii[i]`` bits."""
        self._tidy()
        parts = [self._in_tail(hashes, radii)]
        for most in sorted({int(radius) // _PIECE for radius in radii}):
            chosen = np.flatnonzero(radii // _PIECE == most)
            parts.append(self._in_tables(hashes, radii, chosen, most))
        which = np.concatenate([part[0] for part in parts])
        rows = np.concatenate([part[1] for part in parts])
        return self._compared(hashes, radii, which, rows)

    def _compared(self, hashes: Words, radii: Ints, which: Ints, rows: Ints) -> Near:
        distance = hamming(hashes[which], self._words.rows[rows])
        within = distance <= np.minimum(radii[which], self._radius.rows[rows])
        within &= ~self._gone.of(self._owner.rows[rows])
        which, rows, distance = which[within], rows[within], distance[within]
        # One hash may be met in several pieces.
        _, first = np.unique(which * len(self) + rows, return_index=True)
        which, rows = which[first], rows[first]
        owner = self._owner.rows[rows].astype(np.int64)
        return Near(which, owner, self._trimmed.rows[rows], distance[first].astype(np.int64))

    def _in_tail(self, hashes: Words, radii: Ints) -> tuple[Ints, Ints]:
        first = self._tables.shape[1]
        tail = self._words.rows[first:]
        hits = [
            np.flatnonzero(hamming(one, tail) <= radius) for one, radius in zip(hashes, radii, strict=True)
        ]
        which = np.repeat(np.arange(len(hits)), [len(hit) for hit in hits])
        return which, np.concatenate([*hits, np.zeros(0, np.int64)]).astype(np.int64) + first

    def _in_tables(self, hashes: Words, radii: Ints, chosen: Ints, most: int) -> tuple[Ints, Ints]:
        if not self._tables.shape[1] or not len(chosen):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        keys = hashes[chosen].view(np.uint16)[:, :, None] ^ flips(_PIECE, most).astype(np.uint16)
        piece = np.broadcast_to(np.arange(_PIECES)[None, :, None], keys.shape).ravel()
        asked = np.repeat(chosen, keys[0].size)
        flat = keys.ravel().astype(np.int64)
        starts = self._ends[piece, flat].astype(np.int64)
        counts = self._ends[piece, flat + 1] - starts
        met = counts > 0
        probe, place = spread(starts[met], counts[met])
        return asked[met][probe], self._tables[piece[met][probe], place].astype(np.int64)

    def _tidy(self) -> None:
        if len(self) - self._tables.shape[1] <= self._tail and self._gone.since * 4 <= len(self) + 64:
            return
        if self._gone.since:
            kept = ~self._gone.of(self._owner.rows)
            for column in (self._words, self._owner, self._trimmed, self._radius):
                column.keep(kept)
            self._gone.since = 0
        self._index()

    def _index(self) -> None:
        count = len(self) if len(self) > self._tail else 0
        keys = self._words.rows[:count].view(np.uint16)
        self._tables = np.empty((_PIECES, count), np.int32)
        for piece in range(_PIECES):
            self._tables[piece] = np.argsort(keys[:, piece], kind="stable")
            sizes = np.bincount(keys[:, piece], minlength=_KEYS)
            self._ends[piece, 1:] = np.cumsum(sizes)
