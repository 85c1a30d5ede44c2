"""``/v1/questions``: what people are asked, and who works on what."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from onecopy.catalog import changes, occurrences, queue
from onecopy.catalog.questions import Kind, State
from onecopy.catalog.queue import Filter, Order
from onecopy.catalog.store import Catalog
from onecopy.model import Relation
from onecopy.pipelines.gate.context import one_line
from onecopy.review import queue as pages
from onecopy.review.claims import LEASE, assign, claim, release
from onecopy.review.opened import found
from onecopy.review.show import show
from onecopy.service.api import question_models as models
from onecopy.service.api import question_views as views
from onecopy.service.api.body import described, read
from onecopy.service.api.models import problems
from onecopy.service.api.question_models import CaseCounts, Changes, Counts, Next, Question, Questions
from onecopy.service.auth import QuestionReader, Reviewing, reviewer

router = APIRouter(prefix="/v1/questions", tags=["questions"])

_Text = Annotated[str | None, Query(max_length=200)]
_Limit = Annotated[int, Query(ge=1, le=pages.MOST)]
_Cursor = Annotated[str | None, Query(max_length=1000, description="The 'next' of the page before.")]


def wanted(
    caller: QuestionReader,
    agency: _Text = None,
    state: State = State.OPEN,
    case: _Text = None,
    kind: Kind | None = None,
    relation: Relation | None = None,
    category: _Text = None,
    source: _Text = None,
    at_least: Annotated[float | None, Query(ge=0, le=1, description="Confidence.")] = None,
    below: Annotated[float | None, Query(ge=0, le=1, description="Confidence.")] = None,
    older_than_days: Annotated[float | None, Query(ge=0, le=36500)] = None,
    overdue: bool = False,
    reviewer: Annotated[
        str | None, Query(max_length=320, description="Who has it in hand, is to answer it, or did.")
    ] = None,
) -> Filter:
    """Which questions. What is another agency's is as if it were not."""
    now = datetime.now(UTC)
    return Filter(
        agency=caller.agency if caller.agency is not None else agency,
        state=state,
        case_id=case,
        kind=kind,
        relation=None if relation is None else str(relation),
        category=category,
        source=source,
        at_least=at_least,
        below=below,
        opened_before=None if older_than_days is None else now - timedelta(days=older_than_days),
        due_before=now if overdue else None,
        reviewer=reviewer,
    )


Wanted = Annotated[Filter, Depends(wanted)]


class Lease(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How long a claim holds."""

    minutes: Annotated[int, Meta(ge=1, le=480)] = int(LEASE.total_seconds()) // 60


class Assignment(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who is to answer; null for anybody."""

    to: str | None


def _order(request: Request, order: Order | None) -> Order:
    return order or Order(str(request.app.state.gate.policies.now().review.order))


@router.get("", response_model=Questions, responses=problems(401, 403, 422, 503))
def listed(
    request: Request,
    asked: Wanted,
    order: Annotated[Order | None, Query(description="Without it: as the policy says.")] = None,
    cursor: _Cursor = None,
    limit: _Limit = 50,
) -> Questions:
    """The queue, page by page."""
    with _catalog(request).read() as connection:
        page = pages.page(connection, asked, order=_order(request, order), cursor=cursor or None, limit=limit)
    return Questions(questions=[views.question(one) for one in page.questions], next=page.next)


@router.get("/counts", response_model=Counts, responses=problems(401, 403, 422, 503))
def counted(request: Request, asked: Wanted) -> Counts:
    """How many there are."""
    with _catalog(request).read() as connection:
        found = queue.counts(connection, asked, now=datetime.now(UTC))
    return Counts(total=found.total, overdue=found.overdue, oldest=found.oldest, by=found.by)


@router.get("/cases", response_model=CaseCounts, responses=problems(401, 403, 422, 503))
def by_case(request: Request, asked: Wanted, cursor: _Cursor = None, limit: _Limit = 50) -> CaseCounts:
    """The cases that have questions, the most urgent first."""
    with _catalog(request).read() as connection:
        page = pages.cases(connection, asked, cursor=cursor or None, limit=limit)
    cases = [
        models.CaseCount(
            agency=one.agency,
            case=one.case_id,
            total=one.total,
            priority=views.urgency(one.priority),
            due_at=one.due_at,
            oldest=one.oldest,
        )
        for one in page.cases
    ]
    return CaseCounts(cases=cases, next=page.next)


@router.get("/next", response_model=Next, responses=problems(401, 403, 422, 503))
def following(request: Request, asked: Wanted, caller: Reviewing, order: Order | None = None) -> Next:
    """The first question that is free for whoever asks: not another's, and not skipped by them."""
    with _catalog(request).read() as connection:
        one = pages.next_for(connection, asked, by=reviewer(caller), order=_order(request, order))
    return Next(question=None if one is None else views.question(one))


@router.get("/changes", response_model=Changes, responses=problems(401, 403, 422, 503))
def changed(
    request: Request,
    caller: QuestionReader,
    after: Annotated[
        int | None, Query(ge=0, lt=1 << 62, description="Only changes beyond this; left out: from now on.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Changes:
    """What happened to questions, in the order it was committed: whoever follows misses nothing."""
    with _catalog(request).read() as connection:
        if after is None:
            return Changes(changes=[], next=changes.newest(connection))
        found = changes.since(connection, after, agency=caller.agency, limit=limit)
    said = [
        models.Change(number=one.number, question=one.question, kind=one.kind, by=one.by, at=one.at)
        for one in found
    ]
    return Changes(changes=said, next=found[-1].number if found else after)


@router.get("/{id}", response_model=models.WholeQuestion, responses=problems(401, 403, 404, 503))
def question(request: Request, id: str, caller: QuestionReader) -> models.WholeQuestion:
    """A question with everything."""
    with _catalog(request).read() as connection:
        one = found(connection, id, reviewer(caller))
        shown = show(connection, one, to=caller.name)
        named = {number for each in shown.inherited for number in (each.occurrence, each.giver)}
        public = {id: each.public_id for id, each in occurrences.by_ids(connection, named).items()}
    return views.whole(shown, public)


_WRITES: dict[str, Any] = {
    "response_model": Question,
    "responses": problems(400, 401, 403, 404, 409, 422, 503),
}


@router.post("/{id}/claim", openapi_extra=described(Lease, {"minutes": 15}), **_WRITES)
async def take(request: Request, id: str, caller: Reviewing) -> Question:
    """Take a question in hand for a while, or for longer. It ends by itself."""
    lease = await read(request, Lease, default=Lease())
    for_so_long = timedelta(minutes=lease.minutes)
    return views.question(
        await run_in_threadpool(claim, _catalog(request), id, by=reviewer(caller), lease=for_so_long)
    )


@router.post("/{id}/release", **_WRITES)
def give_back(request: Request, id: str, caller: Reviewing) -> Question:
    """Give a question back."""
    return views.question(release(_catalog(request), id, by=reviewer(caller)))


@router.post("/{id}/assign", openapi_extra=described(Assignment, {"to": "Ana"}), **_WRITES)
async def appoint(request: Request, id: str, caller: Reviewing) -> Question:
    """Say who is to answer a question."""
    to = (await read(request, Assignment)).to
    name = None if to is None else one_line("to", to) or None
    return views.question(
        await run_in_threadpool(assign, _catalog(request), id, to=name, by=reviewer(caller))
    )


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog
