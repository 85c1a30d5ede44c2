"""Comparing two documents page by page, by what is known of the pictures on their pages."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onecopy.model import Relation
from onecopy.records.versions.model import Page, Paper, Tie, Ties

_CHANGED = {Relation.EDITED: 0, Relation.SAME_FORM: 1, Relation.UNCLEAR: 2}
"""What may tie two states of one page, the strongest first. (One that says nothing ties nothing.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two documents beside each other.

    Attributes:
        same: How many pictures are the same in both.
        changed: Pairs of pictures that are one page in two states, and how they are tied.
        only_a: Pictures that only the first has.
        only_b: Pictures that only the second has.
        in_order: Whether what is the same comes in the same order.
    """

    same: int
    changed: tuple[tuple[Page, Page, Tie], ...]
    only_a: tuple[Page, ...]
    only_b: tuple[Page, ...]
    in_order: bool = True

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return bool(self.same) and self.in_order and not (self.changed or self.only_a or self.only_b)

    @property
    def share(self) -> float:
        """Of the shorter one, the share that is in the other too, in this state or another."""
        tied = self.same + len(self.changed)
        shorter = min(len(self.only_a), len(self.only_b)) + tied
        return tied / shorter if shorter else 0.0


class Comparer:
    """Compares papers of one case.

    Args:
        kept: For every image the one that stands for all that are the same image; itself if it is alone.
        ties: What else was seen of images.
    """

    def __init__(self, kept: Mapping[int, int], ties: Ties) -> None:
        self._kept = kept
        self._tied: dict[int, dict[int, Tie]] = defaultdict(dict)
        for (a, b), tie in ties.items():
            if tie.relation in _CHANGED:
                self._tied[a][b] = self._tied[b][a] = tie

    def pictures(self, paper: Paper) -> tuple[int, ...]:
        """What is on its pages, by the images that stand for them, in order."""
        return tuple(self._kept.get(page.image, page.image) for page in paper.pages)

    def same(self, one: int, other: int) -> bool:
        """Whether two images are one."""
        return self._kept.get(one, one) == self._kept.get(other, other)

    def state(self, paper: Paper) -> tuple[object, ...]:
        """Equal for two papers that show the same; for one without pictures, its bytes."""
        return self.pictures(paper) or paper.bytes_key

    def touches(self, paper: Paper) -> set[object]:
        """What it has in common with whatever is tied to it: states of pages, and ties of them."""
        found: set[object] = {self.state(paper), *self.pictures(paper)}
        for page in paper.pages:
            found |= {frozenset((page.image, other)) for other in self._tied.get(page.image, ())}
        return found

    def compare(self, a: Paper, b: Paper) -> Likeness:
        """Compare page by page: what is the same wherever it stands, then what is tied, nearest first."""
        here, there = self.pictures(a), self.pictures(b)
        common = Counter(here) & Counter(there)
        left_a = _without(a, here, common)
        left_b = _without(b, there, common)
        changed = tuple(self._matched(left_a, left_b))
        used = {page.image for pair in changed for page in pair[:2]}
        order = [one for one in here if one in common], [one for one in there if one in common]
        return Likeness(
            same=sum(common.values()),
            changed=changed,
            only_a=tuple(page for page in left_a if page.image not in used),
            only_b=tuple(page for page in left_b if page.image not in used),
            in_order=order[0] == order[1] or any(count > 1 for count in Counter(here).values()),
        )

    def _matched(self, a: list[Page], b: list[Page]) -> Iterator[tuple[Page, Page, Tie]]:
        there = {page.image: page for page in b}
        found = [
            (
                _CHANGED[tie.relation],
                tie.part,
                abs(page.page - there[other].page),
                page,
                there[other],
                tie,
            )
            for page in a
            for other, tie in self._tied[page.image].items()
            if other in there
        ]
        taken: set[int] = set()
        for *_, page, other, tie in sorted(found, key=lambda one: (*one[:3], one[3].page, one[4].page)):
            if page.image not in taken and other.image not in taken:
                taken |= {page.image, other.image}
                yield page, other, tie


def _without(paper: Paper, pictures: tuple[int, ...], common: Counter[int]) -> list[Page]:
    """The pages that are not among the common ones, each of which is taken off as often as it is common."""
    rest, left = Counter(common), []
    for page, picture in zip(paper.pages, pictures, strict=True):
        if rest[picture]:
            rest[picture] -= 1
        else:
            left.append(page)
    return left
