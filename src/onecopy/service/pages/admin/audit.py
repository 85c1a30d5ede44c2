"""``/admin/audit``: who did what, searched; and proofs that nothing in the log was changed."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from onecopy.audit.check import Head
from onecopy.audit.event import Kind
from onecopy.audit.proof import consistency, grew, inclusion
from onecopy.catalog import events
from onecopy.catalog.leaves import Leaves
from onecopy.catalog.store import Catalog
from onecopy.service.api.disposition import attachment
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.times import midnight, no_days
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(prefix="/admin/audit", include_in_schema=False)

Sees = Annotated[Visitor, Depends(may(Permission.AUDIT))]
PAGE = 50
_LAST = 1 << 62


@router.get("")
def searched(
    request: Request,
    visitor: Sees,
    kind: str = Query("", max_length=40),
    text: str = Query("", max_length=200),
    since: str = Query("", max_length=10),
    until: str = Query("", max_length=10),
    before: int | None = Query(None, ge=0, lt=_LAST),
) -> Response:
    """Events, the newest first."""
    asked = {"kind": kind, "text": text.strip(), "since": since, "until": until}
    wanted = events.Wanted(
        agency=visitor.caller.agency,
        kind=kind or None,
        text=text.strip() or None,
        since=midnight(since),
        until=midnight(until, after=True),
        before=before,
    )
    wrong = no_days(asked)
    with _catalog(request).read() as connection:
        found, further = ([], None) if wrong else events.newest(connection, wanted, limit=PAGE)
        head = _head(connection)
    shown = [json.loads(line) for _, line in found]
    return show(
        request,
        visitor,
        "audit",
        events=shown,
        further=further,
        asked=asked,
        wrong=wrong,
        kinds=list(Kind),
        head=head,
        at=datetime.now(UTC),
        old="",
        old_root="",
        proof=None,
    )


@router.get("/grew")
def proven(
    request: Request,
    visitor: Sees,
    old: int = Query(..., ge=1, lt=_LAST),
    old_root: str = Query(..., max_length=80),
) -> Response:
    """Whether the log of an earlier root is the beginning of the log of now."""
    with _catalog(request).read() as connection:
        head = _head(connection)
        proof = _grew(request, connection, head, old, old_root.strip().lower())
    asked = {"kind": "", "text": "", "since": "", "until": ""}
    return show(
        request,
        visitor,
        "audit",
        events=[],
        further=None,
        asked=asked,
        wrong={},
        kinds=list(Kind),
        head=head,
        at=datetime.now(UTC),
        old=old,
        old_root=old_root,
        proof=proof,
    )


@router.get("/{position}")
def event(request: Request, position: int, visitor: Sees) -> Response:
    """One event, as it was hashed."""
    with _catalog(request).read() as connection:
        line = _line(connection, position, visitor)
        head, leaf = _head(connection), events.leaf(connection, position)
    pretty = json.dumps(json.loads(line), indent=2, ensure_ascii=False)
    return show(
        request, visitor, "event", event=json.loads(line), pretty=pretty, head=head, leaf=leaf, line=line
    )


@router.get("/{position}/proof")
def proof(request: Request, position: int, visitor: Sees) -> Response:
    """What proves that the event is in the log: for a program, as a file."""
    with _catalog(request).read() as connection:
        line = _line(connection, position, visitor)
        head, leaf = _head(connection), events.leaf(connection, position)
        path = inclusion(position, head.size, _subtree(request, connection))
    body: dict[str, Any] = {"position": position, "line": line, "leaf": leaf, "size": head.size}
    body |= {"root": head.root, "path": [one.hex() for one in path]}
    headers = {"Content-Disposition": attachment(f"onecopy-event-{position}-proof.json")}
    return JSONResponse(body, headers=headers)


def _grew(request: Request, connection: Connection, head: Head, old: int, old_root: str) -> dict[str, Any]:
    if old > head.size:
        return {"holds": False, "shorter": True, "path": []}
    path = consistency(old, head.size, _subtree(request, connection))
    holds = grew(old, old_root, head.size, head.root, path)
    return {"holds": holds, "shorter": False, "path": [one.hex() for one in path]}


def _subtree(request: Request, connection: Connection) -> Any:
    leaves: Leaves = request.app.state.leaves
    return lambda start, end: leaves.over(connection, start, end)


def _line(connection: Connection, position: int, visitor: Visitor) -> str:
    if not 0 <= position < _LAST:
        raise _none()
    found = events.lines(connection, agency=visitor.caller.agency, after=position - 1, limit=1)
    if not found or found[0][0] != position:
        raise _none()
    return found[0][1]


def _none() -> ProblemError:
    return ProblemError(404, "not-found", "There is no such event.")


def _head(connection: Connection) -> Head:
    head = events.head(connection)
    assert head is not None
    return head


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog
