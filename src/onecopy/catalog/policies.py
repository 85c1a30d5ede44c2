"""Policies that were in force: their text by digest, so that a decision of any day can be explained."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events, settings
from onecopy.catalog.batches import insert_missing
from onecopy.catalog.schema import policy

_CURRENT = "policy-digest"


def current(connection: Connection) -> str | None:
    """The digest of the policy that was adopted last; ``None`` before the first."""
    return settings.get(connection, _CURRENT)


def adopt(connection: Connection, digest: str, name: str, text: str, *, actor: str) -> bool:
    """Remember a policy as the one in force; a change is an event.

    Returns:
        Whether another one was before.
    """
    before = current(connection)
    if before == digest:
        return False
    row = {"digest": digest, "name": name, "text": text, "first_used_at": datetime.now(UTC)}
    insert_missing(connection, policy, [row])
    settings.put(connection, _CURRENT, digest)
    events.append(
        connection,
        Event(
            kind=Kind.POLICY_CHANGED,
            actor=actor,
            details={"name": name, "before": before},
            objects=(("policy", digest),),
        ),
    )
    return True


def text(connection: Connection, digest: str) -> str | None:
    """The text of a policy that was ever adopted."""
    return connection.scalar(select(policy.c.text).where(policy.c.digest == digest))
