"""Signing in and out, and going on with what was entered when a session ended."""

from datetime import UTC, datetime

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events, sessions, tokens
from onecopy.catalog.store import Catalog
from onecopy.service.api.people import LASTS, own_path, set_cookie
from onecopy.service.auth import SESSION
from onecopy.service.pages import navigation
from onecopy.service.pages.form import Fields, read, same
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import CSRF, Kept, Looks, SignInNeededError, begin, current
from onecopy.service.pages.words import N_

router = APIRouter(include_in_schema=False)

KEPT = "kept."
"""Before the name of a field that is kept through a sign-in."""
_LONGEST = 2048


@router.get("/")
def first(visitor: Looks) -> Response:
    """Where the work is, for whoever it is."""
    return RedirectResponse(navigation.entries(visitor.caller)[0].path, status_code=303)


@router.get("/sign-in")
def sign_in(request: Request, next: str = Query("/", max_length=_LONGEST)) -> Response:
    """The page to sign in on."""
    if current(request) is not None:
        return RedirectResponse(own_path(next, "/"), status_code=303)
    return ask(request, wanted=next)


@router.post("/sign-in")
async def enter(request: Request) -> Response:
    """Sign in with a token."""
    return await run_in_threadpool(_enter, request, await read(request))


@router.post("/continue")
async def go_on(request: Request) -> Response:
    """Offer what was entered again, once somebody is signed in."""
    return await run_in_threadpool(_go_on, request, await read(request))


@router.post("/sign-out")
async def leave(request: Request) -> Response:
    """End the session."""
    return await run_in_threadpool(_leave, request, await read(request))


def ask(
    request: Request,
    *,
    wanted: str = "/",
    kept: Kept | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    """The page to sign in on, with what to go on to: an address, or a form that was kept."""
    return page(
        request,
        "sign_in.html",
        status=status,
        wanted=own_path(wanted, "/"),
        kept=kept,
        problem=problem,
        provider=request.app.state.provider is not None,
        minutes=int(sessions.IDLE.total_seconds() // 60),
    )


def _enter(request: Request, fields: Fields) -> Response:
    kept, wanted = _kept(fields), own_path(fields.get("next", "/"), "/")
    secret = _open(request.app.state.gate.catalog, fields.get("token").strip())
    if secret is None:
        problem = N_("That token is not valid: it was mistyped, has expired or was revoked.")
        return ask(request, wanted=wanted, kept=kept, problem=problem, status=401)
    if kept is None:
        reply: Response = RedirectResponse(wanted, status_code=303)
    else:
        begin(request, secret)  # the form that is offered is one of the new session
        reply = page(request, "continue.html", kept=kept, again=False)
    set_cookie(request, reply, SESSION, secret, int(LASTS.total_seconds()))
    return reply


def _open(catalog: Catalog, secret: str) -> str | None:
    """A session of a token; ``None`` if that is not valid."""
    with catalog.read() as connection:
        token = tokens.by_secret(connection, secret)
    now = datetime.now(UTC)
    if token is None or not token.valid(now):
        return None
    lasts = LASTS if token.expires_at is None else min(LASTS, token.expires_at - now)
    event = Event(
        kind=Kind.SIGNED_IN,
        actor=token.name,
        agency=token.agency,
        details={"role": token.role, "everyAgency": token.agency is None},
        objects=(("token", token.id),),
    )
    with catalog.write(["sessions"]) as connection:
        opened = sessions.open_session(connection, lasts=lasts, token_id=token.id)
        events.append(connection, event)
    return opened


def _go_on(request: Request, fields: Fields) -> Response:
    kept = _kept(fields)
    if kept is None:
        return RedirectResponse("/", status_code=303)
    if current(request) is None:
        raise SignInNeededError(kept)
    return page(request, "continue.html", kept=kept, again=False)


def _kept(fields: Fields) -> Kept | None:
    action = own_path(fields.get("action"), "")
    if not action:
        return None
    pairs = [(n.removeprefix(KEPT), v) for n, v in fields.pairs if n.startswith(KEPT)]
    return Kept(action=action, fields=pairs)


def _leave(request: Request, fields: Fields) -> Response:
    visitor = current(request)
    reply = RedirectResponse("/sign-in", status_code=303)
    if visitor is not None and same(fields.get(CSRF), visitor):
        catalog: Catalog = request.app.state.gate.catalog
        with catalog.write(["sessions"]) as connection:
            sessions.close(connection, request.cookies[SESSION])
    reply.delete_cookie(SESSION)
    return reply
