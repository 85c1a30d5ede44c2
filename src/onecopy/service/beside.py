"""What runs beside the requests in every process of a service, for as long as its gate is open."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from fastapi import FastAPI

from onecopy.service.delivering import delivering
from onecopy.service.importing import importing
from onecopy.service.settings import Settings

Beside = Callable[[FastAPI, Settings], AbstractAsyncContextManager[object]]
"""Entered when the gate is open (``app.state.gate``) and before requests come; left when the last is answered
and before the gate is closed. Each process has its own; work for only one takes a lock in the catalog."""

BESIDE: tuple[Beside, ...] = (delivering, importing)
"""All that runs so. They are left in the opposite order."""


async def enter(opened: AsyncExitStack, app: FastAPI, settings: Settings) -> None:
    """Start everything; ``opened`` ends it."""
    for beside in BESIDE:
        await opened.enter_async_context(beside(app, settings))
