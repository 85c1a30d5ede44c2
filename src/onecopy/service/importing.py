"""Working on imports, beside answering requests."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI

from onecopy.errors import OnecopyError
from onecopy.imports.places import Places
from onecopy.imports.run import Importer
from onecopy.service.settings import Settings

SECONDS = 2.0
"""Between two looks at whether there is an import to work on."""
PAUSE = 15.0
"""How long to wait where catalog or vault stand in the way."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def importing(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Work on imports for as long as this is open; rows under way are finished in the end.

    Raises:
        UsageError: A place that imports may read cannot be read from.
    """
    app.state.places = places = Places.parse(settings.import_folders, settings.import_buckets)
    importer = Importer(
        app.state.gate,
        places,
        at_once=settings.imports_at_once,
        busy=lambda: app.state.limiter.borrowed_tokens > 0,
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_work, importer)
        try:
            yield
        finally:
            importer.stop()
            tasks.cancel_scope.cancel()


async def _work(importer: Importer) -> None:
    threads = CapacityLimiter(1)
    while True:
        seconds = SECONDS
        try:
            await to_thread.run_sync(importer.work, limiter=threads)
        except OnecopyError as error:
            log.error("imports have to wait: %s", error.message)
            seconds = PAUSE
        except Exception:
            log.exception("an import failed")
            seconds = PAUSE
        await anyio.sleep(seconds)
