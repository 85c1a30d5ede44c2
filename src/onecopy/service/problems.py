"""Everything that goes wrong, as ``application/problem+json`` (RFC 9457) with a stable ``code``."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from onecopy.errors import EnvironmentProblem, OnecopyError, UnreadableError, UsageError
from onecopy.review.model import Refused
from onecopy.service.headers import SECURITY_HEADERS
from onecopy.service.requests import request_id

log = structlog.get_logger(__name__)

_CODES = {404: "not-found", 405: "method-not-allowed"}
_REFUSED = {
    "not-found": 404,
    "same-reviewer": 403,
    "needs-officer": 403,
    "bad-answer": 422,
    "bad-cursor": 422,
    "no-offer": 404,
}
_STATUS = {"too-large": 413, "vanished": 410, "disk-full": 507}


class ProblemError(OnecopyError):
    """A request that is answered with a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail, code=code)
        self.status = status
        self.headers = dict(headers or {})
        self.members = members


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """A problem as a response. ``code`` is for programs, ``detail`` for people."""
    return JSONResponse(
        problem_body(status, code, detail, members or {}),
        status_code=status,
        headers=SECURITY_HEADERS | dict(headers or {}),
        media_type="application/problem+json",
    )


def problem_body(status: int, code: str, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """What a problem says."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return body | {"code": code, "detail": detail} | dict(members)


class NoZeros:
    """ASGI middleware that refuses zero characters in an address: no name has them, and no database."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            refused = problem(400, "invalid-request", "The address has a zero character in it.")
            await refused(scope, receive, send)
        else:
            await self.app(scope, receive, send)


Handler = Callable[[Request, Exception], Response]


def install(app: FastAPI, show: Callable[[Handler], Handler] = lambda handler: handler) -> None:
    """Answer every error of ``app`` with a problem.

    Args:
        app: The application.
        show: Wraps each handler, where people are to see something else than programs do.
    """
    app.add_exception_handler(OnecopyError, show(_onecopy))
    app.add_exception_handler(HTTPException, show(_http))
    app.add_exception_handler(RequestValidationError, show(_validation))
    app.add_exception_handler(Exception, show(_unexpected))


def _onecopy(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OnecopyError)
    if isinstance(error, ProblemError):
        return problem(error.status, error.code, error.message, headers=error.headers, members=error.members)
    if isinstance(error, Refused):
        return problem(_REFUSED.get(error.code, 409), error.code, error.message)
    if isinstance(error, UsageError):
        return problem(422, error.code, error.message)
    if isinstance(error, UnreadableError) and error.code in _STATUS:
        return problem(_STATUS[error.code], error.code, error.message)
    if isinstance(error, EnvironmentProblem):
        return _environment(error)
    return _unexpected(_, error)


def _environment(error: EnvironmentProblem) -> JSONResponse:
    # Ours to mend. The message may name folders and addresses: those are for the log alone.
    log.error(error.message, code=error.code)
    if error.code == "disk-full":
        detail = "The service has no room left. Nothing was taken in; send it again later."
        return problem(507, "disk-full", detail)
    detail = "The service cannot reach its storage. Nothing was taken in; send it again."
    return problem(503, "unavailable", detail, headers={"Retry-After": "5"})


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "-"))
    detail = {
        404: "There is nothing at this address.",
        405: "This address does not take that method.",
    }.get(error.status_code, str(error.detail))
    return problem(error.status_code, code, detail, headers=error.headers)


def _validation(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"at": [str(step) for step in one["loc"]], "message": one["msg"]} for one in error.errors()]
    return problem(422, "invalid-request", "The request does not fit the API.", members={"errors": errors})


def _unexpected(_: Request, error: Exception) -> JSONResponse:
    log.error("a request failed", exc_info=error)
    detail = "Something went wrong here; it was logged. Send it again later."
    return problem(500, "internal-error", detail, headers=request_id())
