"""What follows for the members of a group from a verdict on one of them.

Images of one group have the same framing and content. If one of them is ``edited`` beside another image, so
are the others. Only relations that link nothing are carried over, never one that links, and never over what
was seen directly; but ``unclear`` is nothing seen: what a bad copy cannot show, a good one of it has shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product

from onecopy.model import Evidence, Relation, Verdict
from onecopy.records.groups import Group, Pair, Verdicts
from onecopy.sayings import all_of, english, said

CARRIED = frozenset({Relation.EDITED, Relation.UNCLEAR, Relation.SAME_SCENE})

MOST = 4096
"""Derived verdicts between two groups, at most; those of the kept ones come first."""


def through(
    groups: Iterable[Group], verdicts: Verdicts, locators: Mapping[int, str]
) -> Iterator[tuple[Pair, Verdict]]:
    """Derive verdicts between groups, and between groups and images outside.

    Of several direct verdicts between two groups the one nearest to both kept images speaks for them; where
    it says that the two have nothing to do with each other, nothing follows.

    Args:
        groups: Final ones.
        verdicts: All direct verdicts.
        locators: Of every image in ``groups`` and ``verdicts``.

    Yields:
        A pair and its verdict, with ``evidence.method`` ``through``, also in the place of one that was
        ``unclear``; A and B in the order of the verdict it came from. In an order that depends on locators
        only.
    """
    home = _homes(groups)
    between: dict[frozenset[int], list[Pair]] = defaultdict(list)
    for a, b in verdicts:
        x, y = home.get(a, (a,)), home.get(b, (b,))
        if x[0] != y[0] and len(x) + len(y) > 2:
            between[frozenset((x[0], y[0]))].append((a, b))
    for pairs in sorted(
        between.values(), key=lambda pairs: min((locators[a], locators[b]) for a, b in pairs)
    ):
        yield from _carried(pairs, home, verdicts, locators)


def _homes(groups: Iterable[Group]) -> dict[int, tuple[int, ...]]:
    """Every grouped image with its group, the kept one first."""
    home: dict[int, tuple[int, ...]] = {}
    for group in groups:
        everyone = (group.keep, *(image for image, _ in group.members))
        home |= dict.fromkeys(everyone, everyone)
    return home


def _carried(
    pairs: Sequence[Pair],
    home: Mapping[int, tuple[int, ...]],
    verdicts: Verdicts,
    locators: Mapping[int, str],
) -> Iterator[tuple[Pair, Verdict]]:
    """What follows between two groups from the direct verdicts ``pairs``."""

    def rank(pair: Pair) -> tuple[int, float, str, str]:
        kept = sum(home.get(image, (image,))[0] == image for image in pair)
        return -kept, -verdicts[pair].confidence, locators[pair[0]], locators[pair[1]]

    a, b = min(pairs, key=rank)
    if verdicts[a, b].relation not in CARRIED:
        return
    known = {frozenset(pair) for pair in pairs if not _outdone(verdicts[pair], verdicts[a, b])}
    left, right = home.get(a, (a,)), home.get(b, (b,))
    kept_first = chain(
        ((x, right[0]) for x in left), ((left[0], y) for y in right[1:]), product(left[1:], right[1:])
    )
    new = (pair for pair in kept_first if frozenset(pair) not in known)
    for x, y in islice(new, MOST):
        yield (x, y), _derived(verdicts[a, b], [locators[n] for n, own in ((a, x), (b, y)) if n != own])


def _outdone(one: Verdict, other: Verdict) -> bool:
    return one.relation is Relation.UNCLEAR and other.relation is Relation.EDITED


def _derived(verdict: Verdict, via: Sequence[str]) -> Verdict:
    """The same relation; places in pixels are not carried over, they are those of other files."""
    seen = verdict.evidence
    how = said("derived", names=via)
    evidence = Evidence(
        method="through",
        words=(*english([how]), *seen.words),
        said=(how, *all_of(seen.said, seen.words)),
        overlap_a=seen.overlap_a,
        overlap_b=seen.overlap_b,
        contains=seen.contains,
        original=seen.original,
        through=via[0],
    )
    return Verdict(relation=verdict.relation, confidence=verdict.confidence, evidence=evidence)
