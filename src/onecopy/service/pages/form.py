"""Forms that pages send: bounded while they arrive, from this site alone, and of this session alone."""

import hmac
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from onecopy.service.arriving import bounded
from onecopy.service.auth import from_own_site
from onecopy.service.pages.visitor import (
    CSRF,
    Kept,
    SendAgainError,
    SignInNeededError,
    Visitor,
    check,
    current,
)
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

MOST = 256 << 10
"""Bytes of a form. The largest holds a policy."""
MOST_FIELDS = 2000


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form, in order; a name may be there more than once."""

    pairs: tuple[tuple[str, str], ...]

    def get(self, name: str, otherwise: str = "") -> str:
        """The first value of a field."""
        return next(self.all(name), otherwise)

    def all(self, name: str) -> Iterator[str]:
        """All values of a field."""
        return (value for key, value in self.pairs if key == name)

    def without(self, *names: str) -> tuple[tuple[str, str], ...]:
        """All but some."""
        return tuple(pair for pair in self.pairs if pair[0] not in names)


NOTHING = Fields(())
"""Of a form that nobody filled in yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A form that may be acted on, and who sent it."""

    visitor: Visitor
    fields: Fields


async def read(request: Request) -> Fields:
    """Read a form that was sent as forms are, from a page of this site.

    Raises:
        ProblemError: It is from elsewhere, too large, stalled, or none.
    """
    refuse_other_sites(request)
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise ProblemError(415, "not-a-form", "Send it as the form of the page does.")
    body = await bounded(request, MOST, f"The form is larger than {MOST:,} bytes. Nothing was done.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ProblemError(400, "malformed-form", "The form cannot be read. Nothing was done.") from None
    return Fields(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))


def posted(permission: Permission) -> Callable[[Request], Awaitable[Posted]]:
    """A dependency: a form of this session, sent by somebody who may do something.

    It raises :class:`SignInNeededError` if the session has ended, and :class:`SendAgainError` if the form is
    from another one; either keeps what was entered.
    """

    async def allowed(request: Request) -> Posted:
        fields = await read(request)
        visitor = await run_in_threadpool(current, request)
        action = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        kept = Kept(action=action, fields=fields.without(CSRF))
        if visitor is None:
            raise SignInNeededError(kept)
        if not same(fields.get(CSRF), visitor):
            raise SendAgainError(kept)
        check(visitor, permission)
        return Posted(visitor=visitor, fields=fields)

    return allowed


def refuse_other_sites(request: Request) -> None:
    """Let no form pass that a page of another site sent.

    Raises:
        ProblemError: 403 ``cross-site``. It says what to do where the service does not know its own address,
            behind a proxy: then its own forms are refused, too.
    """
    if not from_own_site(request):
        detail = (
            "The form was sent from another site. Nothing was done. If it was a page of this very service, "
            "whoever runs it sets ONECOPY_PUBLIC_URL to the address that browsers use."
        )
        raise ProblemError(403, "cross-site", detail)


def same(csrf: str, visitor: Visitor) -> bool:
    """Whether a form carries what the forms of this session carry."""
    return hmac.compare_digest(csrf.encode(), visitor.csrf.encode())
