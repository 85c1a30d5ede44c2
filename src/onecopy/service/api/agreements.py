"""``/v1/agreements``: whose images another agency's uploads may match, and what that agency learns."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from onecopy.catalog import agreements
from onecopy.catalog.agreements import Reveals
from onecopy.catalog.store import Catalog
from onecopy.pipelines.gate.context import one_line
from onecopy.service.api.body import described, read
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.auth import AgreementMaker, AgreementReader, Caller
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1/agreements", tags=["agreements"])

_EXAMPLE: dict[str, Any] = {
    "id": "0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10",
    "holder": "fire",
    "seeker": "building",
    "reveals": "held-elsewhere",
    "made_at": "2026-05-03T09:12:44Z",
    "made_by": "fire administration",
    "ended_at": None,
    "ended_by": None,
}


class Agreement(BaseModel):
    """An agreement, in force or ended."""

    model_config = example(_EXAMPLE)
    id: str
    holder: str = Field(description="Whose images may be matched.")
    seeker: str = Field(description="Whose uploads may match them.")
    reveals: Reveals = Field(description="What the seeker learns of a match.")
    made_at: datetime
    made_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None


class Agreements(BaseModel):
    """Agreements, oldest first."""

    model_config = example({"agreements": [_EXAMPLE]})
    agreements: list[Agreement]


class Wanted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An agreement to make. ``holder`` may be left out by whoever has an agency."""

    seeker: str
    reveals: Reveals
    holder: str | None = None


@router.get("", response_model=Agreements, responses=problems(401, 403, 503))
def listed(request: Request, caller: AgreementReader) -> Agreements:
    """The agreements that the caller's agency is a side of, ended ones included."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        found = agreements.listed(connection, agency=caller.agency)
    return Agreements(agreements=[Agreement(**asdict(one)) for one in found])


@router.post(
    "",
    status_code=201,
    response_model=Agreement,
    openapi_extra=described(Wanted, {"seeker": "building", "reveals": "held-elsewhere"}),
    responses=problems(400, 401, 403, 413, 422, 503),
)
async def make(request: Request, caller: AgreementMaker) -> Agreement:
    """Let another agency's uploads match the images of this one. It takes the place of one before."""
    wanted = await read(request, Wanted)
    return await run_in_threadpool(agreed, request.app.state.gate.catalog, caller, wanted)


def agreed(catalog: Catalog, caller: Caller, wanted: Wanted) -> Agreement:
    """Make an agreement on behalf of somebody who may.

    Raises:
        ProblemError: 403: for another agency.
        UsageError: ``bad-agreement`` or ``bad-context``.
    """
    holder = caller.sends_for(None if wanted.holder is None else one_line("holder", wanted.holder))
    one = agreements.Agreement(
        holder=holder, seeker=one_line("seeker", wanted.seeker), reveals=wanted.reveals, made_by=caller.name
    )
    with catalog.write() as connection:
        agreements.make(connection, one)
    return Agreement(**asdict(one))


@router.delete("/{id}", status_code=204, responses=problems(401, 403, 404, 503))
def end(request: Request, id: str, caller: AgreementMaker) -> Response:
    """End an agreement of which the caller's agency is the holder."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        if not agreements.end(connection, id, holder=caller.agency, by=caller.name):
            raise ProblemError(404, "not-found", "There is no such agreement.")
    return Response(status_code=204)
