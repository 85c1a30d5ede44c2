"""``/cases/…``: everything in one application, and all of it as one archive."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from onecopy.catalog import decisions, images, uploads
from onecopy.pipelines.gate import Gate
from onecopy.records.versions.current import Sent
from onecopy.records.versions.land import bring_up_to_date
from onecopy.records.versions.overview import CaseOverview, overview
from onecopy.records.versions.photographs import Scene
from onecopy.service.api.disposition import attachment
from onecopy.service.pages.desk import answered
from onecopy.service.pages.desk.archive import Entry, safe, stream
from onecopy.service.pages.desk.place import Place
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.pages.words import translated
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(include_in_schema=False)

SCENES = 60
"""Scenes on a page."""
ANSWERED = 10
"""Answers on it."""
COPIES = 50
"""Copies of a photograph that are listed."""

Looks = Annotated[Visitor, Depends(may(Permission.READ))]
Takes = Annotated[Visitor, Depends(may(Permission.CONTENT))]
Whose = Annotated[str, Query(max_length=200)]
Name = Annotated[str, Query(max_length=400)]
"""Of a case that no path can hold, see :mod:`onecopy.service.pages.addresses`."""


@router.get("/cases/{id:path}")
def shown(
    request: Request,
    id: str,
    visitor: Looks,
    case: Name = "",
    agency: Whose = "",
    start: int = Query(0, ge=0, alias="from"),
) -> Response:
    """A case: what counts, its photographs, and what is in the way of an approval."""
    gate: Gate = request.app.state.gate
    with _read(gate, id or case, visitor, agency) as (connection, found):
        scenes = found.scenes[start : start + SCENES]
        said: list[answered.Entry] = []
        if visitor.may(Permission.QUESTIONS):
            said = answered.entries(connection, found.agency, case=found.case, limit=ANSWERED + 1)
        looks = _looks(connection, found)
        decided = decisions.holding(connection, _shown_in(scenes))
    return page(
        request,
        "case.html",
        case=found,
        scenes=scenes,
        said=said[:ANSWERED],
        more_said=len(said) > ANSWERED,
        looks=looks,
        decided=decided,
        now=datetime.now(UTC),
        place=Place(case=found.case),
        start=start,
        step=SCENES,
        pictured=visitor.may(Permission.CONTENT),
        reviews=visitor.may(Permission.REVIEW),
        COPIES=COPIES,
    )


@router.get("/archives/{id:path}")
def archive(request: Request, id: str, visitor: Takes, case: Name = "", agency: Whose = "") -> Response:
    """All files of a case as one ZIP."""
    gate: Gate = request.app.state.gate
    with _read(gate, id or case, visitor, agency) as (connection, found):
        entries = list(_entries(connection, found))
    headers = {"Content-Disposition": attachment(f"{safe(found.case)}.zip")}
    return StreamingResponse(stream(gate.vault, entries), media_type="application/zip", headers=headers)


@contextmanager
def _read(gate: Gate, id: str, visitor: Visitor, agency: str) -> Iterator[tuple[Connection, CaseOverview]]:
    """A case, its documents up to date, and the transaction that it was read in."""
    mine, id, agency = visitor.caller.agency, id.strip(), agency.strip()
    whose = agency if mine is None else mine
    with gate.catalog.read() as connection:
        if agency not in ("", whose) or not uploads.any_of_case(connection, id, whose):
            raise ProblemError(404, "not-found", "There is no such case, or it is another agency's.")
    bring_up_to_date(gate.catalog, whose, id, by=visitor.caller.name)
    with gate.catalog.read() as connection:
        found = overview(connection, whose, id)
        if found is None:
            raise ProblemError(404, "not-found", "There is no such case any more.")
        yield connection, found


def _shown_in(scenes: Sequence[Scene]) -> set[int]:
    """The occurrences that some scenes show, copies included."""
    pictures = (one for scene in scenes for one in scene.photographs)
    return {copy.occurrence.id for one in pictures for copy in (one.kept, *one.copies[:COPIES])}


def _looks(connection: Connection, found: CaseOverview) -> dict[str, str]:
    """By a document's public id the address of a picture of its first page, where there is one."""
    shown = {one.id: (one.current or one.history[0]).shown for one in found.documents}
    unread = {one.occurrence.id for one in found.unread if one.occurrence is not None}
    looks, others = dict[str, str](), defaultdict[str, list[str]](list)
    for id, sent in shown.items():
        if not sent.name.lower().endswith(".pdf"):
            others[sent.occurrence.content or ""].append(id)
        elif sent.occurrence.id not in unread:
            looks[id] = _look(sent, "pages/1", sent.inner)
    for image in images.summaries(connection, others):
        for id in others[image.content]:
            if image.inner.startswith(shown[id].inner):
                looks.setdefault(id, _look(shown[id], "picture", image.inner))
    return looks


def _look(sent: Sent, which: str, inner: str) -> str:
    return f"/v1/occurrences/{sent.occurrence.public_id}/{which}?side=160&inner={quote(inner, safe='')}"


def _entries(connection: Connection, found: CaseOverview) -> Iterator[Entry]:
    """Every upload of a case: what counts first, so that a content lies in the first folder that fits it."""
    told: dict[int, tuple[str, str]] = {}
    for document in found.documents:
        for version in document.history:
            now = document.current is not None and version.number == document.current.number
            folder = translated("current") if now else translated("earlier versions")
            said = (
                translated("the current version")
                if now
                else translated("version %(number)s") % {"number": version.number}
            )
            for sent in version.sent:
                told.setdefault(sent.occurrence.id, (folder, f"{document.title}: {said}"))
    photographs = translated("photographs")
    pictures = [one for scene in found.scenes for one in scene.photographs]
    for one in pictures:
        told.setdefault(one.kept.occurrence.id, (photographs, translated("photograph")))
    for one in pictures:
        copy = translated("a copy of %(name)s") % {"name": one.kept.occurrence.name}
        for folded in one.copies:
            if not folded.inner:  # a file that holds a copy among other things is not one
                told.setdefault(folded.occurrence.id, (translated("copies"), copy))
    order = {translated("current"): 0, photographs: 1}
    every = uploads.of_case(connection, found.case, found.agency)
    other = (translated("other files"), translated("another file"))
    named = [(one, *told.get(one.id, other)) for one in every]
    for upload, folder, what in sorted(named, key=lambda entry: (order.get(entry[1], 2), entry[0].id)):
        yield Entry(occurrence=upload, folder=folder, what=what)
