"""The client for programs that wait with ``await``: the same methods, each in a thread."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from onecopy.client.client import Client

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(
    method: Callable[Concatenate[Client, P], T],
) -> Callable[Concatenate["AsyncClient", P], Awaitable[T]]:
    async def call(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(method, self.client, *args, **kwargs)

    functools.update_wrapper(call, method)
    return call


def _iterated(
    method: Callable[Concatenate[Client, P], Iterator[T]],
) -> Callable[Concatenate["AsyncClient", P], AsyncIterator[T]]:
    async def call(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        found = method(self.client, *args, **kwargs)
        end: Any = object()
        while (one := await asyncio.to_thread(next, found, end)) is not end:
            yield one

    functools.update_wrapper(call, method)
    return call


class AsyncClient:
    """As :class:`~onecopy.client.client.Client`, to be awaited; lists are for ``async for``.

    Args:
        url: Of the service.
        token: Of the portal.
        **how: As for the other client.
    """

    def __init__(self, url: str, token: str, **how: Any) -> None:
        self.client = Client(url, token, **how)

    upload = _awaited(Client.upload)
    check = _awaited(Client.check)
    check_digest = _awaited(Client.check_digest)
    occurrence = _awaited(Client.occurrence)
    delete = _awaited(Client.delete)
    matches = _awaited(Client.matches)
    case = _awaited(Client.case)
    content = _awaited(Client.content)
    download = _awaited(Client.download)
    occurrences = _iterated(Client.occurrences)
    cases = _iterated(Client.cases)
    create_import = _awaited(Client.create_import)
    get_import = _awaited(Client.get_import)
    imports = _iterated(Client.imports)
    import_rows = _iterated(Client.import_rows)
    pause_import = _awaited(Client.pause_import)
    resume_import = _awaited(Client.resume_import)
    cancel_import = _awaited(Client.cancel_import)
    retry_import = _awaited(Client.retry_import)
    create_webhook = _awaited(Client.create_webhook)
    webhooks = _awaited(Client.webhooks)
    delete_webhook = _awaited(Client.delete_webhook)
    deliveries = _iterated(Client.deliveries)

    async def __aenter__(self) -> Self:
        """Nothing to do."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of the connections."""
        await asyncio.to_thread(self.client.close)
