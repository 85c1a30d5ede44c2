"""What is known of every request: its id, how it ended, how long it took; logged and counted once each."""

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onecopy.service import metrics
from onecopy.service.rate import Left

HEADER = "X-Request-Id"
_ID = re.compile(r"[\w.:+/=@-]{1,128}", re.ASCII)
_QUIET = {"/healthz", "/readyz", "/metrics"}
"""What machines ask every few seconds is logged at ``debug``."""
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_UNKNOWN = "unknown"
"""Of addresses and methods that are none of ours: what somebody made up must not become a label."""

log = structlog.get_logger("onecopy.service")


class Requests:
    """ASGI middleware. The id is what the client sends in ``X-Request-Id`` if that is fit, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and say what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if _ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=name)
        begun, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update({HEADER: name} | _rate(scope))
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            _note(scope, status, time.perf_counter() - begun)


def _rate(scope: Scope) -> dict[str, str]:
    left: Left | None = scope.get("state", {}).get("rate")
    return {} if left is None else left.headers()


def _note(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
    route = getattr(scope.get("route"), "path_format", None) or _UNKNOWN
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.REQUEST_SECONDS.labels(method, route).observe(seconds)
    say = log.debug if route in _QUIET else log.info
    say("request", method=method, route=route, status=int(status), ms=round(seconds * 1000, 1))


def request_id() -> dict[str, str]:
    """The header that names the request under way, for an answer that does not pass the middleware."""
    name = structlog.contextvars.get_contextvars().get("request_id")
    return {HEADER: str(name)} if name else {}
