"""Policies that were in force: their text by digest, so that a decision of any day can be explained."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events, settings
from onecopy.catalog.batches import insert_missing
from onecopy.catalog.schema import policy

_CURRENT = "policy-digest"
_ADOPTED = "policy-adopted"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A policy that is or was in force."""

    digest: str
    name: str
    first_used_at: datetime


def listed(connection: Connection, *, most: int) -> list[Former]:
    """Those that were ever in force, the newest first."""
    query = select(policy.c.digest, policy.c.name, policy.c.first_used_at)
    rows = connection.execute(query.order_by(policy.c.first_used_at.desc(), policy.c.digest).limit(most))
    return [Former(digest=row[0], name=row[1], first_used_at=row[2]) for row in rows]


def adopted(connection: Connection) -> str | None:
    """The digest of the policy that somebody adopted while the service ran; ``None`` if nobody did."""
    return settings.get(connection, _ADOPTED)


def keep_adopted(connection: Connection, digest: str) -> None:
    """Remember that somebody adopted a policy: services that are told of none go by it."""
    settings.put(connection, _ADOPTED, digest)
