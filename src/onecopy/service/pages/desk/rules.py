"""``/queue/rules``: rules that follow from what people answered, with what each would have done."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from onecopy.errors import UsageError
from onecopy.pipelines.gate import Gate
from onecopy.policy.replay import Tried
from onecopy.review import offers
from onecopy.review.offers import Offer
from onecopy.service.pages.desk.choices import NAMES
from onecopy.service.pages.desk.queue import Reader
from onecopy.service.pages.form import Posted, posted
from onecopy.service.pages.names import ACTIONS, RELATIONS
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(prefix="/queue/rules", include_in_schema=False)

Officer = Annotated[Posted, Depends(posted(Permission.RULES))]
MOST = 10
"""Offers on the page, each with its trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An offer, and what the policy with it would have done with past uploads."""

    offer: Offer
    tried: Tried


@router.get("")
def listed(request: Request, visitor: Reader) -> Response:
    """What is offered, by how much work it would save."""
    return _page(request, visitor)


@router.post("/{id}")
async def adopt(request: Request, id: str, sent: Officer) -> Response:
    """Turn an offer into policy: it comes before all other rules."""
    return await run_in_threadpool(_adopt, request, id, sent)


def _adopt(request: Request, id: str, sent: Posted) -> Response:
    gate: Gate = request.app.state.gate
    caller = sent.visitor.caller
    policy = gate.policies.now()
    with gate.catalog.read() as connection:
        found = offers.offers(connection, policy, agency=caller.agency)
    offer = next((one for one in found if one.id == id), None)
    if offer is None:
        detail = "This rule is no longer offered: somebody answered otherwise, or it holds already."
        raise ProblemError(404, "not-found", detail)
    try:
        gate.policies.change(offers.with_rule(policy, offer), actor=caller.name)
    except UsageError as error:
        return _page(request, sent.visitor, refused=error.message)
    return RedirectResponse("/queue/rules?adopted=1", status_code=303)


def _page(request: Request, visitor: Visitor, *, refused: str = "") -> Response:
    gate: Gate = request.app.state.gate
    policy = gate.policies.now()
    with gate.catalog.read() as connection:
        found = offers.offers(connection, policy, agency=visitor.caller.agency)
        shown = [Shown(offer=one, tried=offers.tried(connection, policy, one)) for one in found[:MOST]]
    return page(
        request,
        "rules.html",
        status=409 if refused else 200,
        shown=shown,
        refused=refused,
        adopted="adopted" in request.query_params,
        decides=visitor.may(Permission.RULES),
        NAMES=NAMES,
        ACTIONS=ACTIONS,
        RELATIONS=RELATIONS,
    )
