"""``/search``: finding what is held, by what is known of it or by a picture; as far as one may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from onecopy.catalog import arrivals, decisions, images, search, uploads
from onecopy.catalog.occurrences import Occurrence
from onecopy.errors import OnecopyError, UnreadableError, UsageError
from onecopy.model import Relation
from onecopy.pipelines.gate import Context, Gate, GateReply
from onecopy.policy.rules import Action
from onecopy.service.pages.file_form import FileForm, file_form
from onecopy.service.pages.render import page
from onecopy.service.pages.times import midnight, no_days
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.pages.words import N_
from onecopy.service.roles import Permission
from onecopy.service.threads import in_gate

router = APIRouter(include_in_schema=False)

Sees = Annotated[Visitor, Depends(may(Permission.READ))]
PAGE = 30
_TEXT = 200
_NOTHING = dict.fromkeys(("case", "name", "digest", "camera", "relation", "since", "until"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An upload that was found, and what became of it. ``inner`` is its first picture, if it has one."""

    upload: Occurrence
    inner: str | None
    size: int
    action: Action
    reason: str


@router.get("/search")
def searched(
    request: Request,
    visitor: Sees,
    case: str = Query("", max_length=_TEXT),
    name: str = Query("", max_length=_TEXT),
    digest: str = Query("", max_length=_TEXT),
    camera: str = Query("", max_length=_TEXT),
    relation: str = Query("", max_length=16),
    since: str = Query("", max_length=10),
    until: str = Query("", max_length=10),
    before: str = Query("", max_length=60),
) -> Response:
    """Uploads that fit, the newest first."""
    asked = {"case": case, "name": name, "digest": digest, "camera": camera}
    asked = {key: value.strip() for key, value in asked.items()}
    asked |= {"relation": relation, "since": since, "until": until}
    wanted = search.Wanted(
        agency=visitor.caller.agency,
        case=asked["case"] or None,
        name=asked["name"] or None,
        camera=asked["camera"] or None,
        digest=_digest(asked["digest"]),
        relation=relation if relation in set(Relation) else None,
        since=midnight(since),
        until=midnight(until, after=True),
        before=_place(before),
    )
    wrong = _wrong(asked, before)
    hits, further = _hits(request, wanted) if any(asked.values()) and not wrong else (None, None)
    return _page(request, visitor, asked=asked, hits=hits, further=further, wrong=wrong)


@router.post("/search/image")
async def by_image(
    request: Request, sent: Annotated[FileForm, Depends(file_form(Permission.READ))]
) -> Response:
    """Where a picture is held: the gate's check, which stores nothing."""
    visitor, gate = sent.visitor, request.app.state.gate
    try:
        if not sent.size:
            raise UsageError("Choose a picture first.")
        agency = visitor.caller.sends_for(
            sent.fields.get("agency") if visitor.caller.agency is None else None
        )
        context = Context(case="–", name=sent.name, agency=agency, uploader=visitor.caller.name)
        reply = await in_gate(request, gate.check, sent.spool, context)
    except (UsageError, UnreadableError) as error:
        return await run_in_threadpool(_page, request, visitor, problem=error)
    return await run_in_threadpool(_page, request, visitor, reply=reply, file=sent.name, agency=agency)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    asked: dict[str, str] | None = None,
    hits: list[Hit] | None = None,
    further: search.Place | None = None,
    reply: GateReply | None = None,
    file: str = "",
    agency: str = "",
    problem: OnecopyError | None = None,
    wrong: Mapping[str, str] = {},
) -> Response:
    gate: Gate = request.app.state.gate
    agencies: list[str] = []
    if visitor.caller.agency is None:
        with gate.catalog.read() as connection:
            agencies = arrivals.agencies(connection)
    return page(
        request,
        "search.html",
        status=422 if problem or wrong else 200,
        asked=asked or _NOTHING,
        hits=hits,
        further=f"{further[0].isoformat()}~{further[1]}" if further else "",
        reply=reply,
        file=file,
        agency=agency,
        problem=problem,
        wrong=wrong,
        agencies=agencies,
        relations=list(Relation),
        pictures=visitor.may(Permission.CONTENT),
    )


def _hits(request: Request, wanted: search.Wanted) -> tuple[list[Hit], search.Place | None]:
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        found = search.search(connection, wanted, limit=PAGE)
        return [_hit(connection, one) for one in found.uploads], found.before


def _hit(connection: Connection, one: Occurrence) -> Hit:
    last = decisions.of_occurrence(connection, one.id)[-1]
    size = uploads.size(connection, one.content or "")
    shown = next(iter(images.summaries(connection, [one.content or ""])), None)
    inner = None if shown is None else shown.inner
    return Hit(upload=one, inner=inner, size=size, action=Action(last.decision), reason=last.reason)


def _wrong(asked: Mapping[str, str], before: str) -> dict[str, str]:
    """What of a search cannot be, by its field, in words for the catalogue."""
    found = no_days(asked)
    if asked["digest"] and _digest(asked["digest"]) is None:
        found["digest"] = N_("A digest has up to 64 of the characters 0 to 9 and a to f.")
    if asked["relation"] and asked["relation"] not in set(Relation):
        found["relation"] = N_("There is no such relation. Choose one of the list.")
    if before and _place(before) is None:
        found["before"] = N_("There is no such place in the list. Search again from the front.")
    return found


def _digest(text: str) -> str | None:
    """The beginning of a digest, however it was written; ``None`` if it is none."""
    plain = text.lower().removeprefix("sha256:").removeprefix("sha-256=").strip()
    return plain if plain and len(plain) <= 64 and all(one in "0123456789abcdef" for one in plain) else None


def _place(text: str) -> search.Place | None:
    at, _, id = text.partition("~")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), int(id)
    except (ValueError, OverflowError):
        return None
