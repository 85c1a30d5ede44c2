"""What a person has to settle in the versions of a case: one conflict is one question."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise

from onecopy.records.versions.model import (
    Conflict,
    ConflictKind,
    Paper,
    Ruling,
    Version,
    VersionSet,
)
from onecopy.records.versions.names import Agreement, Named, agreement
from onecopy.records.versions.order import later
from onecopy.records.versions.pages import Comparer


def find(sets: Sequence[VersionSet], comparer: Comparer, rulings: Sequence[Ruling] = ()) -> list[Conflict]:
    """Find all conflicts that nobody has decided yet.

    Args:
        sets: Of a case, or as many as could have to do with each other.
        comparer: Of their pages.
        rulings: What was decided: such a conflict does not come back, also not with new copies of its sides.
    """
    swapped = list(_swapped(sets, comparer))
    decided = [side for one in rulings if one.kind is ConflictKind.SWAPPED_PAGES for side in one.sides]
    exchanged = {part for key in [*decided, *(key for one in swapped for key in one.key)] for part in key}
    found = [
        *swapped,
        *(conflict for one in sets for conflict in _two_current(one)),
        *(conflict for one in sets for conflict in _reverted(one)),
        *(conflict for one in sets for conflict in _two_revisions(one)),
        *(one for one in _two_documents(sets, comparer) if not all(exchanged & key for key in one.key)),
    ]
    return [one for one in found if not any(ruling.covers(one) for ruling in rulings)]


def _two_current(one: VersionSet) -> Iterator[Conflict]:
    if len(one.top) > 1:
        yield Conflict(kind=ConflictKind.VERSIONS, sides=one.top)


def _reverted(one: VersionSet) -> Iterator[Conflict]:
    """An earlier version that came again after the current one, under a name that says nothing of it."""
    current = one.current
    if current is None:
        return
    for version in one.versions:
        again = [paper for paper in version.papers[1:] if _brings_back(paper, version, current)]
        if version is not current and again:
            yield Conflict(kind=ConflictKind.REVERTS, sides=(current, version))


def _brings_back(paper: Paper, version: Version, current: Version) -> bool:
    """Whether a paper of an earlier version came after one of the current version, and does not say why."""
    before = [one for one in current.papers if _came(one) < _came(paper)]
    if not before:
        return False
    between = before[-1]
    earlier = [one.named for one in version.papers if _came(one) < _came(between)]
    if not earlier or not (later(paper, between) or paper.named.plain == between.named.plain):
        return False
    return not _says_that_it_is_older(paper.named, earlier, [one.named for one in current.papers])


def _says_that_it_is_older(said: Named, earlier: Sequence[Named], now: Sequence[Named]) -> bool:
    """Whether a name says that it is what was there before: to send that as such is no return to it."""
    if said.stage < 0:
        return True
    for one in now:
        if said.revision and one.revision and said.revision.after(one.revision) is False:
            return True
        if said.day and one.day and said.day < one.day:
            return True
    claims = {(one.revision, one.day) for one in earlier} - {(None, None)}
    return (said.revision, said.day) in claims


def _came(paper: Paper) -> tuple[datetime, int]:
    return paper.received_at, paper.occurrence


def _two_revisions(one: VersionSet) -> Iterator[Conflict]:
    """One state of a document that calls itself two revisions."""
    for version in one.versions:
        said: dict[str, list[Paper]] = defaultdict(list)
        for paper in version.papers:
            if paper.named.revision is not None:
                said[paper.named.revision.label].append(paper)
        if len(said) > 1:
            sides = tuple(Version(papers=tuple(said[label])) for label in sorted(said))
            yield Conflict(kind=ConflictKind.TWO_NAMES, sides=sides)


def _two_documents(sets: Sequence[VersionSet], comparer: Comparer) -> Iterator[Conflict]:
    """One state that is there as two documents."""
    for state, holders in _by_state(sets, comparer).items():
        told_apart = any(
            agreement(a.named, b.named) is Agreement.DIFFERENT
            for one, other in combinations(holders, 2)
            for a in one.papers
            for b in other.papers
        )
        if told_apart and isinstance(state, tuple):
            yield Conflict(
                kind=ConflictKind.TWO_NAMES, sides=tuple(sorted(holders, key=lambda v: v.first.rank))
            )


def _by_state(sets: Sequence[VersionSet], comparer: Comparer) -> dict[object, list[Version]]:
    found: dict[object, list[Version]] = defaultdict(list)
    for one in sets:
        for version in one.versions:
            found[comparer.state(version.first)].append(version)
    return {state: holders for state, holders in found.items() if len(holders) > 1}


@dataclass(frozen=True, slots=True)
class _Change:
    """A document that was sent again with other pages, told by its name."""

    old: Paper
    new: Paper
    gone: frozenset[int]
    come: frozenset[int]


def _swapped(sets: Sequence[VersionSet], comparer: Comparer) -> Iterator[Conflict]:
    """Two documents, each of which now has a page that was the other's, and lacks it where it was."""
    changes = list(_changes(sets, comparer))
    lacking: dict[int, list[_Change]] = defaultdict(list)
    for change in changes:
        for page in change.gone:
            lacking[page].append(change)
    seen: set[frozenset[tuple[int, str]]] = set()
    for one in changes:
        for other in [other for page in sorted(one.come) for other in lacking[page]]:
            both = frozenset((one.new.key, other.new.key))
            apart = agreement(one.new.named, other.new.named) is Agreement.DIFFERENT
            if apart and one.gone & other.come and both not in seen:
                seen.add(both)
                first, second = sorted((one, other), key=lambda change: change.new.rank)
                sides = (first.old, second.old, first.new, second.new)
                yield Conflict(
                    kind=ConflictKind.SWAPPED_PAGES, sides=tuple(Version(papers=(paper,)) for paper in sides)
                )


def _changes(sets: Sequence[VersionSet], comparer: Comparer) -> Iterator[_Change]:
    """What came in place of what, under one name; only what counts now, and what came last before it."""
    named: dict[object, list[Paper]] = defaultdict(list)
    now: set[tuple[int, str]] = set()
    for one in sets:
        now |= {paper.key for version in one.top for paper in version.papers}
        for version in one.versions:
            for paper in version.papers:
                if paper.named.speaks:
                    named[paper.named.sheet or paper.named.words].append(paper)
    for _, papers in sorted(named.items(), key=lambda item: min(paper.rank for paper in item[1])):
        ones = sorted(papers, key=lambda paper: (paper.received_at, paper.rank))
        for old, new in pairwise(ones):
            before, after = (frozenset(comparer.pictures(paper)) for paper in (old, new))
            if new.key in now and before - after and after - before:
                yield _Change(old=old, new=new, gone=before - after, come=after - before)
