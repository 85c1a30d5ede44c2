"""One question as the desk shows it: the pair that is looked at, its facts, and the answers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from onecopy.catalog.inheritances import Inherited
from onecopy.catalog.questions import Pair, Question, State
from onecopy.model import Relation
from onecopy.review.show import ShownAnswer, show
from onecopy.service.pages.desk import shots
from onecopy.service.pages.desk.choices import Choice, choices
from onecopy.service.pages.desk.facts import Fact, compared
from onecopy.service.pages.desk.pair import Sight, sight
from onecopy.service.pages.desk.place import Place
from onecopy.service.pages.desk.shots import Shot
from onecopy.service.pages.visitor import Visitor
from onecopy.service.roles import Permission

_STRONGEST = tuple(Relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody looks at, and has ticked so far; members by their positions.

    Attributes:
        left: The one on the left; by default the one that is kept, or was there first.
        right: The one on the right.
        keep: Of a group, the one that is to be kept.
        apart: Of a group, those that are to be taken out.
    """

    left: int | None = None
    right: int | None = None
    keep: int | None = None
    apart: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that is shown of one question.

    Attributes:
        question: What is asked.
        shots: What it is about.
        sight: The two that are looked at; ``None`` where there is only one.
        keep: The position of the one that a group keeps, unless another is chosen.
        facts: What is known of the two.
        choices: The answers.
        said: What was said so far, oldest first; not what was taken back.
        inherited: What the kept one took over by the answer, or could not.
        claimed_by: Who has it in hand, if not whoever looks.
    """

    question: Question
    shots: Sequence[Shot]
    sight: Sight | None
    keep: int
    facts: Sequence[Fact]
    choices: Sequence[Choice]
    said: Sequence[ShownAnswer]
    inherited: Sequence[Inherited]
    claimed_by: str | None

    @property
    def group(self) -> bool:
        """Whether there are more than two."""
        return len(self.shots) > 2

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.question.state is State.OPEN

    @property
    def proposed(self) -> Choice | None:
        """The proposed answer."""
        return next((one for one in self.choices if one.proposed), None)

    def beside(self, shot: Shot, place: Place) -> str:
        """The address of the desk with another one on the right."""
        left = self.sight.left.position if self.sight else shot.position
        return self.address(place, left=left, right=shot.position)

    def neighbour(self, by: int) -> Shot | None:
        """In a group, the next one to look at on the right, or the one before."""
        if self.sight is None or not self.group:
            return None
        others = [shot for shot in self.shots if shot is not self.sight.left]
        return others[(others.index(self.sight.right) + by) % len(others)]

    def address(self, place: Place, **shown: int) -> str:
        """The address of the desk, at a place in the queue."""
        return address(self.question.public_id, place, **shown)


def address(public_id: str, place: Place, **more: object) -> str:
    """The address of a question, at a place in the queue."""
    query = "&".join(part for part in (place.query, urlencode(more)) if part)
    return f"/desk/{public_id}" + (f"?{query}" if query else "")


def load(connection: Connection, question: Question, visitor: Visitor, look: Look, *, now: datetime) -> Desk:
    """A question for the desk.

    Args:
        connection: Of any transaction.
        question: Which one.
        visitor: Who looks.
        look: At what.
        now: By which claims are looked at.
    """
    everything = show(connection, question, to=visitor.caller.name)
    pictured = visitor.may(Permission.CONTENT)
    shown = shots.of_members(connection, everything.members, pictured=pictured)
    keep = _kept(question, shown, look.keep)
    two = _two(shown, question, everything.pairs, look)
    claimant = question.claimant(now)
    found = sight(*two, everything.pairs) if two else None
    return Desk(
        question=question,
        shots=shown,
        sight=found,
        keep=keep,
        facts=compared(*two, agencies=visitor.caller.agency is None) if two else (),
        choices=choices(question, *two, keep=keep, group=len(shown) > 2) if two else (),
        said=[one for one in everything.answers if one.answer.undone_at is None],
        inherited=everything.inherited,
        claimed_by=None if claimant == visitor.caller.name else claimant,
    )


def _kept(question: Question, shown: Sequence[Shot], chosen: int | None) -> int:
    positions = [shot.position for shot in shown]
    proposed = chosen if chosen in positions else question.proposed.get("keep")
    if proposed in positions:
        return int(proposed)
    return positions[0] if positions else 0


def _two(
    shown: Sequence[Shot], question: Question, pairs: Sequence[Pair], look: Look
) -> tuple[Shot, Shot] | None:
    """The two to look at: those asked for, else what is kept or newer beside what it has most to do with."""
    if len(shown) < 2:
        return None
    by_position = {shot.position: shot for shot in shown}

    def at(*positions: Any) -> Shot | None:
        return next((by_position[one] for one in positions if one in by_position), None)

    group, newer = len(shown) > 2, question.proposed.get("newer")
    left = at(look.left, question.proposed.get("keep") if group else None)
    right = at(look.right, newer)
    if left is None:
        left = at(*_partners(right, pairs)) if right else None
    if left is None or left is right:
        left = next(shot for shot in shown if shot is not right)
    if right is None:
        right = at(*_partners(left, pairs)) or next(shot for shot in shown if shot is not left)
    return left, right


def _partners(shot: Shot, pairs: Sequence[Pair]) -> list[int]:
    """What one has to do with, by position: the strongest relation first, then the surest."""
    mine = [pair for pair in pairs if shot.position in (pair.a, pair.b)]
    mine.sort(key=lambda pair: (_STRONGEST.index(pair.verdict.relation), -pair.verdict.confidence))
    return [pair.a if pair.b == shot.position else pair.b for pair in mine]
