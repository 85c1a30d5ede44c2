"""Decisions: what a policy or a person did about an occurrence. They are added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from onecopy.catalog.schema import decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision: ``store``, ``link``, ``hold`` or ``reject``, why, and what it was matched with."""

    occurrence: int
    decision: str
    reason: str
    matches: Sequence[Any] = ()
    """Plain types only."""
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def add(connection: Connection, one: Decision) -> None:
    """Remember a decision."""
    connection.execute(
        insert(decision).values(
            occurrence=one.occurrence,
            decision=one.decision,
            reason=one.reason,
            matches=list(one.matches),
            made_at=one.made_at,
        )
    )


def of_occurrence(connection: Connection, occurrence: int) -> list[Decision]:
    """The decisions about an occurrence, oldest first; the last one holds."""
    query = select(decision).where(decision.c.occurrence == occurrence).order_by(decision.c.id)
    return [
        Decision(**{name: row[name] for name in ("occurrence", "decision", "reason", "matches", "made_at")})
        for row in connection.execute(query).mappings()
    ]
