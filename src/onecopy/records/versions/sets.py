"""From papers and what was seen of their pages to version sets.

Two papers are versions of one document if their pixels were compared and found to be one sheet, or pages of
one document, in the same or another state, and their names allow it. Papers whose names are those of two
documents never share a set, however they are tied and through whatever.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from onecopy.model import Relation
from onecopy.records.versions import conflicts
from onecopy.records.versions.model import (
    ConflictKind,
    Detected,
    Namesake,
    Paper,
    Ruling,
    Version,
    VersionSet,
)
from onecopy.records.versions.names import Agreement, agreement
from onecopy.records.versions.order import below, superseded, top
from onecopy.records.versions.pages import Comparer

LEAST_SHARE = 0.5
"""Of the pages of the shorter document, the share that must be tied to the other."""

Edge = tuple[int, Paper, Paper]


def detect(papers: Sequence[Paper], comparer: Comparer, rulings: Sequence[Ruling] = ()) -> Detected:
    """Find version sets and conflicts among the papers of a case.

    Args:
        papers: All of them, or as many as could have to do with each other. Their order does not matter.
        comparer: Knows their pages.
        rulings: What people decided, the newest last.

    Returns:
        Sets in the order of their names, and what a person has to settle.
    """
    papers = sorted(papers, key=lambda one: one.rank)
    sets = [_ordered(members, comparer, rulings) for members in _members(papers, comparer, rulings)]
    sets.sort(key=lambda one: one.versions[0].first.rank)
    return Detected(
        sets=tuple(sets),
        conflicts=tuple(conflicts.find(sets, comparer, rulings)),
        namesakes=tuple(_namesakes(papers, sets, comparer)),
    )


def linked(one: Paper, other: Paper, comparer: Comparer) -> int | None:
    """Whether two papers are versions of one document, and how strongly that is said (0 is strongest)."""
    said = agreement(one.named, other.named)
    if said is Agreement.DIFFERENT:
        return None
    if comparer.state(one) == comparer.state(other):
        return 0 if said is Agreement.SAME else 1
    alike = comparer.compare(one, other)
    if alike.share < LEAST_SHARE:
        return None
    if said is Agreement.SAME:
        return 2
    if one.category != other.category and one.category and other.category:
        return None
    pages = min(len(one.pages), len(other.pages))
    if pages > 1 and alike.same >= LEAST_SHARE * pages:
        # One that is a part of the other may be a copy of some of its pages.
        return None if not alike.changed and bool(alike.only_a) != bool(alike.only_b) else 3
    sheets = [tie for *_, tie in alike.changed if tie.relation is Relation.EDITED and tie.on_paper]
    whole = [tie for tie in sheets if not tie.part]
    return 4 if len(whole) >= LEAST_SHARE * pages else None


def _members(papers: Sequence[Paper], comparer: Comparer, rulings: Sequence[Ruling]) -> Iterator[list[Paper]]:
    """The papers of each set: the strongest links first, and none that would join what is told apart."""
    home = {paper.key: [paper] for paper in papers}
    for _, one, other in sorted(_edges(papers, comparer, rulings), key=lambda edge: edge[0]):
        mine, theirs = home[one.key], home[other.key]
        if mine is not theirs and not any(_apart(a, b, rulings) for a in mine for b in theirs):
            mine += theirs
            home |= dict.fromkeys((paper.key for paper in theirs), mine)
    seen: set[int] = set()
    for members in home.values():
        if id(members) not in seen:
            seen.add(id(members))
            yield members


def _edges(papers: Sequence[Paper], comparer: Comparer, rulings: Sequence[Ruling]) -> Iterator[Edge]:
    for one, other in _near(papers, comparer, rulings):
        if _one_document(one, other, rulings):
            yield -1, one, other
            continue
        strength = linked(one, other, comparer)
        if strength is not None:
            yield strength, one, other


def _near(
    papers: Sequence[Paper], comparer: Comparer, rulings: Sequence[Ruling]
) -> Iterator[tuple[Paper, Paper]]:
    """The pairs that any picture ties, or a decision, in a fixed order."""
    places = {paper.key: place for place, paper in enumerate(papers)}
    holders: dict[object, list[Paper]] = defaultdict(list)
    for paper in papers:
        decided = {number for number, ruling in enumerate(rulings) if _sides(paper, ruling)}
        for what in comparer.touches(paper) | {("ruling", number) for number in decided}:
            holders[what].append(paper)
    found = {
        (places[one.key], places[other.key])
        for together in holders.values()
        for one, other in combinations(together, 2)
        if one.key != other.key
    }
    for a, b in sorted((min(pair), max(pair)) for pair in found):
        yield papers[a], papers[b]


def _apart(one: Paper, other: Paper, rulings: Sequence[Ruling]) -> bool:
    """Whether two papers may not share a set: by their names, or because a person said so."""
    if _one_document(one, other, rulings):
        return False
    return agreement(one.named, other.named) is Agreement.DIFFERENT or any(
        ruling.current is None and ruling.kind is ConflictKind.VERSIONS and _between(one, other, ruling)
        for ruling in rulings
    )


def _one_document(one: Paper, other: Paper, rulings: Sequence[Ruling]) -> bool:
    """Whether a person said that two papers are one document's, whatever else speaks against it."""
    for ruling in rulings:
        if ruling.current is None:
            continue
        if ruling.kind is ConflictKind.TWO_NAMES and _between(one, other, ruling):
            return True
        if (
            ruling.kind is ConflictKind.SWAPPED_PAGES
            and _sides(one, ruling) | _sides(other, ruling) in _RESENT
        ):
            return True
    return False


