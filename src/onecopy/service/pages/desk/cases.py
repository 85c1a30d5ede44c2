"""``/cases/…``: everything in one application, and all of it as one archive."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from onecopy.catalog import uploads
from onecopy.pipelines.gate import Gate
from onecopy.records.versions.overview import CaseOverview, overview
from onecopy.service.api.disposition import attachment
from onecopy.service.pages.desk.archive import Entry, safe, stream
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.pages.words import translated
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(include_in_schema=False)

SCENES = 60
"""Scenes on a page."""

Looks = Annotated[Visitor, Depends(may(Permission.READ))]
Takes = Annotated[Visitor, Depends(may(Permission.CONTENT))]
Whose = Annotated[str, Query(max_length=200)]


@router.get("/cases/{id:path}")
def case(
    request: Request, id: str, visitor: Looks, agency: Whose = "", start: int = Query(0, ge=0, alias="from")
) -> Response:
    """A case: what counts, its photographs, and what is in the way of an approval."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        found = _found(connection, id, visitor, agency)
    return page(
        request,
        "case.html",
        case=found,
        scenes=found.scenes[start : start + SCENES],
        start=start,
        step=SCENES,
        pictured=visitor.may(Permission.CONTENT),
        reviews=visitor.may(Permission.REVIEW),
    )


@router.get("/archives/{id:path}")
def archive(request: Request, id: str, visitor: Takes, agency: Whose = "") -> Response:
    """All files of a case as one ZIP."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        found = _found(connection, id, visitor, agency)
        entries = list(_entries(connection, found))
    headers = {"Content-Disposition": attachment(f"{safe(found.case)}.zip")}
    return StreamingResponse(stream(gate.vault, entries), media_type="application/zip", headers=headers)


def _found(connection: Connection, id: str, visitor: Visitor, agency: str) -> CaseOverview:
    whose = visitor.caller.agency if visitor.caller.agency is not None else agency.strip()
    found = overview(connection, whose, id.strip()) if agency.strip() in ("", whose) else None
    if found is None:
        raise ProblemError(404, "not-found", "There is no such case, or it is another agency's.")
    return found


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
