"""Bodies while they arrive: a client that sends nothing for too long must not hold anything up."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.requests import ClientDisconnect

from onecopy.service.problems import ProblemError


async def chunks(request: Request) -> AsyncIterator[bytes]:
    """A body as it comes.

    Raises:
        ProblemError: 408 ``stalled``: nothing came for as long as the settings allow; or 400 ``interrupted``:
            the client went away.
    """
    seconds: float = request.app.state.settings.idle_seconds
    body, now = request.stream(), asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(None) as patience:  # one for all pieces, which are small and many
            while True:
                patience.reschedule(now() + seconds)
                try:
                    chunk = await anext(body)
                except StopAsyncIteration:
                    return
                patience.reschedule(None)
                yield chunk
    except TimeoutError:
        detail = f"Nothing came for {seconds:g} seconds, so the request was dropped. Send it again."
        raise ProblemError(408, "stalled", detail, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise ProblemError(400, "interrupted", "The request was interrupted. Send it again.") from None


async def bounded(request: Request, most: int, too_large: str) -> bytes:
    """A whole body, if it is small.

    Args:
        request: Whose.
        most: Bytes.
        too_large: What to say of one that is larger.

    Raises:
        ProblemError: 413; or as for :func:`chunks`.
    """
    body = bytearray()
    async for chunk in chunks(request):
        body += chunk
        if len(body) > most:
            raise ProblemError(413, "too-large", too_large)
    return bytes(body)
