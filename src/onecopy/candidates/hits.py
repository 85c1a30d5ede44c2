"""What near search finds: stored looks worth verifying, many at once."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints


@dataclass(frozen=True, slots=True)
class Hits:
    """Stored looks worth verifying, one a row; columns as in :class:`onecopy.candidates.Pair`, asker as A."""

    asker: Ints
    owner: Ints
    reason: Ints
    """Place in ``REASONS``."""
    distance: Ints
    turned: Ints
    mirrored: Ints

    @classmethod
    def none(cls) -> Self:
        """No hits."""
        return cls(*(np.zeros(0, np.int64) for _ in range(6)))

    def take(self, rows: Ints | npt.NDArray[np.bool_] | slice) -> "Hits":
        """Some rows, in the order asked for."""
        return Hits(*(column[rows] for column in self.columns()))

    def columns(self) -> tuple[Ints, ...]:
        """All columns, in order of definition."""
        return self.asker, self.owner, self.reason, self.distance, self.turned, self.mirrored


def strongest(hits: Hits, image: Ints, most: int) -> Hits:
    """At most so many hits of each asker: the least distance, ties by the number of the image (one a hit)."""
    # First whatever is farther than the last that can be kept, because sorting a whole crowd takes long.
    least = hits.distance.min(initial=0)
    span = int(hits.distance.max(initial=0) - least) + 1
    askers = int(hits.asker.max(initial=0)) + 1
    seen = np.bincount(hits.asker * span + hits.distance - least, minlength=askers * span)
    farthest = (seen.reshape(askers, span).cumsum(axis=1) < most).sum(axis=1)
    rows = np.flatnonzero(hits.distance - least <= farthest[hits.asker])
    order = rows[np.lexsort((image[rows], hits.distance[rows], hits.asker[rows]))]
    asker = hits.asker[order]
    rank = np.arange(len(order)) - np.searchsorted(asker, asker)
    return hits.take(order[rank < most])
