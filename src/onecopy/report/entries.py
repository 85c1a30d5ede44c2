"""What the page lists: groups, and pairs of related images, ready for the template."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from onecopy.findings import Findings, FoundGroup, FoundImage, FoundRelation, Member
from onecopy.model import LINKABLE, Region, Relation
from onecopy.report.thumbnails import Album

MOST_GROUPS = 5_000
MOST_PAIRS = 5_000
MOST_PICTURED = 12
"""Members of a group shown with a picture; the rest are listed by name."""
MOST_NAMED = 100
MOST_NAMED_OVERALL = 20_000
MOST_REGIONS = 30

SHOWN_PAIRS = (Relation.UNCLEAR, Relation.EDITED, Relation.SAME_SCENE)
"""Relations whose pairs are shown, in this order; a person can do something about these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """An occurrence as shown: its locator, and what is known of the image."""

    locator: str
    image: FoundImage | None
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMember:
    """A member of a group, and in words how it differs from the one that is kept."""

    shot: Shot
    relation: Relation
    confidence: float
    words: tuple[str, ...]
    order: str
    """Which of the two the words call the first and the second; empty where they name neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """A group: the kept one, the others with pictures, further ones by name, and how many not even that."""

    number: int
    keep: Shot
    reasons: tuple[str, ...]
    members: Sequence[ShownMember]
    named: Sequence[ShownMember]
    left_out: int
    copies: int
    bytes: int
    relations: Sequence[Relation]
    folders: Sequence[str]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPair:
    """Two related images and the places in which they differ."""

    number: int
    found: FoundRelation
    a: Shot
    b: Shot
    regions: tuple[Region, ...]
    regions_left_out: int
    numbered: bool
    """Whether there is something to say of single places."""
    alike: int
    """How many pairs of copies of these two have the same relation, and are not shown for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All that is listed, and how much was left out of the page for its size."""

    groups: Sequence[ShownGroup]
    groups_left_out: int
    pairs: Sequence[ShownPair]
    pairs_left_out: int


class Builder:
    """Makes entries from findings, with the looking-up that takes."""

    def __init__(self, findings: Findings, folder: Callable[[str], str]) -> None:
        self._images = {image.locator: image for image in findings.images}
        self._folder = folder
        self._linked = {
            frozenset((found.a, found.b)): found for found in findings.relations if found.relation in LINKABLE
        }
        self._names_left = MOST_NAMED_OVERALL

    def entries(self, findings: Findings) -> Entries:
        """Choose and order: groups by redundant bytes, pairs by what needs a person most."""
        groups = sorted(findings.groups, key=lambda group: (-self._redundant(group), group.keep))
        pairs = self._pairs(findings)
        return Entries(
            groups=[self._group(n, group) for n, group in enumerate(groups[:MOST_GROUPS], 1)],
            groups_left_out=max(0, len(groups) - MOST_GROUPS),
            pairs=[self._pair(n, same) for n, same in enumerate(pairs[:MOST_PAIRS], 1)],
            pairs_left_out=max(0, len(pairs) - MOST_PAIRS),
        )

    def _redundant(self, group: FoundGroup) -> int:
        images = (self._images.get(member.locator) for member in _others(group))
        return sum(image.bytes for image in images if image)

    def _group(self, number: int, group: FoundGroup) -> ShownGroup:
        others = _others(group)
        rest = others[MOST_PICTURED : MOST_PICTURED + min(MOST_NAMED, self._names_left)]
        self._names_left -= len(rest)
        keep = self._shot(group.keep)
        return ShownGroup(
            number=number,
            keep=keep,
            reasons=group.reasons,
            members=[self._member(group, member) for member in others[:MOST_PICTURED]],
            named=[self._member(group, member) for member in rest],
            left_out=max(0, len(others) - MOST_PICTURED) - len(rest),
            copies=len(others),
            bytes=self._redundant(group),
            relations=[relation for relation in Relation if any(m.relation is relation for m in others)],
            folders=sorted({keep.folder, *(self._folder(member.locator) for member in others)}),
            confidence=min((member.confidence for member in others), default=1.0),
        )

    def _member(self, group: FoundGroup, member: Member) -> ShownMember:
        found = self._linked.get(frozenset((group.keep, member.locator)))
        words = found.evidence.words if found else ()
        order = ""
        if found and any(re.search(r"\b(first|second)\b", sentence) for sentence in words):
            first, second = ("the one to keep", "this one")[:: 1 if found.a == group.keep else -1]
            order = f"First: {first}. Second: {second}."
        return ShownMember(
            shot=self._shot(member.locator),
            relation=member.relation,
            confidence=member.confidence,
            words=words,
            order=order,
        )

    def _pairs(self, findings: Findings) -> list[list[FoundRelation]]:
        """The pairs to show, those of copies of the same two images together, the best one first."""
        kept = {m.locator: group.keep for group in findings.groups for m in group.members}
        alike: dict[tuple[Relation, frozenset[str]], list[FoundRelation]] = defaultdict(list)
        for found in findings.relations:
            if found.relation in SHOWN_PAIRS:
                both = frozenset(kept.get(place, place) for place in (found.a, found.b))
                alike[found.relation, both].append(found)

        def rank(found: FoundRelation) -> tuple[int, float, str, str]:
            copies = sum(kept.get(place, place) != place for place in (found.a, found.b))
            return copies, -found.confidence, found.a, found.b

        pairs = [sorted(same, key=rank) for same in alike.values()]
        return sorted(pairs, key=lambda same: (SHOWN_PAIRS.index(same[0].relation), *rank(same[0])[1:]))

    def _pair(self, number: int, same: list[FoundRelation]) -> ShownPair:
        found = same[0]
        regions = found.evidence.regions
        return ShownPair(
            number=number,
            found=found,
            a=self._shot(found.a),
            b=self._shot(found.b),
            regions=regions[:MOST_REGIONS],
            regions_left_out=max(0, len(regions) - MOST_REGIONS),
            numbered=any(region.note or not (region.a and region.b) for region in regions[:MOST_REGIONS]),
            alike=len(same) - 1,
        )

    def _shot(self, place: str) -> Shot:
        return Shot(locator=place, image=self._images.get(place), folder=self._folder(place))


def _others(group: FoundGroup) -> list[Member]:
    return [member for member in group.members if member.locator != group.keep]


def choose_thumbnails(entries: Entries, album: Album) -> None:
    """Wish for the pictures of all entries: groups and pairs in turn, so that neither starves the other."""
    for group, pair in zip_longest(entries.groups, entries.pairs):
        if pair:
            album.want(_known((pair.a, pair.b)), large=True)
        if group:
            album.want(_known((group.keep, *(member.shot for member in group.members))))


def _known(shots: Iterable[Shot]) -> list[FoundImage]:
    return [shot.image for shot in shots if shot.image]
