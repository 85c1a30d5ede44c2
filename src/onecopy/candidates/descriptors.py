"""Stored key points, searched by what a stated predicate calls a match.

Two descriptors match if

1. they agree in all 20 bits of at least one of 12 keys (the first 240 of their 256 bits, in a row),
2. that value of that key is had by at most :data:`COMMON` stored descriptors, or four times the average where
   that is more (what many images share, a letter or a screw, says nothing: like a stop word of a text
   search), and
3. they differ in at most :data:`RADIUS` bits.

Every match by this predicate is found. Tables are sorted runs that are merged as they grow, so adding is
cheap and the memory is bounded: 148 bytes a descriptor, 44 kB for an image of 300.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from onecopy.candidates.agreement import Places
from onecopy.candidates.bits import Ints, Words, hamming, spread
from onecopy.candidates.counterparts import Layout
from onecopy.candidates.growing import Gone, Growing

RADIUS = 40
COMMON = 32

KEYS = 12
"""Of 20 bits each, two from five bytes."""

Descriptors = npt.NDArray[np.uint8]
"""Shape (n, 32)."""

_LARGEST_RUN = 1 << 21
_KEY_BITS = 20
_NUMBER = 20
"""The lowest bit of a key's number."""
_AT_ONCE = 1 << 22
"""Pairs of descriptors that are compared at once: a bound on memory."""
_IN_CACHE = 1 << 13
"""Pairs of descriptors whose bits fit into the processor's cache."""
_BLOCK = 32
"""Owners that ask together where there is more than one run."""


def keys_of(descriptors: Descriptors) -> npt.NDArray[np.uint32]:
    """The keys of descriptors (shape (n, 32)): shape (12, n)."""
    pairs = descriptors[:, :30].reshape(-1, KEYS // 2, 5).astype(np.uint32)
    made = np.empty((KEYS, len(descriptors)), np.uint32)
    made[0::2] = (pairs[:, :, 0] << 12 | pairs[:, :, 1] << 4 | pairs[:, :, 2] >> 4).T
    made[1::2] = ((pairs[:, :, 2] & 15) << 16 | pairs[:, :, 3] << 8 | pairs[:, :, 4]).T
    return made


@dataclass(frozen=True, slots=True)
class _Run:
    """Keys in ascending order, each with its number before its 20 bits, so that one search meets all twelve.

    ``keys`` and ``rows``, the row of each, have shape (12, n); rows count from ``first`` on.
    """

    first: int
    keys: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.keys.shape[1])


