"""One question as the desk shows it: the pair that is looked at, its facts, and the answers there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from onecopy.catalog.answers import Answered
from onecopy.catalog.inheritances import Inherited
from onecopy.catalog.questions import Kind, Pair, Part, Question, State
from onecopy.records.asking import strongest
from onecopy.records.versions.questions import KINDS as CONFLICTS
from onecopy.review.show import ShownAnswer, show
from onecopy.service.pages import spoken
from onecopy.service.pages.desk import shots
from onecopy.service.pages.desk.cards import Card, cards, sides_of, two_pages
from onecopy.service.pages.desk.choices import Choice, choices, of_versions
from onecopy.service.pages.desk.facts import Fact, compared
from onecopy.service.pages.desk.pair import Sight, sight
from onecopy.service.pages.desk.place import Place
from onecopy.service.pages.desk.shots import Shot
from onecopy.service.pages.desk.stacks import nearness, stacked
from onecopy.service.pages.visitor import Visitor
from onecopy.service.pages.words import N_, translated
from onecopy.service.roles import Permission


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
        shots: What it is about; copies that are linked already are folded.
        sight: The two that are looked at; ``None`` where there is only one.
        cards: What else there is to look at, where there are more than two.
        keep: The position of the one that a group keeps, unless another is chosen.
        facts: What is known of the two.
        choices: The answers.
        reasons: Why that is proposed, in sentences.
        said: What was said so far, oldest first; not what was taken back.
        inherited: What the kept one took over by the answer, or could not.
        claimed_by: Who has it in hand, if not whoever looks.
    """

    question: Question
    shots: Sequence[Shot]
    sight: Sight | None
    cards: Sequence[Card]
    keep: int
    facts: Sequence[Fact]
    choices: Sequence[Choice]
    reasons: Sequence[str]
    said: Sequence[ShownAnswer]
    inherited: Sequence[Inherited]
    claimed_by: str | None

    @property
    def group(self) -> bool:
        """Whether one is chosen among more than two, of which some can be taken out."""
        return len(self.shots) > 2 and self.question.kind not in CONFLICTS

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.question.state is State.OPEN

    @property
    def proposed(self) -> Choice | None:
        """The proposed answer."""
        return next((one for one in self.choices if one.proposed), None)

    @property
    def final(self) -> Answered | None:
        """The answer that holds."""
        return next((one.answer for one in reversed(self.said) if one.answer.final), None)

    def came(self, shot: Shot) -> str:
        """What one is to the question, in a word for a template to translate; empty where it goes without."""
        sides = _CAME.get(self.question.kind)
        if sides is not None:
            return sides[shot.position] if shot.position < len(sides) else ""
        return _PARTS.get(shot.part, "")

    def neighbour(self, by: int) -> Card | None:
        """The next one to look at, or the one before."""
        rest = [card for card in self.cards if card.left != card.right]
        at = next((number for number, card in enumerate(rest) if card.here), 0)
        return rest[(at + by) % len(rest)] if rest else None

    def address(self, place: Place, **shown: int) -> str:
        """The address of the desk, at a place in the queue."""
        return address(self.question.public_id, place, **shown)

    def beside(self, card: Card, place: Place) -> str:
        """The address of the desk with a card's two on it."""
        return self.address(place, left=card.left, right=card.right)


_CAME: Mapping[Kind, Sequence[str]] = {
    Kind.REVERTS: (N_("counts now"), N_("came again")),
    Kind.SWAPPED_PAGES: (N_("before"), N_("before"), N_("now"), N_("now")),
    Kind.VERSIONS: (),
    Kind.TWO_NAMES: (),
}
_PARTS = {Part.EARLIER: N_("was here before"), Part.HELD: N_("is new")}


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
    pairs, conflict = everything.pairs, question.kind in CONFLICTS
    shown = shots.of_members(connection, everything.members, pictured=visitor.may(Permission.CONTENT))
    if not conflict:
        wanted = question.proposed.get("keep") if look.keep is None else look.keep
        shown = stacked(connection, question.agency, shown, pairs, keep=wanted)
    keep = _kept(question, shown, look.keep)
    sides = sides_of(question, shown) if conflict else ()
    two = (
        two_pages(question, sides, shown, (look.left, look.right))
        if conflict
        else _two(shown, question, pairs, look)
    )
    found = sight(*two, pairs) if two else None
    claimant = question.claimant(now)
    return Desk(
        question=question,
        shots=shown,
        sight=found,
        cards=tuple(cards(question, shown, sides, *two)) if two else (),
        keep=keep,
        facts=compared(*two, agencies=visitor.caller.agency is None) if two else (),
        choices=_choices(question, sides, *two, keep=keep, group=len(shown) > 2) if two else (),
        reasons=tuple(_reasons(question, shown, pairs, found)),
        said=[one for one in everything.answers if one.answer.undone_at is None],
        inherited=everything.inherited,
        claimed_by=None if claimant == visitor.caller.name else claimant,
    )


def _choices(
    question: Question, sides: Sequence[Shot], left: Shot, right: Shot, *, keep: int, group: bool
) -> Sequence[Choice]:
    if sides:
        return of_versions(question, sides, right) if len(sides) > 1 else ()
    return choices(question, left, right, keep=keep, group=group)


def _reasons(
    question: Question, shown: Sequence[Shot], pairs: Sequence[Pair], found: Sight | None
) -> Iterator[str]:
    """Why, with the two called by where they lie, or by their names where they do not lie here."""
    best = strongest(pairs)
    ends = (0, 1) if question.kind in CONFLICTS else (best.a, best.b) if best else ()
    yield from spoken.reasons(question, *(_called(position, shown, found) for position in ends))


def _called(position: int, shown: Sequence[Shot], found: Sight | None) -> str:
    shot = next((one for one in shown if position in one.positions), None)
    if found is not None and shot in (found.left, found.right):
        return translated("the left one") if shot is found.left else translated("the right one")
    return translated("the other one") if shot is None else f"‘{shot.name}’"


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
    by_position = {position: shot for shot in reversed(shown) for position in shot.positions}

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
        others = (by_position[one] for one in _partners(left, pairs) if one in by_position)
        right = next(shot for shot in (*others, *shown) if shot is not left)
    return left, right


def _partners(shot: Shot, pairs: Sequence[Pair]) -> list[int]:
    """What one has to do with, by position: what was compared, the strongest relation first, the surest."""
    mine = [pair for pair in pairs if shot.position in (pair.a, pair.b)]
    mine.sort(key=lambda pair: nearness(pair.verdict))
    return [pair.a if pair.b == shot.position else pair.b for pair in mine]
