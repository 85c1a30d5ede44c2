"""Answers that are given before a body was read: the connection stays open until the client has read them.

A server that closes a connection on which bytes wait resets it, and many a client then never sees the answer.
So the answer is sent whole, what still comes is read and dropped for a moment, and only then is the answer
said to have ended.
"""

import time
from collections.abc import Callable

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES = 64 << 20
"""How much is read and dropped, at most."""
SECONDS = 5.0
"""For how long, at most."""


class Linger:
    """ASGI middleware. A client that waits for leave to send ("100-continue") is not made to send."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; hold back the end of an answer that came before the body's."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or _waits(scope):
            await self.app(scope, receive, send)
            return
        left_to_read = True

        async def noting() -> Message:
            nonlocal left_to_read
            message = await receive()
            left_to_read = message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def held_back(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (last and left_to_read):
                await send(message)
                return
            await send({**message, "more_body": True})
            await _drop(noting, lambda: left_to_read)
            await send({"type": "http.response.body", "body": b""})

        await self.app(scope, noting, held_back)


def _waits(scope: Scope) -> bool:
    return any(name == b"expect" for name, _ in scope["headers"])


async def _drop(receive: Receive, left_to_read: Callable[[], bool]) -> None:
    end, read = time.monotonic() + SECONDS, 0
    while left_to_read() and read < BYTES and (left := end - time.monotonic()) > 0:
        with anyio.move_on_after(left):
            try:
                read += len((await receive()).get("body", b""))
            except RuntimeError:
                return
