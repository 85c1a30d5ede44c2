"""``/readyz``: whether this process can take an upload in right now."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import JSONResponse

from onecopy.errors import OnecopyError
from onecopy.pipelines.gate import Gate
from onecopy.service.problems import problem

router = APIRouter(tags=["service"])


class Stopping:
    """Whether the service was told to end. What it took in is finished; nothing new should come."""

    def __init__(self) -> None:
        self.told = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note the signals that end the service, besides what is done about them anyway."""
        if threading.current_thread() is not threading.main_thread():
            yield  # inside of another program, which has signals of its own
            return
        before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

        def noted(number: int, frame: FrameType | None) -> None:
            self.told = True
            then = before[signal.Signals(number)]
            if callable(then):
                then(number, frame)

        for one in before:
            signal.signal(one, noted)
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


@router.get(
    "/readyz",
    summary="Whether it can take uploads in.",
    responses={
        200: {"description": "It can."},
        503: {
            "description": "It cannot now; `detail` says what is in the way.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
    },
)
def readyz(request: Request) -> JSONResponse:
    """Needs no token. The catalog and the vault were reached just now, and the service is not ending."""
    why = in_the_way(request.app.state.gate, request.app.state.stopping)
    if why is None:
        return JSONResponse({"status": "ready"})
    return problem(503, "not-ready", why, headers={"Retry-After": "2"})


def in_the_way(gate: Gate, stopping: Stopping) -> str | None:
    """What keeps a gate from taking uploads in, without a name or an address; ``None`` if nothing does."""
    if stopping.told:
        return "The service is stopping."
    try:
        with gate.catalog.read() as connection:
            connection.execute(text("SELECT 1"))
    except OnecopyError:
        return "The catalog cannot be reached."
    try:
        if not gate.vault.claims():
            return "The vault is not the one that was opened."
    except (OnecopyError, OSError):
        return "The vault cannot be reached."
    return None
