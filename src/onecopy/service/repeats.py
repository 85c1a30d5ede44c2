"""``Idempotency-Key``: a request that comes again is given its first answer (see the catalog's module)."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import msgspec
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from onecopy.catalog import idempotency
from onecopy.catalog.idempotency import LEASE, Answer, InProgressError, Ticket
from onecopy.catalog.store import Catalog
from onecopy.errors import OnecopyError
from onecopy.pipelines.gate import Context
from onecopy.service.auth import Caller
from onecopy.service.problems import ProblemError

LONGEST = 255
"""Characters of a key."""
FORGET_EVERY = 3600.0
"""Seconds from one clean-up to the next, of one process."""


def ticket(request: Request, caller: Caller, context: Context, sha256: str) -> Ticket | None:
    """What stands for an upload, if its request has a key.

    Raises:
        ProblemError: 400: the key cannot be one.
    """
    given = request.headers.getlist("idempotency-key")
    if not given:
        return None
    key = given[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':  # as the draft has it; most clients leave the quotes out
        key = key[1:-1]
    if len(given) > 1 or not 0 < len(key) <= LONGEST or not (key.isascii() and key.isprintable()):
        detail = f"An Idempotency-Key is one text of 1 to {LONGEST} printable ASCII characters, like a UUID."
        raise ProblemError(400, "bad-idempotency-key", detail)
    said = msgspec.json.encode([request.url.path, asdict(context), sha256], order="deterministic")
    return Ticket(caller=caller.id, key=key, request=hashlib.sha256(said).hexdigest())


class Repeats:
    """Answers each request once, among all processes that share the catalog."""

    def __init__(self, catalog: Catalog, hours: float) -> None:
        """Answers are kept for ``hours`` at least."""
        self._catalog = catalog
        self._kept_for = timedelta(hours=hours)
        self._forget_at = 0.0

    @contextlib.asynccontextmanager
    async def answering(self, one: Ticket) -> AsyncIterator[Answer | None]:
        """Give a request's first answer if there is one; else keep others from answering it meanwhile.

        Raises:
            ProblemError: 409 while another is at it.
            UsageError: ``idempotency-mismatch``.
        """
        try:
            first = await run_in_threadpool(self._begin, one)
        except InProgressError as error:
            headers = {"Retry-After": str(error.seconds)}
            raise ProblemError(409, error.code, error.message, headers=headers) from None
        if first is not None:
            yield first
            return
        renewing = asyncio.create_task(self._renew(one))
        try:
            yield None
        except BaseException:
            await run_in_threadpool(self._give_up, one)
            raise
        finally:
            renewing.cancel()

    def _begin(self, one: Ticket) -> Answer | None:
        now = datetime.now(UTC)
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_EVERY
            with self._catalog.write(["forgetting requests"]) as connection:
                idempotency.forget(connection, now - self._kept_for)
        with self._catalog.write([idempotency.scope(one)]) as connection:
            return idempotency.begin(connection, one, now)

    async def _renew(self, one: Ticket) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            with contextlib.suppress(OnecopyError):  # a lease that runs out costs work, not truth
                await run_in_threadpool(self._lease, one)

    def _lease(self, one: Ticket) -> None:
        with self._catalog.write([idempotency.scope(one)]) as connection:
            idempotency.renew(connection, one, datetime.now(UTC))

    def _give_up(self, one: Ticket) -> None:
        with contextlib.suppress(OnecopyError), self._catalog.write([idempotency.scope(one)]) as connection:
            idempotency.give_up(connection, one)


def again(answer: Answer) -> Response:
    """An answer as it was given first."""
    return as_response(answer, {"Idempotency-Replayed": "true"})


def as_response(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    """An answer as it is sent."""
    kind = "application/json" if answer.status < 400 else "application/problem+json"
    where = {} if answer.location is None else {"Location": answer.location}
    return Response(answer.body, answer.status, where | (headers or {}), kind)
