"""Which of two versions comes after the other, and what says so.

The order of arrival counts only where it means something: one name sent again replaces what it was before,
and a later submission what an earlier one had. Inside one submission files come in any order.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import combinations

from onecopy.records.versions.model import Criterion, Paper, Ruling, Version
from onecopy.records.versions.names import Revision
from onecopy.records.versions.pages import Comparer

SUBMISSION = timedelta(hours=1)
"""What comes within it may be one submission, unless the sender says otherwise."""

Above = dict[int, dict[int, Criterion]]
"""By the place of a version: the places of those that it supersedes, and why."""


def later(one: Paper, other: Paper) -> bool:
    """Whether one came in a later submission than the other."""
    if one.submission and other.submission:
        return one.submission != other.submission and one.received_at > other.received_at
    return one.received_at - other.received_at >= SUBMISSION


def superseded(versions: Sequence[Version], comparer: Comparer, rulings: Iterable[Ruling]) -> Above:
    """What each version of a document supersedes, pair by pair.

    Args:
        versions: In an order that does not matter.
        comparer: Of their pages.
        rulings: What people decided; it goes before everything else.
    """
    above: Above = {place: {} for place in range(len(versions))}
    decided = [ruling for ruling in rulings if ruling.current is not None]
    for a, b in combinations(range(len(versions)), 2):
        found = _after(versions[a], versions[b], comparer, decided)
        if found is not None:
            criterion, first = found
            above[a if first else b][b if first else a] = criterion
    return above


def top(above: Above) -> list[int]:
    """The versions that nothing supersedes, in the end.

    Where criteria go round in a circle, none of those in it is above the others.
    """
    reached = {place: below(above, place) for place in above}
    return [
        place
        for place in above
        if all(other in reached[place] for other in above if other != place and place in reached[other])
    ]


def below(above: Above, place: int) -> set[int]:
    """All that a version supersedes, directly or through others."""
    found: set[int] = set()
    waiting = [place]
    while waiting:
        new = above[waiting.pop()].keys() - found
        found |= new
        waiting += new
    return found


def _after(
    a: Version, b: Version, comparer: Comparer, rulings: Sequence[Ruling]
) -> tuple[Criterion, bool] | None:
    """The strongest criterion that speaks, and whether ``a`` is the later one by it."""
    said = _ruled(a, b, rulings)
    if said is not None:
        return Criterion.PERSON, said
    for criterion, ask in _CRITERIA:
        said = ask(a, b)
        if said is not None:
            return criterion, said
        if criterion is Criterion.STAGE and _contradict(a, b):
            return None
    return _by_pages(a, b, comparer)


def _ruled(a: Version, b: Version, rulings: Sequence[Ruling]) -> bool | None:
    for ruling in reversed(rulings):
        others = frozenset(range(len(ruling.sides))) - ruling.chosen
        for one, other, said in ((a, b, True), (b, a, False)):
            counts = any(ruling.meets(side, one.key) for side in ruling.chosen)
            if counts and any(ruling.meets(side, other.key) for side in others):
                return said
    return None


def _one_revision(version: Version) -> Revision | None:
    found = {paper.named.revision for paper in version.papers} - {None}
    return found.pop() if len(found) == 1 else None


def _by_revision(a: Version, b: Version) -> bool | None:
    one, other = _one_revision(a), _one_revision(b)
    return None if one is None or other is None else one.after(other)


def _by_day(a: Version, b: Version) -> bool | None:
    days = [{paper.named.day for paper in version.papers} - {None} for version in (a, b)]
    if not all(len(found) == 1 for found in days):
        return None
    (one,), (other,) = days
    assert one is not None
    assert other is not None
    return None if one == other else one > other


def _stage(version: Version) -> tuple[bool, int]:
    """That it has a revision says, beside one that has none, that it is a correction."""
    stages = {paper.named.stage for paper in version.papers}
    highest = max(stages) if max(stages) > 0 else min(stages)
    return _one_revision(version) is not None and highest >= 0, highest


def _by_stage(a: Version, b: Version) -> bool | None:
    """A correction follows what it corrects, unless that came in a later submission."""
    one, other = _stage(a), _stage(b)
    if one == other or _contradict(a, b):
        return None
    return one > other


def _contradict(a: Version, b: Version) -> bool:
    """Whether the one that claims to be the later state came in an earlier submission."""
    one, other = _stage(a), _stage(b)
    if one == other or _by_revision(a, b) is not None:
        return False
    last, first = (a, b) if one > other else (b, a)
    return later(first.first, last.first)


def _by_resubmission(a: Version, b: Version) -> bool | None:
    """One name, new bytes: that one replaces what was sent under it before."""
    firsts = [{}, {}]  # type: list[dict[str, Paper]]
    for found, version in zip(firsts, (a, b), strict=True):
        for paper in version.papers:
            found.setdefault(paper.named.plain, paper)
    said = {
        (firsts[0][name].received_at, firsts[0][name].occurrence)
        > (firsts[1][name].received_at, firsts[1][name].occurrence)
        for name in firsts[0].keys() & firsts[1].keys()
    }
    return said.pop() if len(said) == 1 else None


def _by_time(a: Version, b: Version) -> bool | None:
    if later(a.first, b.first):
        return True
    return False if later(b.first, a.first) else None


def _by_pages(a: Version, b: Version, comparer: Comparer) -> tuple[Criterion, bool] | None:
    """One that has every page of the other, and more."""
    alike = comparer.compare(a.first, b.first)
    if alike.changed or not alike.same or bool(alike.only_a) == bool(alike.only_b):
        return None
    return Criterion.PAGES, bool(alike.only_a)


_CRITERIA: tuple[tuple[Criterion, Callable[[Version, Version], bool | None]], ...] = (
    (Criterion.REVISION, _by_revision),
    (Criterion.DAY, _by_day),
    (Criterion.STAGE, _by_stage),
    (Criterion.RESUBMISSION, _by_resubmission),
    (Criterion.TIME, _by_time),
)
