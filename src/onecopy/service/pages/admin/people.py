"""``/admin/people``: who may sign in through the agency's provider, and as what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import people
from onecopy.catalog.store import Catalog
from onecopy.errors import OnecopyError, UsageError
from onecopy.pipelines.gate.context import one_line
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.form import NOTHING, Fields, Posted, posted
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission, Role

router = APIRouter(prefix="/admin/people", include_in_schema=False)

Sent = Annotated[Posted, Depends(posted(Permission.GRANT))]


@router.get("")
def listed(request: Request, visitor: Annotated[Visitor, Depends(may(Permission.TOKENS))]) -> Response:
    """Those of the agency."""
    return _page(request, visitor)


@router.post("")
def add(request: Request, sent: Sent) -> Response:
    """Let somebody sign in."""
    catalog: Catalog = request.app.state.gate.catalog
    try:
        whose = _agency(sent)
        role = _role(sent.fields.get("role"))
        with catalog.write() as connection:
            people.add(
                connection,
                email=sent.fields.get("email"),
                role=role,
                agency=whose,
                by=sent.visitor.caller.name,
            )
    except (UsageError, ProblemError) as error:
        return _page(request, sent.visitor, entered=sent.fields, problem=error)
    return RedirectResponse("/admin/people", status_code=303)


@router.post("/remove")
def remove(request: Request, sent: Sent) -> Response:
    """Let somebody sign in no more; what they have open ends at once."""
    caller = sent.visitor.caller
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        if not people.remove(connection, sent.fields.get("email"), agency=caller.agency, by=caller.name):
            raise ProblemError(404, "not-found", "There is no such person.")
    return RedirectResponse("/admin/people", status_code=303)


def _agency(sent: Posted) -> str | None:
    """For whom: nobody gives more than they have."""
    caller = sent.visitor.caller
    if sent.fields.get("for") == "every":
        if caller.agency is not None:
            raise ProblemError(403, "other-agency", "You are of one agency, and cannot give all.")
        return None
    named = one_line("agency", sent.fields.get("agency"))
    return caller.sends_for(named if named or caller.agency is None else None)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise UsageError("Choose a role.") from None


def _page(
    request: Request,
    visitor: Visitor,
    *,
    entered: Fields = NOTHING,
    problem: OnecopyError | None = None,
) -> Response:
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        found = people.listed(connection, agency=visitor.caller.agency)
    return show(
        request,
        visitor,
        "people",
        status=422 if problem else 200,
        people=found,
        entered=entered,
        problem=problem,
        provider=request.app.state.provider is not None,
        roles=list(Role),
    )
