"""Deliveries: each message to each webhook, from written down to taken.

A process that wants to send one claims it for a while, and nobody else takes it meanwhile. If that process
is killed the claim runs out and another takes over, so a message is sent at least once, mostly once, and
always under one id. All but reading wants a transaction with the scope
:data:`onecopy.catalog.webhooks.SCOPE`.

Clocks are not trusted: a time that lies further ahead than anything here could have set it was set by a clock
that was wrong, and counts as past.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, literal_column, or_, select, update

from onecopy.catalog.schema import delivery, webhook
from onecopy.catalog.webhooks import Webhook

FAR = timedelta(hours=40)
"""Longer than any wait between two attempts."""
KEPT = timedelta(days=30)
"""How long what became of a message stays on record."""


class State(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    """For its first attempt or its next one."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """The last attempt failed, too."""
    DROPPED = "dropped"
    """The webhook was disabled or deleted before it was delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one webhook.

    Attributes:
        id: The message's.
        webhook: To which one.
        kind: What it tells of.
        body: The message itself.
        created_at: When that happened.
        state: How far it is.
        attempts: How many there were.
        due_at: When the next one is, if it waits.
        tried_at: When the last one was.
        status: What the receiver answered last, if it did.
        problem: Why the last attempt failed, if it did.
    """

    id: str
    webhook: str
    kind: str
    body: str
    created_at: datetime
    state: State
    attempts: int
    due_at: datetime
    tried_at: datetime | None = None
    status: int | None = None
    problem: str | None = None


_FIELDS = tuple(one.name for one in fields(Delivery))
_WAITING = delivery.c.state == literal_column("'waiting'")
"""Written out: a parameter would keep databases from the index of these alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that this process is to attempt now, and what it takes."""

    delivery: Delivery
    url: str
    secrets: tuple[str, ...]
    """Those that sign, the newest first."""


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether anything is to be done. Cheap: it is asked every second."""
    query = select(delivery.c.id).join(webhook).where(*_due(now), or_(~_told(), _awake(now)))
    return connection.scalar(select(exists(query))) or False


def claim(
    connection: Connection, now: datetime, *, until: datetime, most: int, busy: Mapping[str, int], each: int
) -> list[Claimed]:
    """Take deliveries that are due, so that nobody else does.

    Args:
        connection: Of a write transaction.
        now: The time.
        until: When another may take them, should nothing become of them.
        most: How many.
        busy: How many of each webhook this process is at already.
        each: How many of one webhook it is at together, at most: a slow receiver must not take all places.
    """
    _drop(connection)
    found: list[Claimed] = []
    query = select(webhook).where(_told(), _awake(now)).order_by(webhook.c.id)
    for row in connection.execute(query).mappings().all():
        room = min(most - len(found), each - busy.get(row["id"], 0))
        if room > 0:
            of_it = select(delivery).where(delivery.c.webhook == row["id"], *_due(now))
            of_it = of_it.order_by(delivery.c.due_at).limit(room)
            due = [_delivery(one) for one in connection.execute(of_it).mappings()]
            found += [Claimed(delivery=one, url=row["url"], secrets=_secrets(row, now)) for one in due]
    for one in found:
        connection.execute(_one(one.delivery).values(claimed_until=until))
    return found


def delivered(connection: Connection, one: Delivery, now: datetime, status: int) -> None:
    """Note that a message was taken."""
    ends = {"state": State.DELIVERED, "status": status, "problem": None}
    connection.execute(_one(one).values(_tried(one, now) | ends))
    connection.execute(update(webhook).where(webhook.c.id == one.webhook).values(delivered_at=now))


def missed(
    connection: Connection,
    one: Delivery,
    now: datetime,
    *,
    again: datetime | None,
    status: int | None,
    problem: str,
) -> None:
    """Note that an attempt failed, and when the next one is; ``None`` if that was the last."""
    values: dict[str, Any] = {"status": status, "problem": problem}
    values |= {"state": State.FAILED} if again is None else {"due_at": again}
    values |= _tried(one, now)
    connection.execute(_one(one).where(_WAITING).values(values))  # unless another had more luck meanwhile


