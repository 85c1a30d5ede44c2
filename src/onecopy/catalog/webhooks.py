"""Webhooks: whom an agency wants told of what, and :func:`emit`, which writes down what is to be told.

What is written down in a transaction is told once that is committed, and not before; see
:mod:`onecopy.webhooks` for the telling. Secrets are kept as they are, for each message is signed with them.
"""

import base64
import json
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from onecopy.audit.event import Event, Kind, moment
from onecopy.catalog import events
from onecopy.catalog.schema import delivery, webhook
from onecopy.errors import UsageError

SCOPE = "webhooks"
"""What to name to :meth:`onecopy.catalog.store.Catalog.write` for all but :func:`emit`."""
BOTH = timedelta(hours=24)
"""How long messages are signed with the former secret, too, once there is a new one."""
MOST = 50
"""Webhooks of one agency."""
LONGEST = 16_000
"""Characters of a message."""


class Happened(StrEnum):
    """What a webhook can be told of. Part of the public interface."""

    UPLOAD_STORED = "upload.stored"
    UPLOAD_LINKED = "upload.linked"
    UPLOAD_HELD = "upload.held"
    UPLOAD_REJECTED = "upload.rejected"
    REVIEW_DECIDED = "review.decided"
    CASE_CURRENT_CHANGED = "case.current_changed"


PING = "webhook.ping"
"""A message that tells nothing, to try a webhook. Every one gets it that is asked to."""


class Disabled(StrEnum):
    """Why a webhook is told nothing any more."""

    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """A message came to its last attempt, and nothing was taken since it came up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One webhook, without its secrets."""

    id: str
    agency: str
    url: str
    kinds: tuple[str, ...]
    created_at: datetime
    created_by: str
    delivered_at: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: str | None = None


_FIELDS = tuple(one.name for one in fields(Webhook))
_LISTENING = select(webhook.c.id, webhook.c.kinds).where(
    webhook.c.deleted_at.is_(None),
    webhook.c.disabled_at.is_(None),
    webhook.c.agency == bindparam("agency"),
)


def fresh_secret() -> str:
    """A new secret, as Standard Webhooks writes them: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def create(
    connection: Connection, *, agency: str, url: str, kinds: Iterable[Happened], by: str
) -> tuple[Webhook, str]:
    """Make a webhook.

    Args:
        connection: Of a write transaction.
        agency: Whose uploads it hears of.
        url: Where to; checked by the caller (:mod:`onecopy.webhooks.target`).
        kinds: What of.
        by: Who makes it.

    Returns:
        What is known of it, and its secret.

    Raises:
        UsageError: ``too-many-webhooks``.
    """
    if len(listed(connection, agency=agency)) >= MOST:
        raise UsageError(
            f"There are {MOST} webhooks already. Delete one that is no longer needed.",
            code="too-many-webhooks",
        )
    one = Webhook(
        id=str(uuid.uuid4()),
        agency=agency,
        url=url,
        kinds=tuple(str(kind) for kind in dict.fromkeys(kinds)),
        created_at=datetime.now(UTC),
        created_by=by,
    )
    secret = fresh_secret()
    values = {name: getattr(one, name) for name in _FIELDS}
    connection.execute(insert(webhook).values(values | {"kinds": list(one.kinds), "secret": secret}))
    _record(connection, Kind.WEBHOOK_CREATED, one, by, {"events": list(one.kinds)})
    return one, secret


def get(connection: Connection, id: str, *, agency: str | None) -> Webhook | None:
    """A webhook by its id, if it is this agency's; ``None`` for any."""
    row = connection.execute(_live(agency).where(webhook.c.id == id)).mappings().first()
    return None if row is None else _webhook(row)


def listed(connection: Connection, *, agency: str | None) -> list[Webhook]:
    """The webhooks of an agency, or with ``None`` all, oldest first; disabled ones, too."""
    query = _live(agency).order_by(webhook.c.created_at, webhook.c.id)
    return [_webhook(row) for row in connection.execute(query).mappings()]


