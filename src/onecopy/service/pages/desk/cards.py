"""The strip of a question with more than two pictures: what else can be laid beside what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onecopy.catalog.questions import Kind, Question
from onecopy.records.versions.questions import sides
from onecopy.service.pages.desk.shots import Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One of several on the strip: following it shows it on the right."""

    shot: Shot
    left: int
    right: int
    here: bool
    """Whether it is shown now."""


def sides_of(question: Question, shown: Sequence[Shot]) -> Sequence[Shot]:
    """What stands against each other in a question about versions; further members are further pages."""
    return [shot for shot in shown if shot.position < len(sides(question))]


def cards(
    question: Question, shown: Sequence[Shot], sides: Sequence[Shot], left: Shot, right: Shot
) -> Iterator[Card]:
    """What else there is to look at: of a group all, of versions each side or each page that differs."""
    if len(shown) < 3:
        return
    ends = [(left, shot) for shot in shown]
    if sides:
        ends = pages(question, sides, shown)
        ends = [(left, side) for side in sides] if len(ends) < 2 else ends
    for one, other in ends:
        here = one.position == left.position and other.position == right.position
        yield Card(shot=other, left=one.position, right=other.position, here=here)


def pages(question: Question, sides: Sequence[Shot], shown: Sequence[Shot]) -> list[tuple[Shot, Shot]]:
    """Pages that lie beside each other: those of two sides, or of two documents before and after."""
    if question.kind is Kind.SWAPPED_PAGES and len(sides) == 4:
        return [(sides[0], sides[2]), (sides[1], sides[3])]
    if len(sides) != 2:
        return []
    further = [shot for shot in shown if shot not in sides]
    return [(sides[0], sides[1]), *zip(further[::2], further[1::2], strict=False)]


def two_pages(
    question: Question,
    sides: Sequence[Shot],
    shown: Sequence[Shot],
    wanted: tuple[int | None, int | None],
) -> tuple[Shot, Shot] | None:
    """Of a question about versions: the pages that were asked for, else the first two."""
    if len(sides) < 2:
        return None
    by_position = {shot.position: shot for shot in shown}
    left, right = (by_position.get(position or 0) for position in wanted)
    if left and right and left is not right:
        return left, right
    first = pages(question, sides, shown)
    return first[0] if first else (sides[0], sides[1])
