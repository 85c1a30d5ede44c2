"""From verdicts on pairs to groups (DESIGN, "Group").

Near-duplication is not transitive, so a connected component decides nothing: it only says among which images
to look. Of these the one to keep is chosen, every other is compared with it, and only those found to be the
same image by that very comparison are its group; what is left over is looked at again in the same way. Two
images known to be different never share a group. Images equal by digest are one unit throughout: their
verdict is exact and carries over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from onecopy.model import LINKABLE, Evidence, Relation, Verdict
from onecopy.policy.keep import PREFERENCES, Contender, Preference, choose
from onecopy.sayings import said, told

Pair = tuple[int, int]
Verdicts = Mapping[Pair, Verdict]
"""By pair of images, in one order or the other: never both. Evidence speaks of A and B in that order."""

_EQUAL = Verdict(
    relation=Relation.SAME_DATA,
    confidence=1.0,
    evidence=Evidence(method="digest", **told(said("equal-pixels"))),
)
_EXACT = frozenset({Relation.SAME_BYTES, Relation.SAME_DATA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Images that are one: the one to keep, why, and each other one with its verdict with the kept."""

    keep: int
    reasons: tuple[str, ...]
    members: tuple[tuple[int, Verdict], ...]
    """By locator. Evidence speaks of A and B in the order of the verdict that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Groups, and pairs (image, kept) whose verdicts are needed before they are final."""

    groups: tuple[Group, ...]
    missing: tuple[Pair, ...]


def arrange(
    images: Mapping[int, Contender],
    verdicts: Verdicts,
    *,
    confidence: float = 0.99,
    preferences: Sequence[Preference] = PREFERENCES,
) -> Arrangement:
    """Group images.

    Call it, get verdicts for what is ``missing``, add them, and call it again until nothing is missing; every
    round settles at least one pair, so this ends. Before that, groups lack whatever was not compared. What
    comes out depends on locators and verdicts only: not on numbers, order, or who verified what when.

    Args:
        images: All images that any linkable verdict names; others may be there, too. Locators are unique.
        verdicts: What is known. A pair that is missing is unknown, not different.
        confidence: A linkable verdict below it links nothing (and tells nothing apart).
        preferences: Which one is kept.
    """
    arranger = _Arranger(images, verdicts, confidence, preferences)
    for component in arranger.components():
        arranger.settle(component)
    order = sorted(arranger.groups, key=lambda group: images[group.keep].locator)
    missing = sorted(arranger.missing, key=lambda pair: [images[image].locator for image in pair])
    return Arrangement(groups=tuple(order), missing=tuple(missing))


