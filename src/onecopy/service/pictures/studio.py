"""Making pictures on demand: each once, few at a time, so that uploads never wait long for a worker."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable

from anyio import CapacityLimiter, to_thread

import onecopy
from onecopy.errors import UnreadableError
from onecopy.service.pictures.cache import Cache
from onecopy.service.problems import ProblemError

MOST_WAITING = 48
"""Pictures that one caller may wait for at once. A browser asks for six."""

Made = dict[str, bytes]
"""Files by name: more than what was asked for, where they cost little beside it."""


def name_of(*parts: object) -> str:
    """The name of what is made from these, and by this version: the same for the same bytes, and no other."""
    text = "\0".join([onecopy.__version__, *map(str, parts)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Studio:
    """Gives files by name, from the cache or freshly made. Used from one event loop."""

    def __init__(self, cache: Cache, workers: int) -> None:
        """Share the workers of a gate.

        Args:
            cache: Keeps what is made.
            workers: How many workers the gate has; at most half of them are used, and one at the least.
        """
        self._cache = cache
        self._limiter = CapacityLimiter(max(1, workers // 2))
        self._under_way: dict[str, asyncio.Task[Made]] = {}
        self._waiting: Counter[str] = Counter()

    async def get(self, name: str, make: Callable[[], Made], *, batch: str, caller: str) -> bytes:
        """One file.

        Args:
            name: Which, see :func:`name_of`.
            make: Makes it, in a thread; and what else comes of it.
            batch: Whatever has the same one is made by one call, for all who wait for it.
            caller: Who asks.

        Raises:
            ProblemError: 429: the caller waits for too many others.
            UnreadableError: It cannot be made.
        """
        kept = await to_thread.run_sync(self._cache.get, name)
        if kept is not None:
            return kept
        if self._waiting[caller] >= MOST_WAITING:
            detail = "Too many pictures were asked for at once. Ask again in a moment."
            raise ProblemError(429, "too-many-pictures", detail, headers={"Retry-After": "1"})
        self._waiting[caller] += 1
        try:
            made = await asyncio.shield(self._made(batch, make))
        finally:
            self._waiting[caller] -= 1
            if not self._waiting[caller]:
                del self._waiting[caller]
        if name not in made:
            raise UnreadableError("There is no such part of the picture.", code="vanished")
        return made[name]

    def _made(self, batch: str, make: Callable[[], Made]) -> asyncio.Task[Made]:
        """The call that makes a batch: finished and kept even if everybody who waits goes away."""
        task = self._under_way.get(batch)
        if task is None:
            task = asyncio.create_task(self._make(batch, make))
            self._under_way[batch] = task
            task.add_done_callback(_looked_at)
        return task

    async def _make(self, batch: str, make: Callable[[], Made]) -> Made:
        try:
            return await to_thread.run_sync(self._make_and_keep, make, limiter=self._limiter)
        finally:
            del self._under_way[batch]

    def _make_and_keep(self, make: Callable[[], Made]) -> Made:
        made = make()
        for name, data in made.items():
            self._cache.put(name, data)
        return made


def _looked_at(task: "asyncio.Task[Made]") -> None:
    """Nobody may be left to see how it ended; that is no news."""
    if not task.cancelled():
        task.exception()
