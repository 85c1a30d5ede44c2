"""``/admin/agreements``: agencies, and whose images another agency's uploads may match."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import agreements, arrivals
from onecopy.catalog.agreements import Reveals
from onecopy.catalog.store import Catalog
from onecopy.errors import OnecopyError, UsageError
from onecopy.service.api.agreements import Wanted, agreed
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.form import NOTHING, Fields, Posted, posted
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.pages.words import N_
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(prefix="/admin/agreements", include_in_schema=False)

Sent = Annotated[Posted, Depends(posted(Permission.AGREE))]
REVEALS = {
    Reveals.NOTHING: N_("Nothing. Its uploads are not compared; the agreement is on record."),
    Reveals.HELD_ELSEWHERE: N_("That some agency holds such a picture; not which, nor where."),
    Reveals.OCCURRENCE: N_("The agency, case, name and digest. The picture itself stays with its holder."),
}


@router.get("")
def listed(request: Request, visitor: Annotated[Visitor, Depends(may(Permission.AGREEMENTS))]) -> Response:
    """Those that the agency is a side of."""
    return _page(request, visitor)


@router.post("")
def make(request: Request, sent: Sent) -> Response:
    """Let another agency's uploads match the images of this one."""
    catalog: Catalog = request.app.state.gate.catalog
    fields, caller = sent.fields, sent.visitor.caller
    try:
        if fields.get("reveals") not in set(Reveals) or not fields.get("seeker").strip():
            raise UsageError("Name the other agency, and choose what it learns.")
        holder = fields.get("holder").strip() or caller.agency
        wanted = Wanted(seeker=fields.get("seeker"), reveals=Reveals(fields.get("reveals")), holder=holder)
        agreed(catalog, caller, wanted)
    except (UsageError, ProblemError) as error:
        return _page(request, sent.visitor, entered=fields, problem=error)
    return RedirectResponse("/admin/agreements", status_code=303)


@router.post("/{id}/end")
def end(request: Request, id: str, sent: Sent) -> Response:
    """End an agreement of which the agency is the holder."""
    caller = sent.visitor.caller
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        if not agreements.end(connection, id, holder=caller.agency, by=caller.name):
            raise ProblemError(404, "not-found", "There is no such agreement.")
    return RedirectResponse("/admin/agreements", status_code=303)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    entered: Fields = NOTHING,
    problem: OnecopyError | None = None,
) -> Response:
    catalog: Catalog = request.app.state.gate.catalog
    agency = visitor.caller.agency
    with catalog.read() as connection:
        found = agreements.listed(connection, agency=agency)
        known = arrivals.agencies(connection) if agency is None else []
    return show(
        request,
        visitor,
        "agreements",
        status=422 if problem else 200,
        in_force=[one for one in found if one.ended_at is None],
        ended=[one for one in found if one.ended_at is not None][::-1],
        agencies=known,
        entered=entered,
        problem=problem,
        REVEALS=REVEALS,
    )