def release(connection: Connection, one: Delivery) -> None:
    """Give a claim back that came to nothing, so that another takes it at once."""
    connection.execute(_one(one).where(_WAITING).values(claimed_until=None))


def rest(connection: Connection, id: str, until: datetime) -> None:
    """Tell a webhook nothing for a while: it has too much to do."""
    connection.execute(update(webhook).where(webhook.c.id == id).values(rests_until=until))


def took_anything_since(connection: Connection, id: str, moment: datetime) -> bool:
    """Whether a webhook took any message since a moment."""
    query = select(exists().where(webhook.c.id == id, webhook.c.delivered_at >= moment))
    return connection.scalar(query) or False


def again(connection: Connection, one: Delivery, now: datetime) -> None:
    """Send a message once more, whatever became of it, from the first attempt on."""
    values = {"state": State.WAITING, "attempts": 0, "due_at": now, "claimed_until": None}
    connection.execute(_one(one).values(values))


def get(connection: Connection, of: Webhook, id: str) -> Delivery | None:
    """A delivery to a webhook, by the message's id."""
    query = select(delivery).where(delivery.c.webhook == of.id, delivery.c.id == id)
    row = connection.execute(query).mappings().first()
    return None if row is None else _delivery(row)


def listed(
    connection: Connection,
    of: Webhook,
    *,
    limit: int,
    states: Collection[State] = (),
    before: str | None = None,
) -> list[Delivery]:
    """Deliveries to a webhook, newest first.

    Args:
        connection: Of any transaction.
        of: The webhook.
        limit: How many, at most.
        states: Only those; empty for all.
        before: Only what is older than this message.
    """
    query = select(delivery).where(delivery.c.webhook == of.id)
    if states:
        query = query.where(delivery.c.state.in_([str(state) for state in states]))
    if before is not None:
        at = select(delivery.c.created_at).where(delivery.c.webhook == of.id, delivery.c.id == before)
        moment = at.scalar_subquery()
        same = and_(delivery.c.created_at == moment, delivery.c.id < before)
        query = query.where(or_(delivery.c.created_at < moment, same))
    query = query.order_by(delivery.c.created_at.desc(), delivery.c.id.desc()).limit(limit)
    return [_delivery(row) for row in connection.execute(query).mappings()]


def forget(connection: Connection, now: datetime) -> int:
    """Remove what came to an end long ago.

    Returns:
        How many deliveries that were.
    """
    old = [delivery.c.state != State.WAITING, delivery.c.created_at < now - KEPT]
    return connection.execute(delete(delivery).where(*old)).rowcount


def _drop(connection: Connection) -> None:
    """End what waits for a webhook that is told nothing any more; also what came in while that was ended."""
    ended = select(webhook.c.id).where(~_told())
    waiting = update(delivery).where(_WAITING, delivery.c.webhook.in_(ended))
    connection.execute(waiting.values(state=State.DROPPED, claimed_until=None))


def _due(now: datetime) -> list[ColumnElement[bool]]:
    column, claimed = delivery.c.due_at, delivery.c.claimed_until
    free = or_(claimed.is_(None), claimed <= now, claimed > now + FAR)
    return [_WAITING, or_(column <= now, column > now + FAR), free]


def _awake(now: datetime) -> ColumnElement[bool]:
    until = webhook.c.rests_until
    return or_(until.is_(None), until <= now, until > now + FAR)


def _told() -> ColumnElement[bool]:
    return and_(webhook.c.disabled_at.is_(None), webhook.c.deleted_at.is_(None))


def _secrets(row: Mapping[Any, Any], now: datetime) -> tuple[str, ...]:
    both = row["former_secret"] is not None and now < row["former_until"]
    return (row["secret"], row["former_secret"]) if both else (row["secret"],)


def _tried(one: Delivery, now: datetime) -> dict[str, Any]:
    return {"attempts": one.attempts + 1, "tried_at": now, "claimed_until": None}


def _one(one: Delivery) -> Any:
    return update(delivery).where(delivery.c.webhook == one.webhook, delivery.c.id == one.id)


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    values = {name: row[name] for name in _FIELDS}
    return Delivery(**values | {"state": State(row["state"])})
