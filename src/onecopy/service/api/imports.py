"""``/v1/imports``: archives that are taken in by a manifest, while the service goes on."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from onecopy.catalog import import_rows, imports
from onecopy.catalog.import_rows import RowState
from onecopy.catalog.imports import State
from onecopy.catalog.store import Catalog
from onecopy.imports.manifest import Kind, ManifestError
from onecopy.imports.places import Places
from onecopy.imports.receive import receive
from onecopy.pipelines.gate.context import one_line
from onecopy.policy.rules import Action
from onecopy.service.api.import_models import Import, ImportInFull, Imports, Progress, Row, Rows
from onecopy.service.api.models import problems
from onecopy.service.arriving import chunks
from onecopy.service.auth import ArchiveImporter, Caller
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1/imports", tags=["imports"])

MOST_BYTES = 512 << 20
"""Bytes of a manifest."""
MOST = 1000
"""Imports or rows of one reply."""

KINDS = {
    "text/csv": Kind.CSV,
    "application/jsonl": Kind.JSON_LINES,
    "application/x-ndjson": Kind.JSON_LINES,
    "application/x-jsonlines": Kind.JSON_LINES,
}

_MANIFEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {"type": "string"},
                "example": "file,case,category\n2019/24016/front.jpg,24016-00001,site-photo\n"
                if kind == "text/csv"
                else '{"file": "2019/24016/front.jpg", "case": "24016-00001"}\n',
            }
            for kind in KINDS
        },
    }
}


def _text(about: str) -> Any:
    return Query(description=about, max_length=200)


@router.post(
    "",
    status_code=202,
    response_model=ImportInFull,
    openapi_extra=_MANIFEST,
    responses=problems(400, 401, 403, 408, 413, 415, 422, 503, 507),
)
async def create(
    request: Request,
    caller: ArchiveImporter,
    name: Annotated[str, _text("What to call it: the manifest's name.")] = "manifest",
    agency: Annotated[str | None, _text("Whose the files are, where the token is for all agencies.")] = None,
    dry_run: Annotated[bool, Query(description="Say what would become of each row; store nothing.")] = False,
    case: Annotated[str, _text("The case of rows that name none.")] = "",
    source: Annotated[str, _text("The source of rows that name none.")] = "",
    category: Annotated[str, _text("The category of rows that name none.")] = "",
) -> JSONResponse:
    """Take in the files that a manifest names, in the background. They must be where the service may read."""
    places: Places = request.app.state.places
    if not places.folders and not places.buckets:
        detail = (
            "This service imports from nowhere. Whoever runs it sets ONECOPY_IMPORT_FOLDERS or …_BUCKETS."
        )
        raise ProblemError(422, "no-import-places", detail)
    whose = caller.sends_for(None if agency is None else one_line("agency", agency))
    kind = KINDS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if kind is None:
        detail = f"Send the manifest as the body, with a Content-Type that is one of: {', '.join(KINDS)}."
        raise ProblemError(415, "not-a-manifest", detail)
    defaults = {"case": case, "source": source, "category": category}
    async with _received(request) as (manifest, digest):
        one = imports.Import(
            agency=whose,
            name=one_line("name", name) or "manifest",
            manifest=digest,
            dry_run=dry_run,
            created_by=caller.name,
        )
        catalog = _catalog(request)
        try:
            made = await run_in_threadpool(receive, catalog, manifest, kind, defaults, one)
        except ManifestError as error:
            wrong = [asdict(each) for each in error.wrong]
            raise ProblemError(422, error.code, error.message, errors=wrong) from None
    body = await run_in_threadpool(_in_full, catalog, made)
    location = {"Location": f"/v1/imports/{made.id}"}
    return JSONResponse(body.model_dump(mode="json"), status_code=202, headers=location)


@router.get("", response_model=Imports, responses=problems(401, 403, 422, 503))
def listed(
    request: Request,
    caller: ArchiveImporter,
    cursor: Annotated[str | None, Query(max_length=36, description="'next' of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Imports:
    """The imports of the caller's agency."""
    with _catalog(request).read() as connection:
        found = imports.listed(connection, agency=caller.agency, limit=limit, before=cursor)
    following = found[-1].id if len(found) == limit else None
    return Imports(imports=[Import(**asdict(one)) for one in found], next=following)


