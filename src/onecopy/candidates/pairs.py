"""All pairs of a batch that are worth verifying: what a scan asks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints, words
from onecopy.candidates.index import Index
from onecopy.candidates.interface import REASONS, Pair, Settings
from onecopy.candidates.near import Hits, Look
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
    found = [_equal(index)]
    first = index.first_images()
    owners = [int(owner) for owner in np.argsort(first, kind="stable")]
    for start in range(0, len(owners), _BLOCK):
        block = owners[start : start + _BLOCK]
        looks = [Look(words(hashes[o][0]), hashes[o][1], *index.points_of(o)) for o in block]
        found += _near(index, looks, block, first, capped)
    yield from _merged(found)


def _equal(index: Index) -> Table:
    rows = [(a, b, REASONS.index(reason), 0, 0, 0) for a, b, reason in index.equal_pairs()]
    return np.array(rows, np.int64).reshape(-1, 6)


def _near(
    index: Index,
    looks: list[Look],
    owners: list[int],
    first: Ints,
    capped: Callable[[Capped], None] | None,
) -> list[Table]:
    """Near pairs of a block of looks."""
    hashes, points, everything = index.near(looks, owners)
    asker = first[owners]
    kept, met = (np.bincount(hits.asker, minlength=len(owners)) for hits in (hashes, everything))
    over = np.flatnonzero(met > kept)
    for at in over.tolist():
        if capped is not None:
            capped(Capped(int(asker[at]), int(met[at]), int(kept[at])))
    crowd = everything.take(np.isin(everything.asker, over))
    return [_table(hits, asker, first) for hits in (hashes, points, _next_in(crowd, asker, first))]


def _next_in(crowd: Hits, asker: Ints, first: Ints) -> Hits:
    """For each that asks, the hit with the lowest number above its own."""
    above = crowd.take(first[crowd.owner] > asker[crowd.asker])
    above = above.take(np.lexsort((first[above.owner], above.asker)))
    return above.take(np.unique(above.asker, return_index=True)[1])


def _table(hits: Hits, asker: Ints, first: Ints) -> Table:
    """Hits as pairs: the lower number is A, and if that is not who asked, B lies the other way round."""
    mine, other = asker[hits.asker], first[hits.owner]
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