class _Arranger:
    """Works on units: images equal by digest, named by the one of them that would be kept."""

    def __init__(
        self,
        images: Mapping[int, Contender],
        verdicts: Verdicts,
        confidence: float,
        preferences: Sequence[Preference],
    ) -> None:
        self._images = _marked(images, verdicts)
        self._verdicts = verdicts
        self._confidence = confidence
        self._preferences = preferences
        self._number = {one.locator: number for number, one in self._images.items()}
        self._units = self._exact_units()
        self._linked: dict[int, dict[int, Verdict]] = defaultdict(dict)
        self._different: dict[int, set[int]] = defaultdict(set)
        self._known: set[Pair] = set()
        self._relate()
        self.groups: list[Group] = []
        self.missing: list[Pair] = []

    def _choose(self, images: Iterable[int]) -> tuple[int, tuple[str, ...]]:
        kept, reasons = choose([self._images[image] for image in images], self._preferences)
        return self._number[kept.locator], reasons

    def _by_locator(self, images: Iterable[int]) -> list[int]:
        return sorted(images, key=lambda image: self._images[image].locator)

    def _exact_units(self) -> dict[int, list[int]]:
        edges = [pair for pair, one in self._verdicts.items() if one.relation in _EXACT]
        units = _components(self._images, edges)
        return {self._choose(unit)[0]: self._by_locator(unit) for unit in units}

    def _relate(self) -> None:
        """Carry verdicts over from images to units. Different wins over linked."""
        unit_of = {image: unit for unit, images in self._units.items() for image in images}
        for (a, b), verdict in self._verdicts.items():
            if a not in unit_of or b not in unit_of or unit_of[a] == unit_of[b]:
                continue
            x, y = unit_of[a], unit_of[b]
            self._known |= {(x, y), (y, x)}
            if verdict.relation not in LINKABLE:
                self._different[x].add(y)
                self._different[y].add(x)
            elif verdict.confidence >= self._confidence and self._better(verdict, self._linked[x].get(y)):
                self._linked[x][y] = self._linked[y][x] = verdict
        for x, others in self._different.items():
            for y in others:
                self._linked[x].pop(y, None)

    @staticmethod
    def _better(verdict: Verdict, other: Verdict | None) -> bool:
        """Whether it is to be shown: between the same units the surest, ties in a fixed order."""
        return other is None or (verdict.confidence, repr(verdict)) > (other.confidence, repr(other))

    def components(self) -> list[list[int]]:
        """Units among which groups may be found."""
        edges = [(x, y) for x, others in self._linked.items() for y in others]
        return _components(self._units, edges)

    def settle(self, component: list[int]) -> None:
        """Find all groups of a component, as far as it is known who is linked to the kept one."""
        waiting = [component]
        while waiting:
            units = waiting.pop()
            kept, reasons = self._choose(units)
            others = [unit for unit in units if unit != kept]
            members = self._members(kept, others)
            self._add(kept, members, reasons)
            unknown = [(unit, kept) for unit in others if (unit, kept) not in self._known]
            self.missing += unknown
            if not unknown:
                left = [unit for unit in others if unit not in members]
                waiting += _components(left, ((x, y) for x in left for y in self._linked[x]))

    def _members(self, kept: int, others: list[int]) -> list[int]:
        """Units linked to the kept one, surest first, each unless it differs from one already in."""
        linked = self._by_locator(unit for unit in others if unit in self._linked[kept])
        members: list[int] = []
        for unit in sorted(linked, key=lambda unit: -self._linked[kept][unit].confidence):
            if not self._different[unit].intersection(members):
                members.append(unit)
        return members

    def _add(self, kept: int, units: list[int], reasons: tuple[str, ...]) -> None:
        found = {image: self._exact(image, kept) for image in self._units[kept] if image != kept}
        for unit in units:
            verdict = self._linked[kept][unit]
            found |= {image: self._carried(image, kept, verdict) for image in self._units[unit]}
        if found:
            again, narrower = self._choose([kept, *found])
            members = tuple((image, found[image]) for image in self._by_locator(found))
            self.groups.append(
                Group(keep=kept, reasons=narrower if again == kept else reasons, members=members)
            )

    def _exact(self, image: int, kept: int) -> Verdict:
        """The verdict of two of one unit: direct, or through others that both equal by digest."""
        return self._direct(image, kept) or _EQUAL

    def _carried(self, image: int, kept: int, verdict: Verdict) -> Verdict:
        """The verdict of a unit's image: direct where that links, else the unit's."""
        direct = self._direct(image, kept)
        return verdict if direct is None or direct.confidence < self._confidence else direct

    def _direct(self, image: int, kept: int) -> Verdict | None:
        return self._verdicts.get((image, kept)) or self._verdicts.get((kept, image))


def _marked(images: Mapping[int, Contender], verdicts: Verdicts) -> dict[int, Contender]:
    """The images, those marked as poorer of which a linkable verdict says that the other is the original."""
    poorer = {
        b if one.evidence.original == "a" else a
        for (a, b), one in verdicts.items()
        if one.relation in LINKABLE and one.evidence.original is not None
    }
    return {n: replace(one, poorer=True) if n in poorer else one for n, one in images.items()}


def _components(nodes: Iterable[int], edges: Iterable[Pair]) -> list[list[int]]:
    """Connected components, by union-find; edges to what is no node are passed over."""
    parent = {node: node for node in nodes}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        if a in parent and b in parent:
            parent[root(a)] = root(b)
    found = defaultdict(list)
    for node in parent:
        found[root(node)].append(node)
    return list(found.values())
