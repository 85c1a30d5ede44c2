"""``/queue``: what waits for an answer, question by question, and who has what in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from onecopy.catalog import answers, changes, occurrences, questions, queue
from onecopy.catalog.answers import Answered
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Part, Question
from onecopy.catalog.queue import Counts, Order
from onecopy.pipelines.gate import Gate
from onecopy.review import offers
from onecopy.review.show import ShownMember
from onecopy.service.pages.desk import shots
from onecopy.service.pages.desk.choices import NAMES, said
from onecopy.service.pages.desk.place import OLDER, ORDERS, SURE, URGENCY, Place
from onecopy.service.pages.desk.shots import Shot
from onecopy.service.pages.names import RELATIONS
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.pages.words import N_
from onecopy.service.roles import Permission

router = APIRouter(include_in_schema=False)

PAGE = 40
"""Questions on a page."""
PICTURES = 2
"""Pictures of one question."""

KINDS = {
    Kind.SAME_PHOTOGRAPH: N_("Copies"),
    Kind.CHANGED_COPY: N_("Changed copies"),
    Kind.UNCLEAR: N_("Unclear"),
    Kind.SAME_SCENE: N_("Same scene"),
    Kind.VERSIONS: N_("Two versions"),
    Kind.TWO_NAMES: N_("Two names"),
    Kind.REVERTS: N_("Taken back"),
    Kind.SWAPPED_PAGES: N_("Swapped pages"),
}

Reader = Annotated[Visitor, Depends(may(Permission.QUESTIONS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question in the list, with a few of its pictures and whoever has it in hand."""

    question: Question
    shots: Sequence[Shot]
    more: int
    claimed_by: str | None


@router.get("/queue")
def listed(request: Request, visitor: Reader, after: str = Query("", max_length=64)) -> Response:
    """Questions, a page of them at a time."""
    gate: Gate = request.app.state.gate
    place, agency = Place.read(request.query_params), visitor.caller.agency
    now = datetime.now(UTC)
    wanted, order = (
        place.filter(agency, me=visitor.caller.name, now=now),
        place.sorted_by(gate.policies.latest.review),
    )
    with gate.catalog.read() as connection:
        seen = questions.get(connection, after, agency=agency) if after else None
        start = None if seen is None else queue.key(seen, order)
        found = queue.page(connection, wanted, order=order, after=start, limit=PAGE + 1)
        rows = _rows(connection, found[:PAGE], now, pictured=visitor.may(Permission.CONTENT))
        counts = queue.counts(connection, wanted, now=now)
        everything = queue.counts(connection, Place().filter(agency, me=""), now=now)
        last = last_answer(connection, visitor)
        newest = changes.newest(connection)
        offered = len(offers.offers(connection, gate.policies.latest, agency=agency))
    return page(
        request,
        "queue.html",
        place=place,
        left_out=Place.left_out(request.query_params),
        sections=_sections(rows, order),
        counts=counts,
        everything=everything,
        choices=_choices(everything, place),
        next_after=found[PAGE - 1].public_id if len(found) > PAGE else None,
        first_page=seen is None,
        last=last,
        offered=offered,
        newest=newest,
        now=now,
        reviews=visitor.may(Permission.REVIEW),
        NAMES=NAMES,
        KINDS=KINDS,
        RELATIONS=RELATIONS,
        URGENCY=URGENCY,
    )


def last_answer(connection: Connection, visitor: Visitor) -> tuple[Answered, Question, str] | None:
    """What somebody answered last and can take back, to which question, and what its button said."""
    last = answers.latest(connection, visitor.caller.name)
    if last is None:
        return None
    question = questions.by_ids(connection, [last.question]).get(last.question)
    if question is None or visitor.caller.agency not in (None, question.agency):
        return None
    return last, question, said(question, last.given)


def _rows(connection: Connection, found: Sequence[Question], now: datetime, *, pictured: bool) -> list[Row]:
    members = questions.members(connection, (one.id for one in found))
    few = {one.id: _telling(members.get(one.id, ())) for one in found}
    there = occurrences.by_ids(connection, (one.occurrence for some in few.values() for one in some))
    return [
        Row(
            question=question,
            shots=shots.of_members(
                connection, shown(few[question.id], there, question.agency), pictured=pictured
            ),
            more=max(0, len(members.get(question.id, ())) - PICTURES),
            claimed_by=question.claimant(now),
        )
        for question in found
    ]


def _telling(members: Sequence[Member]) -> Sequence[Member]:
    """The few that are pictured: what there was first, and what it is asked for."""
    first = members[:1]
    waits = [one for one in members[1:] if one.role is Part.HELD]
    return (*first, *(waits or members[1:])[: PICTURES - len(first)])


def shown(members: Sequence[Member], there: Mapping[int, Occurrence], agency: str) -> list[ShownMember]:
    """Members for a list: of another agency's nothing is shown here."""
    foreign = {one.id for one in there.values() if (one.agency or "") != agency}
    return [
        ShownMember(
            member=one,
            occurrence=None if one.occurrence in foreign else there.get(one.occurrence),
            foreign=one.occurrence in foreign,
        )
        for one in members
    ]


def _sections(rows: Sequence[Row], order: Order) -> list[tuple[str, list[Row]]]:
    """The rows under the names of their cases, if they are sorted by case; else all under none."""
    if order is not Order.CASE:
        return [("", list(rows))] if rows else []
    return [(case, list(some)) for case, some in groupby(rows, key=lambda row: row.question.case_id)]


def _choices(counts: Counts, place: Place) -> dict[str, list[tuple[str, str, int | None]]]:
    """For each field of the filter: the values there are, what to call them, and how many have them."""

    def numbered(name: str, names: dict[str, str] | None = None) -> list[tuple[str, str, int | None]]:
        found = dict(counts.by.get(name, {}))
        chosen = getattr(place, name)
        if chosen and chosen not in found:
            found[chosen] = 0
        return [(value, (names or {}).get(value, value), number) for value, number in found.items() if value]

    return {
        "kind": numbered("kind", {str(kind): name for kind, name in KINDS.items()}),
        "relation": numbered("relation", {str(one): name for one, name in RELATIONS.items()}),
        "category": numbered("category"),
        "agency": numbered("agency"),
        "urgency": [
            (value, URGENCY[int(value)], number) for value, number in sorted(counts.by["priority"].items())
        ],
        "sure": [(name, label, None) for name, (_, _, label) in SURE.items()],
        "older": [(name, label, None) for name, (_, label) in OLDER.items()],
        "order": [(str(order), label, None) for order, label in ORDERS.items()],
    }
