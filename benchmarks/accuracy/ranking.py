"""Pairs by how alike a rule says they are: recall against false merges, and average precision."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.results import Row
from benchmarks.accuracy.scans import LINKABLE
from benchmarks.measure import table

CLASSES = ("same", "edited", "other")
_MOST = 258
NEVER = _MOST - 1
"""The distance of pairs that a rule never calls duplicates."""
_ABOVE = {"edited": 100, "unclear": 200}
"""Where a relation that merges nothing begins on onecopy's scale of distances; 0 to 99 link."""


@dataclass
class Histogram:
    """How many pairs of each class there are at each distance; shape (classes, distances)."""

    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(CLASSES), _MOST), np.int64))

    def add(self, distances: npt.NDArray[np.int64], kinds: npt.NDArray[np.int64]) -> None:
        """Count pairs."""
        np.add.at(self.counts, (kinds, distances), 1)

    def within(self, limit: int) -> dict[str, int]:
        """How many pairs of each class are called duplicates."""
        return dict(zip(CLASSES, self.counts[:, : limit + 1].sum(axis=1).tolist(), strict=True))

    def all(self) -> dict[str, int]:
        """How many pairs of each class there are."""
        return dict(zip(CLASSES, self.counts.sum(axis=1).tolist(), strict=True))

    def curve(self, kind: str) -> Iterator[tuple[int, float]]:
        """False merges and recall of a class, for each limit that changes anything."""
        mine, others = self.counts[CLASSES.index(kind)], self.counts[CLASSES.index("other")]
        for at in np.flatnonzero((mine + others)[:-1]):
            yield int(others[: at + 1].sum()), float(mine[: at + 1].sum() / max(1, mine.sum()))

    def average_precision(self) -> float:
        """Micro-average precision, as in copy detection: a pair that shows one picture is right."""
        right = self.counts[0] + self.counts[1]
        found, called = np.cumsum(right[:-1]), np.cumsum(self.counts[:, :-1].sum(axis=0))
        precision = np.divide(found, called, out=np.zeros(len(found)), where=called > 0)
        return float((precision * right[:-1]).sum() / max(1, right.sum()))


def of_onecopy(rows: Iterable[Row]) -> Histogram:
    """Pairs by verdict: what links is nearest, then what is edited, then what is unclear; by confidence."""
    made = Histogram()
    rows = list(rows)
    distances = np.array([_distance(row) for row in rows], np.int64)
    made.add(distances, np.array([CLASSES.index(row.expected) for row in rows], np.int64))
    return made


def distance(relation: str, confidence: float) -> int:
    """Where a verdict is on that scale."""
    unsure = round((1 - confidence) * 99)
    if relation in LINKABLE:
        return unsure
    if relation == "unclear":
        return _ABOVE["unclear"] + min(unsure, _MOST - _ABOVE["unclear"] - 2)
    return _ABOVE["edited"] + unsure if relation == "edited" else NEVER


def _distance(row: Row) -> int:
    near = distance(row.relation, row.confidence)
    return min(near, 99) if row.merged else near


def rule_table(lines: Iterable[tuple[str, int, Histogram]]) -> None:
    """One line for each rule: name, limit, and its pairs by distance."""
    rows = []
    for name, limit, pairs in lines:
        called, every = pairs.within(limit), pairs.all()
        shares = [f"{called[kind] / max(1, every[kind]):.1%}" for kind in ("same", "edited")]
        rows.append([name, *shares, f"{called['other']:,}", f"{pairs.average_precision():.3f}"])
    head = ["calls duplicates", "encoded again", "changed", "different pictures", "micro-average precision"]
    table(head, rows)
