"""``/admin/webhooks``: which addresses are told what happens, and whether they took it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import webhooks
from onecopy.catalog.store import Catalog
from onecopy.catalog.webhooks import Happened
from onecopy.errors import OnecopyError, UsageError
from onecopy.service.api.webhooks import NewWebhook, Wanted, made
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.form import NOTHING, Fields, Posted, posted
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(prefix="/admin/webhooks", include_in_schema=False)

Sent = Annotated[Posted, Depends(posted(Permission.TELL))]


@router.get("")
def listed(request: Request, visitor: Annotated[Visitor, Depends(may(Permission.WEBHOOKS))]) -> Response:
    """Those of the agency."""
    return _page(request, visitor)


@router.post("")
async def make(request: Request, sent: Sent) -> Response:
    """Have an address told what happens; its secret is shown this once."""
    try:
        new = await made(request, sent.visitor.caller, _wanted(sent))
    except (UsageError, ProblemError) as error:
        return await run_in_threadpool(_page, request, sent.visitor, entered=sent.fields, problem=error)
    return await run_in_threadpool(_page, request, sent.visitor, new=new)


@router.post("/{id}/delete")
def delete(request: Request, id: str, sent: Sent) -> Response:
    """Tell it nothing any more."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        webhooks.delete(connection, _get(connection, id, sent), by=sent.visitor.caller.name)
    return RedirectResponse("/admin/webhooks", status_code=303)


@router.post("/{id}/enable")
def enable(request: Request, id: str, sent: Sent) -> Response:
    """Tell it again, after it was switched off."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        webhooks.enable(connection, _get(connection, id, sent), by=sent.visitor.caller.name)
    return RedirectResponse("/admin/webhooks", status_code=303)


def _wanted(sent: Posted) -> Wanted:
    kinds = [Happened(kind) for kind in sent.fields.all("event") if kind in set(Happened)]
    if not kinds:
        raise UsageError("Choose what it is told of.")
    agency = sent.fields.get("agency").strip() if sent.visitor.caller.agency is None else None
    return Wanted(url=sent.fields.get("url").strip(), events=kinds, agency=agency)


def _get(connection: Connection, id: str, sent: Posted) -> webhooks.Webhook:
    one = webhooks.get(connection, id, agency=sent.visitor.caller.agency)
    if one is None:
        raise ProblemError(404, "not-found", "There is no such webhook.")
    return one


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog


def _page(
    request: Request,
    visitor: Visitor,
    *,
    entered: Fields = NOTHING,
    problem: OnecopyError | None = None,
    new: NewWebhook | None = None,
) -> Response:
    with _catalog(request).read() as connection:
        found = webhooks.listed(connection, agency=visitor.caller.agency)
    return show(
        request,
        visitor,
        "webhooks",
        status=422 if problem else 200,
        webhooks=found,
        entered=entered,
        chosen=set(entered.all("event")) if problem else set(Happened),
        problem=problem,
        new=new,
    )
