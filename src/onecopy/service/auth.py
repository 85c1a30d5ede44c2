"""Who may ask: bearer tokens, each with a role and for one agency or all (:mod:`onecopy.catalog.tokens`)."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from onecopy.catalog import sessions, tokens
from onecopy.catalog.store import Catalog
from onecopy.errors import EnvironmentProblem, UsageError
from onecopy.review.model import Reviewer
from onecopy.service import metrics
from onecopy.service.problems import ProblemError
from onecopy.service.rate import Rate
from onecopy.service.roles import MAY, Permission, Role

SHORTEST = 16
"""Characters a token must have that somebody chose."""

SESSION = "onecopy_session"
"""The cookie of somebody who signed in."""

_scheme = HTTPBearer(auto_error=False, description="A token; see: onecopy token create.")


def set_up_token(catalog: Catalog, chosen: str | None) -> str | None:
    """See to it that there is a token of an administrator of all agencies.

    Args:
        catalog: Where its digest is kept.
        chosen: A token from the settings. It replaces what was there.

    Returns:
        A new token, to be shown this once; ``None`` if there was one or one was chosen.

    Raises:
        UsageError: The chosen one is too short to be safe, or another's.
    """
    if chosen is not None and len(chosen) < SHORTEST:
        raise UsageError(f"ONECOPY_ADMIN_TOKEN is shorter than {SHORTEST} characters. Choose a longer one.")
    role = str(Role.ADMINISTRATOR)
    with catalog.write() as connection:
        if chosen is not None:
            tokens.choose_first(connection, chosen, role=role, by="ONECOPY_ADMIN_TOKEN")
            return None
        if tokens.get(connection, tokens.FIRST) is not None:
            return None
        name = tokens.FIRST
        _, secret = tokens.create(
            connection, name=name, id=name, role=role, agency=None, by="the first start"
        )
        return secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks.

    Attributes:
        name: As the audit log and occurrences call it.
        role: What it is.
        agency: For whom it asks; ``None`` for all agencies.
        is_person: Or a token.
    """

    name: str
    role: Role
    agency: str | None
    is_person: bool = False

    @property
    def id(self) -> str:
        """What tells it from all others."""
        return f"{'person' if self.is_person else 'token'} {self.name}"

    def sends_for(self, agency: str | None) -> str:
        """For which agency an upload is, if its form names one or none.

        Raises:
            ProblemError: 403: it is another's.
        """
        if self.agency is None or agency is None or agency == self.agency:
            return (agency if agency is not None else self.agency) or ""
        raise ProblemError(403, "other-agency", "The token is another agency's. Leave 'agency' out.")


def require_token(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]
) -> Caller:
    """Let a request pass that carries a token which holds, or the session of somebody who signed in.

    Raises:
        ProblemError: 401; 429; or 403, for a session that is used from another site.
    """
    catalog: Catalog = request.app.state.gate.catalog
    if given is None and SESSION in request.cookies:
        return _signed_in(request, catalog, request.cookies[SESSION])
    if given is None:
        raise _unauthorized("The request carries no valid token. Send 'Authorization: Bearer <token>'.")
    with catalog.read() as connection:
        token = tokens.by_secret(connection, given.credentials)
    if token is None:
        raise _unauthorized("The request carries no valid token. Send 'Authorization: Bearer <token>'.")
    if not token.valid(datetime.now(UTC)):
        raise _unauthorized("The token has expired or was revoked. Ask your administrator for a new one.")
    return _counted(request, Caller(name=token.name, role=Role(token.role), agency=token.agency))


def _counted(request: Request, caller: Caller) -> Caller:
    """Whoever asks, counted; what is left of their minute goes into the answer's headers.

    Raises:
        ProblemError: 429.
    """
    rate: Rate = request.app.state.rate
    left = request.state.rate = rate.take(caller.name)
    if left is not None and not left.taken:
        metrics.REFUSED.labels("rate").inc()
        detail = f"More than {left.most:,} requests came in a minute. Try again in {left.seconds} seconds."
        raise ProblemError(429, code="too-many-requests", detail=detail)
    return caller


def _signed_in(request: Request, catalog: Catalog, secret: str) -> Caller:
    """Whose session it is. Browsers send cookies along whoever asks, so the asking site is looked at, too."""
    caller = in_session(catalog, secret)
    if caller is None:
        raise _unauthorized("The session has ended. Sign in again, at /v1/sign-in.")
    if request.scope["method"] != "GET" and not from_own_site(request):
        raise ProblemError(403, "cross-site", "A session changes things only from its own site.")
    return _counted(request, caller)


def in_session(catalog: Catalog, secret: str) -> Caller | None:
    """Whose open session it is, which is thereby used; ``None`` if it has ended."""
    with catalog.read() as connection:
        session = sessions.get(connection, secret)
    if session is None:
        return None
    if session.wants_touch(datetime.now(UTC)):
        # A catalog that is busy now lets it be noted at the next look.
        with contextlib.suppress(EnvironmentProblem), catalog.write(["sessions"]) as connection:
            sessions.touch(connection, secret)
    return Caller(
        name=session.name,
        role=Role(session.role),
        agency=session.agency,
        is_person=session.is_person,
    )


def from_own_site(request: Request) -> bool:
    """Whether a page of this service asks, as browsers say: under its public address, or that asked at."""
    public = urlsplit(request.app.state.public_url)
    own = {f"{public.scheme}://{host}" for host in (public.netloc, request.headers.get("host"))}
    return request.headers.get("origin") in own


def reviewer(caller: Caller) -> Reviewer:
    """Who asks, as the review layer knows them."""
    return Reviewer(name=caller.name, agency=caller.agency, officer=Permission.RULES in MAY[caller.role])


def _unauthorized(detail: str) -> ProblemError:
    return ProblemError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})


def _needs(permission: Permission) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: Annotated[Caller, Depends(require_token)]) -> Caller:  # asks nobody: no thread
        if permission not in MAY[caller.role]:
            raise ProblemError(403, "forbidden", f"The role '{caller.role}' may not {permission}.")
        return caller

    return allowed


Known = Annotated[Caller, Depends(require_token)]
Sender = Annotated[Caller, Depends(_needs(Permission.SEND))]
Reader = Annotated[Caller, Depends(_needs(Permission.READ))]
ContentReader = Annotated[Caller, Depends(_needs(Permission.CONTENT))]
Deleter = Annotated[Caller, Depends(_needs(Permission.DELETE))]
PolicyReader = Annotated[Caller, Depends(_needs(Permission.POLICY))]
AuditReader = Annotated[Caller, Depends(_needs(Permission.AUDIT))]
AgreementReader = Annotated[Caller, Depends(_needs(Permission.AGREEMENTS))]
AgreementMaker = Annotated[Caller, Depends(_needs(Permission.AGREE))]
TokenReader = Annotated[Caller, Depends(_needs(Permission.TOKENS))]
QuestionReader = Annotated[Caller, Depends(_needs(Permission.QUESTIONS))]
Reviewing = Annotated[Caller, Depends(_needs(Permission.REVIEW))]
Officer = Annotated[Caller, Depends(_needs(Permission.RULES))]
Watcher = Annotated[Caller, Depends(_needs(Permission.WATCH))]
Granter = Annotated[Caller, Depends(_needs(Permission.GRANT))]
WebhookReader = Annotated[Caller, Depends(_needs(Permission.WEBHOOKS))]
WebhookMaker = Annotated[Caller, Depends(_needs(Permission.TELL))]
ArchiveImporter = Annotated[Caller, Depends(_needs(Permission.IMPORT))]
