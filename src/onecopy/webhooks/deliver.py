"""Sending what is due, in every process of a service; claims see to it that each message is sent by one.

The table of deliveries is the queue: it is written in the transaction that does what is told of, and it is
read once a second. See docs/decisions/jobs-are-rows-with-claims.md for why no job library stands between.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection

from onecopy.catalog import deliveries, webhooks
from onecopy.catalog.deliveries import Claimed
from onecopy.catalog.store import Catalog
from onecopy.catalog.webhooks import Disabled
from onecopy.errors import OnecopyError
from onecopy.webhooks.schedule import LONGEST_REST, REST, next_attempt
from onecopy.webhooks.send import Answer, Sender

AT_ONCE = 32
"""Messages on their way together, in one process."""
EACH = 4
"""Of them to one webhook."""
SECONDS = 1.0
"""Between two looks at what is due."""
MARGIN = timedelta(seconds=10)
"""How much longer than an attempt may take others leave it alone."""
FORGET = timedelta(hours=1)
"""Between two clean-ups."""

BY = "webhook delivery"

log = logging.getLogger(__name__)

T = TypeVar("T")


class Deliverer:
    """Delivers for as long as :meth:`run` is let.

    Args:
        catalog: Where deliveries are.
        sender: Sends them.
    """

    def __init__(self, catalog: Catalog, sender: Sender) -> None:
        self._catalog, self._sender = catalog, sender
        self._busy: Counter[str] = Counter()
        self._threads = CapacityLimiter(2)  # of its own: it waits for no upload
        self._forgets_at = datetime.min.replace(tzinfo=UTC)
        self._freed = anyio.Event()

    async def run(self) -> None:
        """Deliver until cancelled. What is on its way then is left to others."""
        async with anyio.create_task_group() as tasks:
            while True:
                for one in await self._claimed():
                    self._busy[one.delivery.webhook] += 1
                    tasks.start_soon(self._deliver, one)
                self._freed = anyio.Event()
                with anyio.move_on_after(SECONDS):
                    await self._freed.wait()

    async def _claimed(self) -> list[Claimed]:
        try:
            with anyio.CancelScope(shield=True):  # or what was claimed would be nobody's for a while
                found = await self._in_thread(self._claim)
        except OnecopyError as error:  # the catalog cannot be reached now; the gate says so, too
            log.warning("webhooks have to wait: %s", error.message)
            return []
        return found

    def _claim(self) -> list[Claimed]:
        now = datetime.now(UTC)
        if now >= self._forgets_at:
            self._forgets_at = now + FORGET
            self._write(lambda connection: deliveries.forget(connection, now))
        room = AT_ONCE - self._busy.total()
        with self._catalog.read() as connection:
            if room <= 0 or not deliveries.any_due(connection, now):
                return []
        until = now + timedelta(seconds=self._sender.seconds) + MARGIN
        busy = dict(self._busy)
        return self._write(
            lambda connection: deliveries.claim(connection, now, until=until, most=room, busy=busy, each=EACH)
        )

    async def _deliver(self, one: Claimed) -> None:
        settled = False
        try:
            delivery = one.delivery
            answer = await self._sender.send(one.url, delivery.id, delivery.body, one.secrets)
            with anyio.CancelScope(shield=True):
                await self._in_thread(lambda: self._settle(one, answer))
            settled = True
        except OnecopyError as error:
            log.warning("what became of a webhook's message could not be noted: %s", error.message)
        finally:
            self._busy -= Counter({one.delivery.webhook: 1})
            self._freed.set()
            if not settled:
                with anyio.CancelScope(shield=True):
                    await self._in_thread(lambda: self._release(one))

    def _release(self, one: Claimed) -> None:
        try:
            self._write(lambda connection: deliveries.release(connection, one.delivery))
        except OnecopyError as error:  # the claim runs out by itself
            log.warning("a webhook's message has to wait: %s", error.message)

    def _settle(self, one: Claimed, answer: Answer) -> None:
        now = datetime.now(UTC)
        self._write(lambda connection: settle(connection, one, answer, now))

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._catalog.write([webhooks.SCOPE]) as connection:
            return work(connection)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work, limiter=self._threads)


def settle(connection: Connection, one: Claimed, answer: Answer, now: datetime) -> None:
    """Note what came of an attempt, and do what follows from it."""
    delivery = one.delivery
    if answer.taken:
        deliveries.delivered(connection, delivery, now, answer.status or 0)
        return
    again = None if answer.status == 410 else next_attempt(delivery.attempts + 1, now, answer.asked)
    problem = answer.problem or ""
    deliveries.missed(connection, delivery, now, again=again, status=answer.status, problem=problem)
    if answer.status in (429, 502, 503, 504):
        deliveries.rest(connection, delivery.webhook, now + min(answer.asked or REST, LONGEST_REST))
    if answer.status == 410:
        _disable(connection, one, Disabled.GONE)
    elif again is None and not deliveries.took_anything_since(
        connection, delivery.webhook, delivery.created_at
    ):
        _disable(connection, one, Disabled.FAILING)


def _disable(connection: Connection, one: Claimed, reason: Disabled) -> None:
    webhook = webhooks.get(connection, one.delivery.webhook, agency=None)
    if webhook is not None and webhooks.disable(connection, webhook, reason, by=BY):
        log.error("the webhook %s is told nothing any more (%s)", webhook.id, reason)
