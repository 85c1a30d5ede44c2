"""From what images are to each other to what occurrences are: relations, groups and figures.

Images are of contents; one content can have many occurrences, which share its relations.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, product

from onecopy.findings import FoundGroup, FoundRelation, Member, Redundant
from onecopy.model import Evidence, Relation, Verdict
from onecopy.pipelines.exact import SAME_BYTES
from onecopy.pipelines.scan.lists import Lists, Place
from onecopy.records.groups import Group
from onecopy.sayings import said, told

MOST_PAIRS = 200
"""Pairs of occurrences listed for one pair of images, at most: a logo in a thousand letters is one fact.
Every occurrence still appears in its group."""


@dataclass(frozen=True, slots=True)
class Expander:
    """Knows where the images are."""

    lists: Lists

    def copies(self) -> Iterator[FoundRelation]:
        """The relations between occurrences of one image."""
        for image in self.lists.by_number:
            for (place_a, a), (place_b, b) in islice(combinations(self.lists.at(image), 2), MOST_PAIRS):
                yield _found(a, b, _copy(place_a, a, place_b))

    def relations(self, verdicts: Iterable[tuple[tuple[int, int], Verdict]]) -> Iterator[FoundRelation]:
        """The relations between occurrences of two images; evidence speaks of A and B in this order."""
        for (a, b), verdict in verdicts:
            for (_, at_a), (_, at_b) in self.pairs(a, b):
                yield _found(at_a, at_b, verdict)

    def pairs(self, a: int, b: int) -> Iterator[tuple[tuple[Place, str], tuple[Place, str]]]:
        """The pairs of occurrences of two images that are listed."""
        return islice(product(self.lists.at(a), self.lists.at(b)), MOST_PAIRS)

    def count(self, told_apart: Iterable[tuple[tuple[int, int], Relation]]) -> Counter[Relation]:
        """How many pairs of occurrences have relations that are not listed."""
        total: Counter[Relation] = Counter()
        for (a, b), relation in told_apart:
            total[relation] += sum(1 for _ in self.pairs(a, b))
        return total

    def groups(self, found: Iterable[Group]) -> tuple[list[FoundGroup], dict[Relation, Redundant]]:
        """The groups of occurrences, and what they make redundant.

        Args:
            found: The groups of images; an image outside them with several occurrences is a group, too.
        """
        groups: list[FoundGroup] = []
        redundant: dict[Relation, Redundant] = {}
        grouped: set[int] = set()
        for group in found:
            grouped.update((group.keep, *(number for number, _ in group.members)))
            groups.append(self._group(group, redundant))
        for image in self.lists.by_number:
            if image not in grouped and len(self.lists.places[self.lists.by_number[image].content]) > 1:
                reasons = ("All are equal byte by byte; the first by name is kept.",)
                groups.append(self._group(Group(keep=image, reasons=reasons, members=()), redundant))
        return sorted(groups, key=lambda group: group.keep), redundant

    def _group(self, group: Group, redundant: dict[Relation, Redundant]) -> FoundGroup:
        (kept, keep), *copies = self.lists.at(group.keep)
        others = [(at, group.keep, SAME_BYTES) for at in copies]
        others += [(at, image, verdict) for image, verdict in group.members for at in self.lists.at(image)]
        seen, disks = {self.lists.by_number[group.keep].sha256}, {kept.disk}
        # Files before images in containers: of equal ones the first stays, and only files can be given back.
        for (place, locator), image, verdict in sorted(
            others, key=lambda one: (_is_inside(one[0]), one[0][1])
        ):
            one = self.lists.by_number[image]
            relation = Relation.SAME_BYTES if one.sha256 in seen else verdict.relation
            size = 0 if locator == place.locator and place.disk in disks else one.byte_size
            _add(redundant, relation, size, whole_file=locator == place.locator)
            seen.add(one.sha256)
            disks.add(place.disk)
        members = sorted(
            (_member(locator, verdict) for (_, locator), _, verdict in others), key=lambda one: one.locator
        )
        return FoundGroup(keep=keep, reasons=group.reasons, members=tuple(members))


def _is_inside(at: tuple[Place, str]) -> bool:
    return at[0].locator != at[1]


def _add(redundant: dict[Relation, Redundant], relation: Relation, size: int, *, whole_file: bool) -> None:
    """Add an occurrence beyond the kept one to the figures. Bytes come back only of equal whole files."""
    old = redundant.get(relation, Redundant())
    free = size if whole_file and relation is Relation.SAME_BYTES else 0
    redundant[relation] = Redundant(
        images=old.images + 1, bytes=old.bytes + size, reclaimable_bytes=old.reclaimable_bytes + free
    )


def _copy(place_a: Place, a: str, place_b: Place) -> Verdict:
    if place_a.disk != place_b.disk:
        return SAME_BYTES
    return replace(SAME_BYTES, evidence=Evidence(method="digest", **told(said("hard-link", name=a))))


def _found(a: str, b: str, verdict: Verdict) -> FoundRelation:
    return FoundRelation(
        a=a, b=b, relation=verdict.relation, confidence=verdict.confidence, evidence=verdict.evidence
    )


def _member(locator: str, verdict: Verdict) -> Member:
    return Member(locator=locator, relation=verdict.relation, confidence=verdict.confidence)


def count(relations: Iterable[FoundRelation]) -> Counter[Relation]:
    """How many pairs have each relation."""
    return Counter(relation.relation for relation in relations)
