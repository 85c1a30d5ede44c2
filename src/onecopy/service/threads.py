"""Blocking work beside the event loop, with a bound on how much of it goes on at once."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from onecopy.service import metrics

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 16
"""Uploads that are looked at together in one process. They wait for the workers, so more than those."""


async def in_gate(request: Request, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call of the gate in a thread. It is finished even if the client goes away."""
    limiter: CapacityLimiter = request.app.state.limiter
    with metrics.WAITING.track_inprogress():
        await limiter.acquire()
    try:
        return await to_thread.run_sync(lambda: call(*args, **kwargs), limiter=CapacityLimiter(1))
    finally:
        limiter.release()