def rotate(connection: Connection, one: Webhook, *, by: str) -> str:
    """Give a webhook a new secret. For :data:`BOTH` the former one signs beside it.

    Returns:
        The new secret.
    """
    secret = fresh_secret()
    values = {
        "former_secret": webhook.c.secret,
        "former_until": datetime.now(UTC) + BOTH,
        "secret": secret,
    }
    connection.execute(update(webhook).where(webhook.c.id == one.id).values(values))
    _record(connection, Kind.WEBHOOK_ROTATED, one, by)
    return secret


def enable(connection: Connection, one: Webhook, *, by: str) -> None:
    """Tell a webhook again that was disabled. What it missed can be sent again, one by one."""
    if one.disabled_at is not None:
        ends = {"disabled_at": None, "disabled_reason": None, "rests_until": None}
        connection.execute(update(webhook).where(webhook.c.id == one.id).values(ends))
        _record(connection, Kind.WEBHOOK_ENABLED, one, by)


def disable(connection: Connection, one: Webhook, reason: Disabled, *, by: str) -> bool:
    """Tell a webhook nothing any more.

    Returns:
        Whether that is new.
    """
    query = update(webhook).where(webhook.c.id == one.id, webhook.c.disabled_at.is_(None))
    done = connection.execute(query.values(disabled_at=datetime.now(UTC), disabled_reason=str(reason)))
    if done.rowcount:
        _record(connection, Kind.WEBHOOK_DISABLED, one, by, {"reason": str(reason)})
    return bool(done.rowcount)


def delete(connection: Connection, one: Webhook, *, by: str) -> None:
    """End a webhook for good, with its secrets. What it was told stays on record for a while."""
    ends = {"deleted_at": datetime.now(UTC), "secret": "", "former_secret": None, "former_until": None}
    connection.execute(update(webhook).where(webhook.c.id == one.id).values(ends))
    _record(connection, Kind.WEBHOOK_DELETED, one, by)


def emit(connection: Connection, kind: Happened, agency: str, payload: Mapping[str, Any]) -> None:
    """Write down, in the caller's transaction, what an agency's webhooks are to be told.

    Args:
        connection: Of the write transaction that does what is told of.
        kind: What happened.
        agency: To whom. Its webhooks alone are told, so nothing of another agency belongs into the payload.
        payload: Thin: identifiers, the decision, the relation; plain types.
    """
    listening = connection.execute(_LISTENING, {"agency": agency})
    queue(connection, kind, payload, [id for id, kinds in listening if kind in kinds])


def queue(connection: Connection, kind: str, payload: Mapping[str, Any], webhooks: Sequence[str]) -> str:
    """Write a message down for some webhooks, to be sent at once.

    Returns:
        Its id, which is one for all of them.
    """
    now = datetime.now(UTC)
    id = f"msg_{uuid.uuid4().hex}"
    message = {"type": str(kind), "timestamp": moment(now), "data": dict(payload)}
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=True)
    assert len(body) <= LONGEST, f"a message of {kind} is not thin"
    values = {"id": id, "kind": str(kind), "body": body, "state": "waiting", "attempts": 0}
    values |= {"created_at": now, "due_at": now}
    if webhooks:
        connection.execute(insert(delivery), [values | {"webhook": one} for one in webhooks])
    return id


def _live(agency: str | None) -> Select[Any]:
    query = select(webhook).where(webhook.c.deleted_at.is_(None))
    return query if agency is None else query.where(webhook.c.agency == agency)


def _webhook(row: Mapping[Any, Any]) -> Webhook:
    values = {name: row[name] for name in _FIELDS}
    return Webhook(**values | {"kinds": tuple(row["kinds"])})


def _record(
    connection: Connection, kind: Kind, one: Webhook, by: str, details: Mapping[str, Any] | None = None
) -> None:
    said = {"url": one.url} | dict(details or {})
    objects = (("webhook", one.id),)
    events.append(connection, Event(kind=kind, actor=by, agency=one.agency, details=said, objects=objects))
