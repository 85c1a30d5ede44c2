"""``/v1/tokens``: who may ask. A token is in one reply only: that which made it."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from onecopy.catalog import tokens
from onecopy.catalog.store import Catalog
from onecopy.pipelines.gate.context import one_line
from onecopy.service.api.body import described, read
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.auth import Caller, Granter, TokenReader
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Role

router = APIRouter(prefix="/v1/tokens", tags=["tokens"])

DAYS = 365
"""How long a token holds unless it is said."""

_EXAMPLE: dict[str, Any] = {
    "id": "5f1c4a569a53",
    "name": "permit portal",
    "role": "uploader",
    "agency": "building",
    "created_at": "2026-05-03T09:12:44Z",
    "created_by": "admin",
    "expires_at": "2027-05-03T09:12:44Z",
    "revoked_at": None,
}


class Token(BaseModel):
    """A token, but not itself."""

    model_config = example(_EXAMPLE)
    id: str
    name: str
    role: Role
    agency: str | None = Field(None, description="Whose it is; null for all agencies.")
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class NewToken(Token):
    """A token, itself included, this once."""

    model_config = example(_EXAMPLE | {"token": "onecopy_…"})
    token: str


class Tokens(BaseModel):
    """Tokens, oldest first; those that ended included."""

    model_config = example({"tokens": [_EXAMPLE]})
    tokens: list[Token]


class Wanted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A token to make. ``agency`` may be left out by whoever has one."""

    name: str
    role: Role
    agency: str | None = None
    every_agency: bool = False
    days: Annotated[int, Meta(ge=1, le=3650)] = DAYS


@router.get("", response_model=Tokens, responses=problems(401, 403, 503))
def listed(request: Request, caller: TokenReader) -> Tokens:
    """The tokens of the caller's agency."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        found = tokens.listed(connection, agency=caller.agency)
    return Tokens(tokens=[Token(**asdict(one)) for one in found])


@router.post(
    "",
    status_code=201,
    response_model=NewToken,
    openapi_extra=described(Wanted, {"name": "permit portal", "role": "uploader", "agency": "building"}),
    responses=problems(400, 401, 403, 413, 422, 503),
)
async def create(request: Request, caller: Granter) -> NewToken:
    """Make a token. Keep it from the reply: it is shown this once."""
    wanted = await read(request, Wanted)
    return await run_in_threadpool(made, request.app.state.gate.catalog, caller, wanted)


def made(catalog: Catalog, caller: Caller, wanted: Wanted) -> NewToken:
    """Make a token on behalf of somebody who may.

    Raises:
        ProblemError: 403: for another agency; 422: it has no name.
        UsageError: ``name-taken`` or ``bad-context``.
    """
    agency = _agency(caller, wanted)
    name = one_line("name", wanted.name)
    if not name:
        raise ProblemError(422, "bad-context", "The field 'name' is empty. Say what the token is for.")
    expires_at = datetime.now(UTC) + timedelta(days=wanted.days)
    with catalog.write() as connection:
        one, secret = tokens.create(
            connection,
            name=name,
            role=str(wanted.role),
            agency=agency,
            by=caller.name,
            expires_at=expires_at,
        )
    return NewToken(**asdict(one), token=secret)


def _agency(caller: Caller, wanted: Wanted) -> str | None:
    """For whom the token is: nobody gives more than they have."""
    if wanted.every_agency:
        if caller.agency is not None:
            raise ProblemError(403, "other-agency", "The token is one agency's, and cannot give all.")
        return None
    return caller.sends_for(None if wanted.agency is None else one_line("agency", wanted.agency))


@router.delete("/{id}", status_code=204, responses=problems(401, 403, 404, 503))
def revoke(request: Request, id: str, caller: Granter) -> Response:
    """End a token at once."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        if not tokens.revoke(connection, id, agency=caller.agency, by=caller.name):
            raise ProblemError(404, "not-found", "There is no such token.")
    return Response(status_code=204)