@router.get("/{id}", response_model=ImportInFull, responses=problems(401, 403, 404, 503))
def get(request: Request, id: str, caller: ArchiveImporter) -> ImportInFull:
    """An import: how many rows came to which decision, how fast it goes, and how long it will take."""
    return _in_full(_catalog(request), _get(_catalog(request), id, caller))


@router.get("/{id}/rows", response_model=Rows, responses=problems(401, 403, 404, 422, 503))
def rows(
    request: Request,
    id: str,
    caller: ArchiveImporter,
    state: Annotated[list[RowState] | None, Query(description="Only those in this state.")] = None,
    decision: Annotated[list[Action] | None, Query(description="Only those with this decision.")] = None,
    cursor: Annotated[int, Query(ge=-1, lt=1 << 62, description="'next' of the page before.")] = -1,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Rows:
    """The rows of an import; with 'state=problem' those that went wrong, and why."""
    one = _get(_catalog(request), id, caller)
    with _catalog(request).read() as connection:
        found = import_rows.rows(
            connection,
            one,
            limit=limit,
            after=cursor,
            states=state or (),
            decisions=[str(each) for each in decision or ()],
        )
    following = found[-1].number if len(found) == limit else None
    return Rows(rows=[Row(**asdict(row)) for row in found], next=following)


@router.post("/{id}/pause", response_model=ImportInFull, responses=problems(401, 403, 404, 409, 503))
def pause(request: Request, id: str, caller: ArchiveImporter) -> ImportInFull:
    """Pause an import. Rows under way are finished."""
    return _changed(request, id, caller, State.PAUSED)


@router.post("/{id}/resume", response_model=ImportInFull, responses=problems(401, 403, 404, 409, 503))
def resume(request: Request, id: str, caller: ArchiveImporter) -> ImportInFull:
    """Go on with an import that was paused."""
    return _changed(request, id, caller, State.RUNNING)


@router.post("/{id}/cancel", response_model=ImportInFull, responses=problems(401, 403, 404, 409, 503))
def cancel(request: Request, id: str, caller: ArchiveImporter) -> ImportInFull:
    """End an import before its end. What was taken in stays."""
    return _changed(request, id, caller, State.CANCELLED)


@router.post("/{id}/retry", response_model=ImportInFull, responses=problems(401, 403, 404, 503))
def retry(request: Request, id: str, caller: ArchiveImporter) -> ImportInFull:
    """Try the rows that went wrong once more."""
    catalog = _catalog(request)
    one = _get(catalog, id, caller)
    with catalog.write([imports.SCOPE]) as connection:
        import_rows.again(connection, one, by=caller.name)
    return _in_full(catalog, _get(catalog, id, caller))


@asynccontextmanager
async def _received(request: Request) -> AsyncIterator[tuple[BinaryIO, str]]:
    """The body, in a file, and its SHA-256."""
    digest, size = sha256(), 0
    with tempfile.TemporaryFile() as file:
        async for chunk in chunks(request):
            size += len(chunk)
            if size > MOST_BYTES:
                raise ProblemError(
                    413, "too-large", f"The manifest is larger than {MOST_BYTES:,} bytes. Split it."
                )
            digest.update(chunk)
            await run_in_threadpool(file.write, chunk)
        yield cast(BinaryIO, file), digest.hexdigest()


def _changed(request: Request, id: str, caller: Caller, to: State) -> ImportInFull:
    catalog = _catalog(request)
    one = _get(catalog, id, caller)
    with catalog.write([imports.SCOPE]) as connection:
        done = imports.change(connection, one, to, by=caller.name)
    if not done:
        raise ProblemError(409, "import-ended", "The import is at its end, or not there yet.")
    return _in_full(catalog, _get(catalog, id, caller))


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog


def _get(catalog: Catalog, id: str, caller: Caller) -> imports.Import:
    with catalog.read() as connection:
        one = imports.get(connection, id, agency=caller.agency)
    if one is None:
        raise ProblemError(404, "not-found", "There is no such import.")
    return one


def _in_full(catalog: Catalog, one: imports.Import) -> ImportInFull:
    with catalog.read() as connection:
        return ImportInFull(**asdict(one), progress=_progress(connection, one))


def _progress(connection: Connection, one: imports.Import) -> Progress:
    return Progress(**asdict(import_rows.progress(connection, one, datetime.now(UTC))))
