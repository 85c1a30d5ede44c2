"""``/admin/imports``: archives that are taken in, how far each is, and what could not be."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import import_rows, imports
from onecopy.catalog.import_rows import Progress, RowState
from onecopy.catalog.imports import Import, State
from onecopy.catalog.store import Catalog
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.form import Posted, posted
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(prefix="/admin/imports", include_in_schema=False)

Sees = Annotated[Visitor, Depends(may(Permission.IMPORT))]
MOST = 30
PROBLEMS = 100
"""Rows with a problem that are shown."""
_TO = {"pause": State.PAUSED, "resume": State.RUNNING, "cancel": State.CANCELLED}
_UNDER_WAY = (State.RUNNING, State.PAUSED)


@router.get("")
def listed(request: Request, visitor: Sees) -> Response:
    """The newest ones; of those under way, how far they are."""
    with _catalog(request).read() as connection:
        found = imports.listed(connection, agency=visitor.caller.agency, limit=MOST)
        far = {one.id: _progress(connection, one) for one in found if one.state in _UNDER_WAY}
    return show(request, visitor, "imports", imports=found, progress=far)


@router.get("/{id}")
def one(request: Request, id: str, visitor: Sees) -> Response:
    """One of them, and what could not be taken in."""
    with _catalog(request).read() as connection:
        found = _get(connection, id, visitor)
        far = _progress(connection, found)
        rows = import_rows.rows(connection, found, states=[RowState.PROBLEM], limit=PROBLEMS)
    left = None if far.seconds_left is None else timedelta(seconds=far.seconds_left)
    return show(request, visitor, "import", one=found, far=far, left=left, rows=rows, most=PROBLEMS)


@router.post("/{id}/{what}")
def change(
    request: Request, id: str, what: str, sent: Annotated[Posted, Depends(posted(Permission.IMPORT))]
) -> Response:
    """Pause, resume or cancel one; or try again what could not be taken in."""
    by = sent.visitor.caller.name
    with _catalog(request).write([imports.SCOPE]) as connection:
        found = _get(connection, id, sent.visitor)
        if what == "retry":
            import_rows.again(connection, found, by=by)
        elif what not in _TO:
            raise ProblemError(404, "not-found", "There is nothing at this address.")
        elif not imports.change(connection, found, _TO[what], by=by):
            raise ProblemError(409, "import-ended", "The import is at its end, or not there yet.")
    return RedirectResponse(f"/admin/imports/{id}", status_code=303)


def _get(connection: Connection, id: str, visitor: Visitor) -> Import:
    found = imports.get(connection, id, agency=visitor.caller.agency)
    if found is None:
        raise ProblemError(404, "not-found", "There is no such import.")
    return found


def _progress(connection: Connection, found: Import) -> Progress:
    return import_rows.progress(connection, found, datetime.now(UTC))


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog
