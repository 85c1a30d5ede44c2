"""``/admin/tokens``: who may ask. A token is on one page only: that which answers its making."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import tokens
from onecopy.catalog.store import Catalog
from onecopy.errors import OnecopyError, UsageError
from onecopy.service.api.tokens import DAYS, Wanted, made
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.form import NOTHING, Fields, Posted, posted
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission, Role

router = APIRouter(prefix="/admin/tokens", include_in_schema=False)

Sent = Annotated[Posted, Depends(posted(Permission.GRANT))]
LONGEST_DAYS = 3650


@router.get("")
def listed(request: Request, visitor: Annotated[Visitor, Depends(may(Permission.TOKENS))]) -> Response:
    """All tokens of the agency, those that ended included."""
    return _page(request, visitor)


@router.post("")
def make(request: Request, sent: Sent) -> Response:
    """Make a token, and show it this once."""
    catalog: Catalog = request.app.state.gate.catalog
    try:
        new = made(catalog, sent.visitor.caller, _wanted(sent.fields))
    except (UsageError, ProblemError) as error:
        return _page(request, sent.visitor, entered=sent.fields, problem=error)
    return _page(request, sent.visitor, new=new)


@router.post("/{id}/revoke")
def revoke(request: Request, id: str, sent: Sent) -> Response:
    """End a token at once, and the sessions that somebody signed in with it."""
    caller = sent.visitor.caller
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        if not tokens.revoke(connection, id, agency=caller.agency, by=caller.name):
            raise ProblemError(404, "not-found", "There is no such token.")
    return RedirectResponse("/admin/tokens", status_code=303)


def _wanted(fields: Fields) -> Wanted:
    try:
        role, days = Role(fields.get("role")), int(fields.get("days") or DAYS)
    except ValueError:
        raise UsageError("Choose a role, and a whole number of days.") from None
    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError(f"A token holds from 1 to {LONGEST_DAYS:,} days.")
    every = fields.get("for") == "every"
    agency = None if every else fields.get("agency").strip()
    return Wanted(name=fields.get("name"), role=role, agency=agency or None, every_agency=every, days=days)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    entered: Fields = NOTHING,
    problem: OnecopyError | None = None,
    new: Any = None,
) -> Response:
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        found = tokens.listed(connection, agency=visitor.caller.agency)
    return show(
        request,
        visitor,
        "tokens",
        status=422 if problem else 200,
        tokens=found[::-1],
        now=datetime.now(UTC),
        entered=entered,
        problem=problem,
        new=new,
        days=DAYS,
        roles=list(Role),
    )