def _numbered(keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Keys with their number before their bits, shape (12, n)."""
    return keys | np.arange(KEYS, dtype=np.uint32)[:, None] << np.uint32(_NUMBER)


@dataclass(frozen=True, slots=True)
class Matches:
    """Matching descriptors, one a row: the asker's row, the stored row, its owner, the distance."""

    asked: Ints
    row: Ints
    owner: Ints
    distance: Ints


class DescriptorIndex:
    """Key points of owners (ascending numbers, never used twice). Not thread-safe by itself."""

    def __init__(self) -> None:
        self._descriptors: Growing[np.uint8] = Growing(np.uint8, 32)
        self._places: Growing[np.complex64] = Growing(np.complex64)
        self._arrows: Growing[np.complex64] = Growing(np.complex64)
        self._owner: Growing[np.int32] = Growing(np.int32)
        self._gone = Gone()
        self._rows_gone = 0
        self._runs: list[_Run] = []

    def __len__(self) -> int:
        return len(self._owner)

    @property
    def places(self) -> Places:
        """Place of every row, as x + iy in diagonals of its image."""
        return self._places.rows

    @property
    def arrows(self) -> Places:
        """Direction and size of every row, in diagonals of its image."""
        return self._arrows.rows

    @property
    def owners(self) -> npt.NDArray[np.int32]:
        """Owner of every row, ascending."""
        return self._owner.rows

    def add(self, owner: int, descriptors: Descriptors, places: Places, arrows: Places) -> None:
        """Store what an owner has."""
        self._descriptors.add(descriptors)
        self._places.add(places)
        self._arrows.add(arrows)
        self._owner.add(np.full(len(places), owner))

    def remove(self, owner: int) -> None:
        """Forget an owner's rows."""
        first, last = self._range(owner)
        if first < last:
            self._gone.add(owner)
            self._rows_gone += last - first

    def layout(self, owner: int, frame: complex) -> Layout:
        """What an owner has, in a frame of that size."""
        rows = slice(*self._range(owner))
        return Layout(self.places[rows], self.arrows[rows], _words(self._descriptors.rows[rows]), frame)

    def _range(self, owner: int) -> tuple[int, int]:
        first, last = np.searchsorted(self._owner.rows, np.array([owner, owner + 1]))
        return int(first), int(last)

    def matches(self, descriptors: Descriptors, own: Ints) -> Matches:
        """All that is stored and matches.

        Args:
            descriptors: Those that ask.
            own: The owner of each, of which nothing is wanted; -1 for none.
        """
        self._tidy()
        first, last = self._between(own)

        def of_others(asked: Ints, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
            return np.asarray((rows < first[asked]) | (rows >= last[asked]))

        return self._matches(descriptors, of_others)

    def among(self) -> Iterator[Matches]:
        """All matches of stored descriptors with those of earlier owners, so that each is met once.

        Yields:
            Some owners' at a time, all that one of them has together; ``asked`` is a stored row, too.
        """
        self._tidy()
        if len(self._runs) == 1 and not self._rows_gone:
            yield from self._in_one_run(self._runs[0])
            return
        owners = np.unique(self._owner.rows)
        for start in range(0, len(owners), _BLOCK):
            block = owners[start : start + _BLOCK]
            first, last = self._range(int(block[0]))[0], self._range(int(block[-1]))[1]
            begins = self._between(self._owner.rows[first:last].astype(np.int64))[0]
            found = self._matches(self._descriptors.rows[first:last], partial(_earlier_than, begins))
            yield Matches(found.asked + first, found.row, found.owner, found.distance)

    def _matches(
        self, descriptors: Descriptors, wanted: Callable[[Ints, npt.NDArray[np.int32]], npt.NDArray[np.bool_]]
    ) -> Matches:
        probe, rows = self._with_keys(_numbered(keys_of(descriptors)).reshape(-1))
        asked = probe % max(1, len(descriptors))
        chosen = wanted(asked, rows)
        return self._once([self._near(_words(descriptors), asked[chosen], rows[chosen])])

    def _in_one_run(self, run: _Run) -> Iterator[Matches]:
        """Those who share a value lie together, in ascending order: nothing has to be looked up."""
        places = [_earlier(keys, self._common) for keys in run.keys]
        met = np.zeros(len(run) + 1, np.int64)
        for rows, count in zip(run.rows, places, strict=True):
            met[rows + 1] += count
        words = _words(self._descriptors.rows)
        for first, last in self._portions(np.cumsum(met)):
            found = []
            for rows, count in zip(run.rows, places, strict=True):
                at = np.flatnonzero((rows >= first) & (rows < last) & (count > 0))
                which, place = spread(at - count[at], count[at].astype(np.int64))
                asked, other = rows[at[which]].astype(np.int64), rows[place]
                apart = self._owner.rows[asked] != self._owner.rows[other]
                found.append(self._near(words, asked[apart], other[apart]))
            yield self._once(found)

    def _portions(self, before: Ints) -> Iterator[tuple[int, int]]:
        """Ranges of rows, each of whole owners, that meet about :data:`_AT_ONCE` others (``before`` sums)."""
        first, total = 0, len(before) - 1
        while first < total:
            last = int(np.searchsorted(before, before[first] + _AT_ONCE, "right"))
            last = min(max(last, first + 1), total)
            last = self._range(int(self._owner.rows[last - 1]))[1]
            yield first, last
            first = last

    def _near(self, asking: Words, asked: Ints, rows: npt.NDArray[Any]) -> Ints:
        """Of pairs of rows those within the radius: shape (3, n), with the distance."""
        stored = _words(self._descriptors.rows)
        met = [np.zeros((3, 0), np.int64)]
        for start in range(0, len(asked), _IN_CACHE):
            mine, other = asked[start : start + _IN_CACHE], rows[start : start + _IN_CACHE]
            distance = hamming(asking[mine], stored[other])
            near = np.flatnonzero(distance <= RADIUS)
            met.append(np.stack([mine[near], other[near], distance[near]]).astype(np.int64))
        return np.concatenate(met, axis=1)

    def _once(self, met: list[Ints]) -> Matches:
        """Pairs found by several keys are one."""
        asked, rows, distance = np.concatenate(met, axis=1)
        _, once = np.unique(asked * len(self) + rows, return_index=True)
        asked, rows = asked[once], rows[once]
        return Matches(asked, rows, self._owner.rows[rows].astype(np.int64), distance[once])

    @property
    def _common(self) -> int:
        return max(COMMON, (len(self) - self._rows_gone) * 4 >> _KEY_BITS)

    def _between(self, own: Ints) -> npt.NDArray[np.int32]:
        """The first row of each owner, and the first after its rows: they lie together."""
        owners, which = np.unique(own, return_inverse=True)
        ends = np.searchsorted(self._owner.rows, np.stack([owners, owners + 1]).astype(np.int32))
        return np.asarray(ends[:, which], dtype=np.int32)

    def _with_keys(self, values: npt.NDArray[np.uint32]) -> tuple[Ints, npt.NDArray[np.int32]]:
        """Rows that have one of some numbered keys that is not too common, as (position asked, row)."""
        starts, counts = self._ranges(values)
        # Removed rows still count here, so they may not close a range before they are told apart below.
        total = counts.sum(axis=0)
        probe = np.flatnonzero((total > 0) & (total <= self._common + self._rows_gone))
        asked, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
        for run, start, count in zip(self._runs, starts, counts, strict=True):
            which, place = spread(start[probe], count[probe])
            asked.append(probe[which])
            rows.append(run.rows.reshape(-1)[place])
        position, row = np.concatenate(asked), np.concatenate(rows)
        if not self._rows_gone:
            return position, row
        there = ~self._gone.of(self._owner.rows[row])
        position, row = position[there], row[there]
        rare = np.bincount(position, minlength=len(values))[position] <= self._common
        return position[rare], row[rare]

    def _ranges(self, values: npt.NDArray[np.uint32]) -> tuple[Ints, Ints]:
        """Where numbered keys lie in each run: starts and counts, shape (runs, n)."""
        starts = np.zeros((len(self._runs), len(values)), np.int64)
        counts = np.zeros_like(starts)
        order = np.argsort(values)  # looked up in order they are found in half the time
        ordered = values[order]
        for number, run in enumerate(self._runs):
            keys = run.keys.reshape(-1)
            first = np.searchsorted(keys, ordered, "left")
            starts[number, order] = first
            counts[number, order] = np.searchsorted(keys, ordered, "right") - first
        return starts, counts

    def _tidy(self) -> None:
        if self._rows_gone * 4 > len(self):
            kept = ~self._gone.of(self._owner.rows)
            for column in (self._descriptors, self._places, self._arrows, self._owner):
                column.keep(kept)
            self._gone.since = self._rows_gone = 0
            self._runs = []
        covered = self._runs[-1].first + len(self._runs[-1]) if self._runs else 0
        while covered < len(self):
            first, covered = covered, min(len(self), covered + _LARGEST_RUN)
            while self._runs and len(self._runs[-1]) <= 2 * (covered - first):
                if covered - self._runs[-1].first > _LARGEST_RUN:
                    break
                first = self._runs.pop().first
            self._runs.append(self._run(first, covered))

    def _run(self, first: int, last: int) -> _Run:
        keys = _numbered(keys_of(self._descriptors.rows[first:last]))
        # a value and its place in one number: sorting those is several times faster than an order of values
        ordered = np.sort(keys.astype(np.uint64) << np.uint64(32) | np.arange(last - first, dtype=np.uint64))
        rows = (ordered & np.uint64(0xFFFFFFFF)).astype(np.int32) + np.int32(first)
        return _Run(first, (ordered >> np.uint64(32)).astype(np.uint32), rows)


def _earlier_than(
    begins: npt.NDArray[np.int32], asked: Ints, rows: npt.NDArray[np.int32]
) -> npt.NDArray[np.bool_]:
    return np.asarray(rows < begins[asked])


def _earlier(keys: npt.NDArray[np.uint32], common: int) -> npt.NDArray[np.int32]:
    """For each of some ascending keys, how many before it are equal; 0 where more than ``common`` are."""
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=len(keys))
    before = np.arange(len(keys)) - np.repeat(starts, sizes)
    return np.where(np.repeat(sizes <= common, sizes), before, 0).astype(np.int32)


def _words(descriptors: Descriptors) -> Words:
    return np.asarray(np.ascontiguousarray(descriptors).view(np.uint64))
