"""``/v1/sign-in``: people sign in through the agency's OpenID provider, and have a session then."""

import hmac
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import people, sessions
from onecopy.catalog.store import Catalog
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.attempt import Attempt
from onecopy.service.auth import SESSION, Known
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Role

if TYPE_CHECKING:
    from onecopy.service.oidc import Provider

router = APIRouter(prefix="/v1", tags=["people"])

LASTS = timedelta(hours=8)
"""How long a session does: a working day."""
_AWAY = "onecopy_sign_in"
_AWAY_SECONDS = 600
_LONGEST = 2048


class Me(BaseModel):
    """Who asks."""

    model_config = example({"name": "a@example.gov", "role": "reviewer", "agency": "fire"})
    name: str
    role: Role
    agency: str | None = Field(None, description="Whose they are; null for all agencies.")


@router.get("/me", response_model=Me, responses=problems(401, 503))
def me(caller: Known) -> Me:
    """Who the token or the session is."""
    return Me(name=caller.name, role=caller.role, agency=caller.agency)


@router.get("/sign-in", status_code=303, response_class=Response, responses=problems(404, 502, 503))
def sign_in(
    request: Request,
    back: str = Query("/v1/me", max_length=_LONGEST, description="Where to go then: a path of this service."),
) -> Response:
    """Send the browser to the provider."""
    provider, attempt = _provider(request), Attempt(back=own_path(back, "/v1/me"))
    reply = RedirectResponse(provider.address(attempt), status_code=303)
    set_cookie(request, reply, _AWAY, attempt.packed(), _AWAY_SECONDS, path="/v1/sign-in")
    return reply


@router.get(
    "/sign-in/callback",
    status_code=303,
    response_class=Response,
    responses=problems(401, 403, 404, 422, 502, 503),
)
def callback(
    request: Request,
    state: str = Query("", max_length=_LONGEST),
    code: str = Query("", max_length=_LONGEST),
    error: str = Query("", max_length=_LONGEST),
) -> Response:
    """Where the provider sends the browser back to: open a session."""
    provider, attempt = _provider(request), Attempt.unpacked(request.cookies.get(_AWAY, ""))
    if attempt is None or not hmac.compare_digest(state.encode(), attempt.state.encode()):
        raise ProblemError(401, "sign-in-refused", "This sign-in was not begun here, or too long ago.")
    if error or not code:
        raise ProblemError(401, "sign-in-refused", "The provider refused the sign-in. Try again.")
    identity = provider.redeem(code, attempt)
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        opened = people.sign_in(connection, subject=identity.subject, email=identity.email, lasts=LASTS)
    if opened is None:
        detail = "You are not among those who may sign in here. Ask your administrator."
        raise ProblemError(403, "not-invited", detail)
    reply = RedirectResponse(own_path(attempt.back, "/v1/me"), status_code=303)
    set_cookie(request, reply, SESSION, opened[1], int(LASTS.total_seconds()))
    reply.delete_cookie(_AWAY, path="/v1/sign-in")
    return reply


@router.post("/sign-out", status_code=204, response_class=Response, responses=problems(401, 403, 503))
def sign_out(request: Request, _: Known) -> Response:
    """End the session."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.write() as connection:
        sessions.close(connection, request.cookies.get(SESSION, ""))
    reply = Response(status_code=204)
    reply.delete_cookie(SESSION)
    return reply


def _provider(request: Request) -> "Provider":
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise ProblemError(404, "no-sign-in", "Nobody can sign in here: no provider is set up.")
    return provider


def set_cookie(
    request: Request, reply: Response, name: str, value: str, seconds: int, path: str = "/"
) -> None:
    """Give a browser a cookie that no script reads, and that other sites' forms do not send."""
    secure = str(request.app.state.public_url).startswith("https:")
    reply.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")


def own_path(path: str, otherwise: str) -> str:
    """A path of this service as it is; what leads elsewhere is replaced."""
    safe = re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", path)
    return path if safe else otherwise
