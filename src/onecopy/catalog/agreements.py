"""Agreements: whose images another agency's uploads may match, and what that agency then learns.

Agencies see nothing of each other without one. It is made by the holder alone, for it is the holder who gives
something away, and in one direction.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events
from onecopy.catalog.schema import agreement
from onecopy.errors import UsageError


class Reveals(StrEnum):
    """What the seeking agency learns of a match."""

    NOTHING = "nothing"
    """Nothing; its uploads are not even compared. As without an agreement, but on record."""
    HELD_ELSEWHERE = "held-elsewhere"
    """That some agency holds such a picture; not which, nor where."""
    OCCURRENCE = "occurrence"
    """The occurrence: its agency, case, name and digest. Its bytes stay with the holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One agreement. ``ended_at`` is set once it no longer holds; it is never removed."""

    holder: str
    seeker: str
    reveals: Reveals
    made_by: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None
    ended_by: str | None = None


_FIELDS = tuple(one.name for one in fields(Agreement))


def make(connection: Connection, one: Agreement) -> None:
    """Put an agreement in force; one between the same two, in the same direction, ends with that.

    Raises:
        UsageError: ``bad-agreement``: it is an agency's with itself.
    """
    if one.holder == one.seeker:
        raise UsageError("An agency needs no agreement with itself. Name two agencies.", code="bad-agreement")
    in_force = select(agreement.c.id).where(
        agreement.c.holder == one.holder, agreement.c.seeker == one.seeker, agreement.c.ended_at.is_(None)
    )
    for id in connection.scalars(in_force).all():
        end(connection, id, holder=one.holder, by=one.made_by)
    connection.execute(insert(agreement).values({name: getattr(one, name) for name in _FIELDS}))
    _record(connection, Kind.AGREEMENT_MADE, one, one.made_by)


def end(connection: Connection, id: str, *, holder: str | None, by: str) -> bool:
    """End an agreement; uploads that begin from now on go without it.

    Args:
        connection: Of a write transaction.
        id: Which one.
        holder: Only if it is this agency's to end; ``None`` for any.
        by: Who ends it.

    Returns:
        Whether there is such an agreement. One that had ended already stays as it was.
    """
    row = connection.execute(select(agreement).where(agreement.c.id == id)).mappings().first()
    if row is None or (holder is not None and row["holder"] != holder):
        return False
    if row["ended_at"] is None:
        values = {"ended_at": datetime.now(UTC), "ended_by": by}
        connection.execute(update(agreement).where(agreement.c.id == id).values(values))
        _record(connection, Kind.AGREEMENT_ENDED, _agreement(row), by)
    return True


_SEEN = (
    select(agreement.c.holder, agreement.c.reveals)
    .where(
        agreement.c.seeker == bindparam("seeker"),
        agreement.c.ended_at.is_(None),
        agreement.c.reveals != str(Reveals.NOTHING),
    )
    .order_by(agreement.c.holder)
)


def seen_by(connection: Connection, seeker: str) -> dict[str, Reveals]:
    """The agencies whose images an agency's uploads may match now, and what each reveals."""
    found = connection.execute(_SEEN, {"seeker": seeker})
    return {holder: Reveals(reveals) for holder, reveals in found}


def listed(connection: Connection, *, agency: str | None) -> list[Agreement]:
    """The agreements that an agency is a side of, or with ``None`` all, oldest first; ended ones, too."""
    query = select(agreement).order_by(agreement.c.made_at, agreement.c.id)
    if agency is not None:
        query = query.where(or_(agreement.c.holder == agency, agreement.c.seeker == agency))
    return [_agreement(row) for row in connection.execute(query).mappings()]


def _agreement(row: Mapping[Any, Any]) -> Agreement:
    values = {name: row[name] for name in _FIELDS}
    return Agreement(**values | {"reveals": Reveals(row["reveals"])})


def _record(connection: Connection, kind: Kind, one: Agreement, by: str) -> None:
    details = {"holder": one.holder, "seeker": one.seeker, "reveals": str(one.reveals)}
    event = Event(kind=kind, actor=by, agency=one.holder, details=details, objects=(("agreement", one.id),))
    events.append(connection, event)
