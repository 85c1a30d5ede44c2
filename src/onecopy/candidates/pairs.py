"""All pairs of a batch that are worth verifying: what a scan asks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints, words
from onecopy.candidates.guesses import Guesses
from onecopy.candidates.hits import Hits, strongest
from onecopy.candidates.index import Index, beyond
from onecopy.candidates.interface import REASONS, Pair, Settings
from onecopy.candidates.near import look_by_hash
from onecopy.model import Fingerprint

_BLOCK = 32

Table = npt.NDArray[np.int64]
"""Pairs, one a row: a, b, place in ``REASONS``, distance, turned, mirrored."""


@dataclass(frozen=True, slots=True)
class Capped:
    """An image with more near candidates by PDQ than are kept."""

    image: int
    found: int
    kept: int


def pairs(
    images: Iterable[tuple[int, Fingerprint]],
    settings: Settings | None = None,
    capped: Callable[[Capped], None] | None = None,
) -> Iterator[Pair]:
    """Find all pairs worth verifying among many images.

    Images that are equal by digest are paired with the first of them only, and only the first takes part in
    near search. A near pair is proposed where either image is among the other's strongest; an image with more
    near ones than that is reported to ``capped``, and is also paired with the next in its crowd, so that the
    crowd stays connected.

    Args:
        images: Numbers (unique; their order decides who is first) and fingerprints. Read once, in any order.
        settings: How far to reach.
        capped: Told of each image of which not all near ones were kept.

    Yields:
        Every pair once, ascending, with its strongest reason. The same for any order of ``images``.
    """
    index = Index(settings)
    hashes: dict[int, tuple[bytes, Ints]] = {}
    for image, fingerprint in images:
        owner, look = index.store(image, fingerprint)
        if look is not None:
            hashes[owner] = (look.hashes.tobytes(), look.radii)
    first = index.first_images()
    found, unknown = [_equal(index)], [Guesses.none()]
    guesses = index.guesses_among()
    for start in range(0, len(first), _BLOCK):
        block = range(start, min(start + _BLOCK, len(first)))
        near = index.by_hash([look_by_hash(words(hashes[o][0]), hashes[o][1]) for o in block], block)
        found += _nearest(near, first, start, index.settings.per_image, capped)
        asking = guesses.take(slice(*np.searchsorted(guesses.asker, [block.start, block.stop]).tolist()))
        unknown.append(beyond(near, asking.since(start)).since(-start))
    by_points = _table(index.points_among(Guesses.joined(unknown)), first, 0)
    found.append(_most_votes(by_points, index.settings.features_per_image))
    yield from _merged(found)


def _equal(index: Index) -> Table:
    found = index.equal_pairs()
    return np.concatenate([found, np.zeros_like(found)], axis=1)


def _nearest(
    near: Hits, first: Ints, start: int, most: int, capped: Callable[[Capped], None] | None
) -> list[Table]:
    """Pairs of those that ask with their strongest hits by hash, and what keeps a crowd connected."""
    kept = strongest(near, first[near.owner], most)
    met = np.bincount(near.asker, minlength=_BLOCK)
    over = np.flatnonzero(met > most)
    if capped is not None:
        for at in over.tolist():
            capped(Capped(int(first[start + at]), int(met[at]), most))
    crowd = near.take(np.isin(near.asker, over) & (first[near.owner] > first[near.asker + start]))
    following = np.full(_BLOCK, np.iinfo(np.int64).max)
    np.minimum.at(following, crowd.asker, first[crowd.owner])
    crowd = crowd.take(first[crowd.owner] == following[crowd.asker])
    return [_table(hits, first, start) for hits in (kept, crowd)]


def _most_votes(table: Table, most: int) -> Table:
    """Pairs by features that are among the strongest of either image."""
    chosen = np.zeros(len(table), np.bool_)
    mine = np.concatenate([table[:, 0], table[:, 1]])
    other = np.concatenate([table[:, 1], table[:, 0]])
    order = np.lexsort((other, np.tile(table[:, 3], 2), mine))
    rank = np.arange(len(order)) - np.searchsorted(mine[order], mine[order])
    chosen[order[rank < most] % max(1, len(table))] = True
    return np.asarray(table[chosen])


def _table(hits: Hits, first: Ints, start: int) -> Table:
    """Hits as pairs: the lower number is A, and if that is not who asked, B lies the other way round."""
    mine, other = first[hits.asker + start], first[hits.owner]
    swapped = other < mine
    turned = np.where(swapped & (hits.mirrored == 0), -hits.turned % 360, hits.turned)
    a, b = np.minimum(mine, other), np.maximum(mine, other)
    return np.stack([a, b, hits.reason, hits.distance, turned, hits.mirrored], axis=1)


def _merged(found: list[Table]) -> Iterator[Pair]:
    """Each pair once: the strongest reason, then the least distance, then the least turned."""
    table = np.concatenate(found)
    table = table[np.lexsort(table.T[::-1])]
    begins = np.ones(len(table), np.bool_)
    begins[1:] = (table[1:, :2] != table[:-1, :2]).any(axis=1)
    for a, b, reason, distance, turned, mirrored in table[begins].tolist():
        yield Pair(
            a=a, b=b, reason=REASONS[reason], distance=distance, turned=turned, mirrored=bool(mirrored)
        )
