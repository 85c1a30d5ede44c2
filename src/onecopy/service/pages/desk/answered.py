"""``/queue/answered``: what people answered, the newest first, and taking each of it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from onecopy.catalog import answers, occurrences, questions
from onecopy.catalog.answers import Answered
from onecopy.catalog.questions import Question
from onecopy.pipelines.gate import Gate
from onecopy.service.pages.desk import shots
from onecopy.service.pages.desk.choices import said
from onecopy.service.pages.desk.place import Place
from onecopy.service.pages.desk.queue import Reader, shown
from onecopy.service.pages.render import page
from onecopy.service.roles import Permission

router = APIRouter(include_in_schema=False)

PAGE = 40
"""Answers on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An answer that holds.

    Attributes:
        answered: The answer.
        question: What was asked.
        said: The answer as its button had it, for a template to translate.
        name: What is kept, or counts, where the answer names one.
    """

    answered: Answered
    question: Question
    said: str
    name: str


@router.get("/queue/answered")
def listed(request: Request, visitor: Reader, after: str = Query("", max_length=64)) -> Response:
    """Answers that hold, a page of them at a time; of one case, if the address names one."""
    gate: Gate = request.app.state.gate
    place, agency = Place.read(request.query_params), visitor.caller.agency
    with gate.catalog.read() as connection:
        last = answers.get(connection, after) if after else None
        found = entries(
            connection,
            agency if agency is not None else place.agency or None,
            case=place.case,
            before=None if last is None else last.id,
            limit=PAGE + 1,
        )
    return page(
        request,
        "answered.html",
        place=place,
        entries=found[:PAGE],
        next_after=found[PAGE - 1].answered.public_id if len(found) > PAGE else None,
        now=datetime.now(UTC),
        reviews=visitor.may(Permission.REVIEW),
    )


def entries(
    connection: Connection,
    agency: str | None,
    *,
    case: str = "",
    by: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Entry]:
    """Answers that hold, the newest first; see :func:`onecopy.catalog.answers.holding`."""
    found = answers.holding(
        connection, agency=agency, case_id=case or None, by=by, before=before, limit=limit
    )
    asked = questions.by_ids(connection, {one.question for one in found})
    return [
        Entry(
            answered=one,
            question=asked[one.question],
            said=said(asked[one.question], one.given),
            name=_name(connection, asked[one.question], one),
        )
        for one in found
    ]


def _name(connection: Connection, question: Question, one: Answered) -> str:
    """The name of what an answer chose."""
    wanted = one.given.newer if one.given.keep is None else one.given.keep
    members = questions.members(connection, [question.id]).get(question.id, ()) if wanted is not None else ()
    chosen = [member for member in members if member.position == wanted]
    there = occurrences.by_ids(connection, (member.occurrence for member in chosen))
    names: Sequence[str] = [
        shot.name
        for shot in shots.of_members(connection, shown(chosen, there, question.agency), pictured=False)
    ]
    return next(iter(names), "")
