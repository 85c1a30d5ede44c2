"""How pairs of looks may lie, as a few matches say: what all their points are asked about, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from onecopy.candidates.agreement import Places
from onecopy.candidates.bits import Ints
from onecopy.candidates.counterparts import Mask


@dataclass(frozen=True, slots=True)
class Guesses:
    """How pairs may lie, one a row: ``scale`` and ``shift`` from the one to the other, swapped or not."""

    asker: Ints
    owner: Ints
    swapped: Mask
    votes: Ints
    scale: Places
    shift: Places

    @classmethod
    def none(cls) -> Self:
        """No guesses."""
        none, nowhere = np.zeros(0, np.int64), np.zeros(0, np.complex64)
        return cls(none, none, none > 0, none, nowhere, nowhere)

    def take(self, rows: Ints | Mask | slice) -> "Guesses":
        """Some rows, in the order asked for."""
        return Guesses(*(column[rows] for column in self._columns()))

    def since(self, first: int) -> "Guesses":
        """The same with askers counted from ``first`` on."""
        return replace(self, asker=self.asker - first)

    def _columns(self) -> tuple[Any, ...]:
        return self.asker, self.owner, self.swapped, self.votes, self.scale, self.shift

    @classmethod
    def joined(cls, parts: Sequence["Guesses"]) -> "Guesses":
        """All rows of some, in their order."""
        return cls(*(np.concatenate(column) for column in zip(*(x._columns() for x in parts), strict=True)))


def likeliest(side: Ints, votes: Ints, other: Ints, most: int) -> Mask:
    """Which rows are among so many with most votes of a side, ties by the token of the other."""
    order = np.lexsort((other, -votes, side))
    rank = np.arange(len(order)) - np.searchsorted(side[order], side[order])
    chosen = np.zeros(len(order), np.bool_)
    chosen[order[rank < most]] = True
    return chosen
