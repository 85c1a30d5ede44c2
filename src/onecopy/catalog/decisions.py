"""Decisions: what a policy or a person did about an occurrence. They are added, never changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from onecopy.catalog import tallies
from onecopy.catalog.batches import batches
from onecopy.catalog.occurrences import Occurrence, from_row
from onecopy.catalog.schema import decision, occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision: ``store``, ``link``, ``hold`` or ``reject``, why, and what it was matched with."""

    occurrence: int
    decision: str
    reason: str
    matches: Sequence[Any] = ()
    """Plain types only."""
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    policy: str | None = None
    """The digest of the policy that decided; ``None`` where a person did."""
    rule: str | None = None
    reviewers: int = 0
    """How many people must agree, if it is held."""
    facts: Mapping[str, Any] | None = None
    """What the policy went by; plain types."""
    answer: int | None = None
    """The people's answer that it follows, by the catalog's number; if it follows one."""
    restores: int | None = None
    """The decision that holds again, by the catalog's number, where an answer was taken back."""


_FIELDS = tuple(one.name for one in fields(Decision))


_ADD = insert(decision)


def add_first(
    connection: Connection, one: Decision, upload: Occurrence, size: int, *, alone: bool = False
) -> None:
    """Remember the decision with which an upload is taken in.

    Args:
        connection: Of the write transaction that stores the upload.
        one: The decision.
        upload: With its number.
        size: Of its content, in bytes.
        alone: Whether nobody knew its content before.
    """
    connection.execute(_ADD, _row(one))
    tallies.came(connection, upload, size, _kind(one), alone=alone)


def add(connection: Connection, one: Decision) -> None:
    """Remember a decision."""
    before = connection.execute(_last(one.occurrence)).first()
    connection.execute(_ADD, _row(one))
    tallies.decided(
        connection,
        one.occurrence,
        None if before is None else tallies.kind(*before),
        _kind(one),
    )


def _row(one: Decision) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _FIELDS} | {"matches": list(one.matches)}


def _kind(one: Decision) -> str:
    return tallies.kind(one.decision, one.policy, one.answer)


def count_no_more(connection: Connection, occurrence: int) -> None:
    """Take an upload that is about to be deleted out of the running totals."""
    last = connection.execute(_last(occurrence)).first()
    if last is not None:
        tallies.gone(connection, occurrence, tallies.kind(*last))


def _last(occurrence: int) -> Select[Any]:
    query = select(decision.c.decision, decision.c.policy, decision.c.answer)
    query = query.where(decision.c.occurrence == occurrence)
    return query.order_by(decision.c.id.desc()).limit(1)


def of_occurrence(connection: Connection, occurrence: int) -> list[Decision]:
    """The decisions about an occurrence, oldest first; the last one holds."""
    query = select(decision).where(decision.c.occurrence == occurrence).order_by(decision.c.id)
    return [_decision(row) for row in connection.execute(query).mappings()]


def holding(connection: Connection, occurrences: Iterable[int]) -> dict[int, Decision]:
    """The decisions that hold, by occurrence."""
    found: dict[int, Decision] = {}
    for batch in batches(occurrences):
        last = select(func.max(decision.c.id)).where(decision.c.occurrence.in_(batch))
        query = select(decision).where(decision.c.id.in_(last.group_by(decision.c.occurrence)))
        found |= {row["occurrence"]: _decision(row) for row in connection.execute(query).mappings()}
    return found


def numbered(connection: Connection, occurrence: int) -> list[tuple[int, Decision]]:
    """The decisions about an occurrence with the catalog's numbers of them, oldest first."""
    query = select(decision).where(decision.c.occurrence == occurrence).order_by(decision.c.id)
    return [(row["id"], _decision(row)) for row in connection.execute(query).mappings()]


def of_answer(connection: Connection, answer: int) -> list[int]:
    """The occurrences that people's answer decided about; not those that were recognised by it later."""
    query = select(decision.c.occurrence).where(decision.c.answer == answer)
    query = query.where(decision.c.policy.is_(None), decision.c.restores.is_(None))
    return list(connection.scalars(query.order_by(decision.c.occurrence)))


def recognised(
    connection: Connection, agency: str, contents: Iterable[str], *, since: datetime
) -> Iterator[tuple[Occurrence, Decision]]:
    """The uploads of some contents that were recognised by people's answers, if that holds still."""
    by = select(decision.c.occurrence).where(decision.c.answer.is_not(None), decision.c.made_at >= since)
    by = by.where(decision.c.policy.is_not(None))
    for batch in batches(sorted(set(contents))):
        query = select(occurrence).where(occurrence.c.id.in_(by), occurrence.c.content.in_(batch))
        query = query.where(occurrence.c.gone_at.is_(None), occurrence.c.agency == agency)
        query = query.order_by(occurrence.c.id)
        for one in [from_row(row) for row in connection.execute(query).mappings()]:
            last = of_occurrence(connection, one.id)[-1]
            if last.policy is not None and last.answer is not None:
                yield one, last


def by_policies(
    connection: Connection, since: datetime, *, agency: str | None = None, newest: int | None = None
) -> Iterator[tuple[Occurrence, Decision]]:
    """What policies decided since a moment, oldest first, each with its upload.

    Args:
        connection: Of any transaction.
        since: The moment.
        agency: Only its own; ``None`` for all.
        newest: At most so many, the newest.
    """
    columns = [*occurrence.c, *(decision.c[name].label(f"made_{name}") for name in _FIELDS)]
    query = select(*columns).join(occurrence, occurrence.c.id == decision.c.occurrence)
    query = query.where(decision.c.made_at >= since, decision.c.policy.is_not(None)).order_by(decision.c.id)
    if agency is not None:
        query = query.where(occurrence.c.agency == agency)
    if newest is not None:
        latest = select(decision.c.id).where(decision.c.made_at >= since, decision.c.policy.is_not(None))
        query = query.where(decision.c.id.in_(latest.order_by(decision.c.id.desc()).limit(newest)))
    for row in connection.execute(query, execution_options={"yield_per": 500}).mappings():
        yield from_row(row), _decision({name: row[f"made_{name}"] for name in _FIELDS})


def held(connection: Connection) -> Iterator[tuple[Occurrence, Decision]]:
    """The uploads that are held now, oldest first, each with the decision that holds it."""
    last = select(func.max(decision.c.id)).group_by(decision.c.occurrence)
    columns = [*occurrence.c, *(decision.c[name].label(f"made_{name}") for name in _FIELDS)]
    query = select(*columns).join(occurrence, occurrence.c.id == decision.c.occurrence)
    query = query.where(decision.c.id.in_(last), decision.c.decision == "hold")
    query = query.where(occurrence.c.gone_at.is_(None)).order_by(occurrence.c.id)
    for row in connection.execute(query, execution_options={"yield_per": 500}).mappings():
        yield from_row(row), _decision({name: row[f"made_{name}"] for name in _FIELDS})


def _decision(row: Mapping[Any, Any]) -> Decision:
    return Decision(**{name: row[name] for name in _FIELDS})
