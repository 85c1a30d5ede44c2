"""Who looks at a page: somebody with an open session, or they are asked to sign in first."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from onecopy.service.auth import SESSION, Caller, in_session
from onecopy.service.problems import ProblemError
from onecopy.service.roles import MAY, Permission

CSRF = "csrf"
"""The field of every form that shows that it is from a page of this session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is signed in, and what their forms carry."""

    caller: Caller
    csrf: str

    def may(self, permission: Permission) -> bool:
        """Whether they may do something; templates ask, to show only what somebody can use."""
        return permission in MAY[self.caller.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A form that somebody sent when they could not, kept until they can."""

    action: str
    fields: Sequence[tuple[str, str]]


class SignInNeededError(ProblemError):
    """Nobody is signed in. What was sent, if anything, is kept for after the sign-in."""

    def __init__(self, kept: Kept | None = None) -> None:
        super().__init__(401, "unauthorized", "You are not signed in, or the session has ended. Sign in.")
        self.kept = kept


class SendAgainError(ProblemError):
    """A form of an earlier session: what was entered is shown again, to be sent from this one."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(403, "form-expired", "The form is from an earlier session. Load the page again.")
        self.kept = kept


def current(request: Request) -> Visitor | None:
    """Who is signed in, if anybody; looked up once a request."""
    if not hasattr(request.state, "visitor"):
        begin(request, request.cookies.get(SESSION))
    visitor: Visitor | None = request.state.visitor
    return visitor


def begin(request: Request, secret: str | None) -> None:
    """Answer a request for the session with this secret, if there is such a one."""
    caller = in_session(request.app.state.gate.catalog, secret) if secret else None
    if secret is None or caller is None:
        request.state.visitor = None
    else:
        csrf = hmac.digest(secret.encode(), b"a form of this session", "sha256").hex()
        request.state.visitor = Visitor(caller=caller, csrf=csrf)


def signed_in(request: Request) -> Visitor:
    """Who is signed in.

    Raises:
        SignInNeededError: Nobody is.
    """
    visitor = current(request)
    if visitor is None:
        raise SignInNeededError
    return visitor


def check(visitor: Visitor, permission: Permission) -> None:
    """See to it that somebody may do something.

    Raises:
        ProblemError: 403: they may not.
    """
    if not visitor.may(permission):
        raise ProblemError(403, "forbidden", f"The role '{visitor.caller.role}' may not {permission}.")


def may(permission: Permission) -> Callable[[Request], Visitor]:
    """A dependency: somebody who is signed in and may do something."""

    def allowed(request: Request) -> Visitor:
        visitor = signed_in(request)
        check(visitor, permission)
        return visitor

    return allowed


Looks = Annotated[Visitor, Depends(signed_in)]
