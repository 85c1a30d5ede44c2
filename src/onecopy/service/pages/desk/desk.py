"""``/desk``: one question after the other, answered, taken back, claimed or passed on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import answers, changes, questions, queue
from onecopy.catalog.answers import Given
from onecopy.catalog.questions import Question
from onecopy.catalog.store import Catalog
from onecopy.model import Answer
from onecopy.review import claims, decide, undo
from onecopy.review.model import Refused
from onecopy.review.model import Reviewer as By
from onecopy.service.pages.desk import one
from onecopy.service.pages.desk.answered import entries
from onecopy.service.pages.desk.choices import KEYS, NAMES, chosen, said
from onecopy.service.pages.desk.one import Look, address
from onecopy.service.pages.desk.place import Place
from onecopy.service.pages.desk.queue import KINDS, Reader, last_answer
from onecopy.service.pages.form import Fields, Posted, posted
from onecopy.service.pages.names import RELATIONS
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission, Role

router = APIRouter(prefix="/desk", include_in_schema=False)

Sent = Annotated[Posted, Depends(posted(Permission.REVIEW))]
AHEAD = 2
"""Questions whose pictures a browser fetches while this one is looked at."""
MINE, MINE_CASES = 12, 3
"""What somebody answered, and cases that it was about, as the page shows at the end."""
_SIDE = 1280
_PLAIN = Look()
_LONGEST_NOTE = 4000


@router.get("")
def first(request: Request, visitor: Reader, after: str = Query("", max_length=64)) -> Response:
    """The first question of the queue that is free, or the first one after another; or word that none is."""
    place = Place.read(request.query_params)
    with _catalog(request).read() as connection:
        seen = questions.get(connection, after, agency=visitor.caller.agency) if after else None
        found = _next(connection, request, visitor, place, seen)
        if found:
            return RedirectResponse(address(found[0].public_id, place), status_code=303)
        last = last_answer(connection, visitor)
        mine = entries(connection, visitor.caller.agency, by=visitor.caller.name, limit=MINE)
        left = queue.counts(connection, Place().filter(visitor.caller.agency, me=""), now=datetime.now(UTC))
    cases = dict.fromkeys((one.question.case_id, one.question.agency) for one in mine)
    return page(
        request,
        "done.html",
        place=place,
        entries=mine,
        last=None if mine and last and last[0].id == mine[0].answered.id else last,
        cases=list(cases)[:MINE_CASES],
        left=left.total,
        now=datetime.now(UTC),
    )


@router.get("/{id}")
def question(
    request: Request,
    id: str,
    visitor: Reader,
    left: int | None = Query(None, ge=0),
    right: int | None = Query(None, ge=0),
    keep: int | None = Query(None, ge=0),
    apart: Annotated[list[int] | None, Query(max_length=500)] = None,
) -> Response:
    """One question. Whoever opens it has it in hand, if nobody else has."""
    if visitor.may(Permission.REVIEW):
        _claim(request, id, visitor)
    look = Look(left=left, right=right, keep=keep, apart=frozenset(apart or ()))
    return _shown(request, id, visitor, Place.read(request.query_params), look)


@router.post("/{id}/answer")
async def answer(request: Request, id: str, sent: Sent) -> Response:
    """Answer a question, and go on to the next one."""
    return await run_in_threadpool(_answer, request, id, sent)


@router.post("/undo/{answer}")
async def take_back(request: Request, answer: str, sent: Sent) -> Response:
    """Take an answer back, and see its question again."""
    return await run_in_threadpool(_take_back, request, answer, sent)


@router.post("/{id}/claim")
async def claim(request: Request, id: str, sent: Sent) -> Response:
    """Take a question in hand."""
    return await run_in_threadpool(_hold, request, id, sent, claims.claim)


@router.post("/{id}/release")
async def release(request: Request, id: str, sent: Sent) -> Response:
    """Leave a question to others."""
    return await run_in_threadpool(_hold, request, id, sent, claims.release)


@router.post("/{id}/assign")
async def assign(request: Request, id: str, sent: Sent) -> Response:
    """Give a question to somebody, or to nobody in particular."""
    to = sent.fields.get("to").strip()[:320] or None

    def given(catalog: Catalog, public_id: str, *, by: By) -> object:
        return claims.assign(catalog, public_id, to=to, by=by)

    return await run_in_threadpool(_hold, request, id, sent, given)


def _answer(request: Request, id: str, sent: Posted) -> Response:
    visitor, fields, place = sent.visitor, sent.fields, Place.unpacked(sent.fields.get("queue"))
    with _catalog(request).read() as connection:
        asked = _get(connection, id, visitor)
    try:
        decide.decide(
            _catalog(request), id, _given(fields), version=_number(fields, "version") or 0, by=by(visitor)
        )
    except Refused as refused:
        return _shown(request, id, visitor, place, refused=refused, note=fields.get("note"))
    with _catalog(request).read() as connection:
        found = _next(connection, request, visitor, place, asked)
    if found:
        return RedirectResponse(address(found[0].public_id, place), status_code=303)
    return RedirectResponse(f"/desk?{place.query}{'&' if place.query else ''}after={id}", status_code=303)


def _given(fields: Fields) -> Given:
    try:
        named, newer = chosen(fields.get("answer"))
    except ValueError:
        raise ProblemError(422, "no-answer", "The form names no answer. Nothing was done.") from None
    left, right, kept = (_number(fields, name) for name in ("left", "right", "keep"))
    keep = {Answer.SAME_KEEP_LEFT: left, Answer.SAME_KEEP_RIGHT: right}.get(named)
    apart: set[int] = set()
    if keep is not None or named is Answer.NEWER_VERSION_OF:  # of what else is said, nothing is taken out
        ticked = [one for text in fields.all("apart") for one in text.split()]
        apart = {number for one in ticked if (number := _whole(one)) is not None}
    return Given(
        answer=named,
        keep=kept if kept is not None and keep is not None else keep,
        newer=newer if newer is not None else right if named is Answer.NEWER_VERSION_OF else None,
        apart=tuple(sorted(apart)),
        note=fields.get("note").strip()[:_LONGEST_NOTE],
        to=fields.get("to").strip()[:320] or None,
    )


def _take_back(request: Request, public_id: str, sent: Posted) -> Response:
    visitor, place = sent.visitor, Place.unpacked(sent.fields.get("queue"))
    catalog = _catalog(request)
    with catalog.read() as connection:
        given = answers.get(connection, public_id)
        asked = questions.by_ids(connection, [given.question]).get(given.question) if given else None
    if given is None or asked is None or visitor.caller.agency not in (None, asked.agency):
        raise ProblemError(404, "not-found", "There is no such answer.")
    try:
        if given.batch:
            undo.undo_all(catalog, given.batch, by=by(visitor))
        else:
            undo.undo(catalog, public_id, by=by(visitor))
    except Refused as refused:
        return _shown(request, asked.public_id, visitor, place, refused=refused)
    return RedirectResponse(address(asked.public_id, place, undone=1), status_code=303)


def _hold(request: Request, id: str, sent: Posted, change: Callable[..., object]) -> Response:
    place = Place.unpacked(sent.fields.get("queue"))
    with _catalog(request).read() as connection:
        _get(connection, id, sent.visitor)
    try:
        change(_catalog(request), id, by=by(sent.visitor))
    except Refused as refused:
        return _shown(request, id, sent.visitor, place, refused=refused)
    if sent.fields.get("back") == "queue":
        return RedirectResponse("/queue" + (f"?{place.query}" if place.query else ""), status_code=303)
    return RedirectResponse(address(id, place), status_code=303)


def _claim(request: Request, id: str, visitor: Visitor) -> None:
    """Take it in hand if it is free. That it is not, the page says."""
    with _catalog(request).read() as connection:
        asked = _get(connection, id, visitor)
    if asked.state == "open" and asked.claimant(datetime.now(UTC)) is None:
        try:
            claims.claim(_catalog(request), id, by=by(visitor))
        except Refused:
            return


def _shown(
    request: Request,
    id: str,
    visitor: Visitor,
    place: Place,
    look: Look = _PLAIN,
    *,
    refused: Refused | None = None,
    note: str = "",
) -> Response:
    now, caller = datetime.now(UTC), visitor.caller
    with _catalog(request).read() as connection:
        asked = _get(connection, id, visitor)
        desk = one.load(connection, asked, visitor, look, now=now)
        ahead = _next(connection, request, visitor, place, asked, limit=AHEAD)
        context = {
            "last": last_answer(connection, visitor),
            "said": said,
            "ahead": _pictures(connection, ahead, visitor, now),
            "counts": queue.counts(connection, place.filter(caller.agency, me=caller.name), now=now),
            "newest": changes.newest(connection),
        }
    return page(
        request,
        "desk.html",
        status=409 if refused else 200,
        desk=desk,
        place=place,
        look=look,
        refused=refused,
        note=note,
        undone="undone" in request.query_params,
        now=now,
        reviews=visitor.may(Permission.REVIEW),
        KEYS=KEYS,
        NAMES=NAMES,
        KINDS=KINDS,
        RELATIONS=RELATIONS,
        SIDE=_SIDE,
        **context,
    )


def _next(
    connection: Connection,
    request: Request,
    visitor: Visitor,
    place: Place,
    after: Question | None,
    *,
    limit: int = 1,
) -> list[Question]:
    review = request.app.state.gate.policies.latest.review
    caller = visitor.caller
    return place.next(connection, caller.agency, caller.name, after, review=review, limit=limit)


def _pictures(connection: Connection, ahead: list[Question], visitor: Visitor, now: datetime) -> list[str]:
    desks = [one.load(connection, asked, visitor, _PLAIN, now=now) for asked in ahead]
    return [
        shot.picture(_SIDE)
        for desk in desks
        if desk.sight
        for shot in (desk.sight.left, desk.sight.right)
        if shot.image
    ]


def _get(connection: Connection, id: str, visitor: Visitor) -> Question:
    asked = questions.get(connection, id, agency=visitor.caller.agency)
    if asked is None:
        raise ProblemError(404, "not-found", "There is no such question.")
    return asked


def by(visitor: Visitor) -> By:
    """Who answers, as the review knows people."""
    officer = visitor.caller.role in (Role.RECORDS_OFFICER, Role.ADMINISTRATOR)
    return By(name=visitor.caller.name, agency=visitor.caller.agency, officer=officer)


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog


def _number(fields: Fields, name: str) -> int | None:
    return _whole(fields.get(name))


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
