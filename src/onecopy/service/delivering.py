"""Telling webhooks, beside answering requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI

from onecopy.service.settings import Settings
from onecopy.webhooks.deliver import Deliverer
from onecopy.webhooks.send import Sender
from onecopy.webhooks.target import Allowed


@asynccontextmanager
async def delivering(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Deliver for as long as this is open.

    Raises:
        UsageError: The setting of what webhooks may reach cannot be read.
    """
    app.state.webhooks = sender = Sender(Allowed.parse(settings.webhook_allow), settings.webhook_seconds)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Deliverer(app.state.gate.catalog, sender).run)
        try:
            yield
        finally:
            tasks.cancel_scope.cancel()