_RESENT = ({0, 2}, {1, 3})
"""What is one document of the sides of a swap: as it was, and as it became."""


def _between(one: Paper, other: Paper, ruling: Ruling) -> bool:
    mine, theirs = _sides(one, ruling), _sides(other, ruling)
    return bool(mine) and bool(theirs) and mine.isdisjoint(theirs)


def _sides(paper: Paper, ruling: Ruling) -> set[int]:
    """Which sides of a decision a paper is on."""
    key = Version(papers=(paper,)).key
    return {side for side in range(len(ruling.sides)) if ruling.meets(side, key)}


def _ordered(members: Sequence[Paper], comparer: Comparer, rulings: Sequence[Ruling]) -> VersionSet:
    states: dict[object, list[Paper]] = defaultdict(list)
    for paper in members:
        states[comparer.state(paper)].append(paper)
    versions = [
        Version(papers=tuple(sorted(ones, key=lambda one: (one.received_at, one.rank))))
        for ones in states.values()
    ]
    versions.sort(key=lambda one: (one.first.received_at, one.first.rank))
    above = superseded(versions, comparer, rulings)
    best = top(above)
    depth = {place: len(below(above, place)) for place in above}
    order = sorted(above, key=lambda place: (place in best, depth[place], place))
    why = None
    if len(best) == 1 and len(order) > 1:
        why = above[best[0]].get(order[-2])
        why = why or next(iter(above[best[0]].values()), None)
    return VersionSet(
        versions=tuple(versions[place] for place in order),
        top=tuple(versions[place] for place in best),
        why=why,
    )


_NO_PICTURES = "One of them has no picture that could be compared."
_ONE_FORM = "They are filled copies of one form, and a name that every document could have ties nothing."
_NOTHING = "Nothing in their pictures ties them to each other."


def _namesakes(papers: Sequence[Paper], sets: Sequence[VersionSet], comparer: Comparer) -> Iterator[Namesake]:
    """Papers of one name in different sets, and why they are no versions of each other."""
    home = {
        paper.key: place
        for place, one in enumerate(sets)
        for version in one.versions
        for paper in version.papers
    }
    named: dict[str, dict[int, Paper]] = defaultdict(dict)
    for paper in sorted(papers, key=lambda one: (one.received_at, one.rank)):
        named[paper.named.plain].setdefault(home[paper.key], paper)
    for _, found in sorted(named.items()):
        ones = list(found.values())
        for one, other in pairwise(ones):
            alike = comparer.compare(one, other)
            why = _ONE_FORM if alike.changed else _NOTHING
            yield Namesake(one=one, other=other, why=why if one.pages and other.pages else _NO_PICTURES)
