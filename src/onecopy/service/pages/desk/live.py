"""``/queue/events``: what becomes of questions, as it happens (server-sent events, WHATWG HTML 9.2).

All listeners of a process share one look at the catalog. A stream ends after a short while, so that whoever
lost the right to listen hears no more, and a service that stops need not wait; browsers open it again and say
what they heard last.
"""

import time
from collections.abc import AsyncIterator

import anyio
import msgspec
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from onecopy.catalog import changes
from onecopy.catalog.changes import Change
from onecopy.catalog.store import Catalog
from onecopy.service.pages.desk.queue import Reader
from onecopy.service.problems import ProblemError

router = APIRouter(include_in_schema=False)

LOOK_SECONDS = 0.7
LASTS_SECONDS = 15.0
RETRY_MILLISECONDS = 800
MOST_LISTENERS = 500
MOST_AT_ONCE = 200


class Feed:
    """Looks for changes on behalf of all who listen, at most every :data:`LOOK_SECONDS`."""

    def __init__(self, catalog: Catalog) -> None:
        self.listeners = 0
        self._catalog = catalog
        self._newest = 0
        self._looked_at = float("-inf")
        self._lock = anyio.Lock()

    async def newest(self) -> int:
        """The number of the last change."""
        async with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._newest = await run_in_threadpool(self._look)
                self._looked_at = time.monotonic()
            return self._newest

    async def since(self, number: int, agency: str | None) -> list[Change]:
        """The changes beyond a number that an agency may hear of."""
        return await run_in_threadpool(self._since, number, agency)

    def _look(self) -> int:
        with self._catalog.read() as connection:
            return changes.newest(connection)

    def _since(self, number: int, agency: str | None) -> list[Change]:
        with self._catalog.read() as connection:
            return changes.since(connection, number, agency=agency, limit=MOST_AT_ONCE)


@router.get("/queue/events")
async def events(request: Request, visitor: Reader, since: int = Query(0, ge=0)) -> Response:
    """The changes beyond a number, then those to come, for a while."""
    feed = _feed(request)
    if feed.listeners >= MOST_LISTENERS:
        raise ProblemError(503, "too-many-listeners", "Load the page again.", headers={"Retry-After": "30"})
    heard = request.headers.get("last-event-id", "")
    start = int(heard) if heard.isdecimal() and len(heard) < 19 else since
    stream = _stream(feed, start, visitor.caller.agency)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _feed(request: Request) -> Feed:
    state = request.app.state
    if not hasattr(state, "feed"):
        state.feed = Feed(state.gate.catalog)
    feed: Feed = state.feed
    return feed


async def _stream(feed: Feed, since: int, agency: str | None) -> AsyncIterator[bytes]:
    feed.listeners += 1
    try:
        yield b"retry: %d\n\n" % RETRY_MILLISECONDS
        ends = time.monotonic() + LASTS_SECONDS
        while time.monotonic() < ends:
            newest = await feed.newest()
            if newest > since:
                found = await feed.since(since, agency)
                for change in found:
                    yield _event(change)
                more = len(found) >= MOST_AT_ONCE
                since = found[-1].number if more else max([newest, *(change.number for change in found)])
            await anyio.sleep(LOOK_SECONDS)
    finally:
        feed.listeners -= 1


def _event(change: Change) -> bytes:
    data = msgspec.json.encode({"question": change.question, "kind": change.kind, "by": change.by})
    return b"id: %d\nevent: change\ndata: %s\n\n" % (change.number, data)
