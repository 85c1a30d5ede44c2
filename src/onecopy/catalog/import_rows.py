"""The rows of imports: what is to be done, and what became of it.

A row is marked as done in the transaction that stores its upload (:func:`took`), so it is never lost and
never done twice, whatever is killed and however many work on it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from onecopy.audit.event import Kind
from onecopy.catalog.batches import batches
from onecopy.catalog.imports import Import, State, record
from onecopy.catalog.schema import import_, import_row

LATELY = timedelta(seconds=60)
"""The time that the rate is measured over."""


class RowState(StrEnum):
    """How far a row is."""

    WAITING = "waiting"
    DONE = "done"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: a file, what is known of it besides (``context``, plain types), and what became of it."""

    number: int
    file: str
    context: Mapping[str, Any]
    state: RowState = RowState.WAITING
    decision: str | None = None
    occurrence: str | None = None
    sha256: str | None = None
    code: str | None = None
    message: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is.

    Attributes:
        waiting: Rows that are not done.
        problems: Rows that could not be taken in.
        decisions: How many rows came to each decision.
        repeated: In a dry run: rows with the bytes of an earlier row of the manifest.
        rate: Rows a second, lately.
        seconds_left: What is left at that rate; ``None`` if nothing was done lately.
    """

    waiting: int
    problems: int
    decisions: Mapping[str, int]
    repeated: int
    rate: float
    seconds_left: float | None


_ROW = tuple(one.name for one in fields(Row))


def add(connection: Connection, one: Import, rows: Iterable[Row]) -> None:
    """Write rows down."""
    for batch in batches(rows):
        values = [{"import": one.id} | {name: getattr(row, name) for name in _ROW} for row in batch]
        connection.execute(insert(import_row), values)


def waiting(connection: Connection, one: Import, *, after: int, limit: int) -> list[Row]:
    """The next rows that are not done, in the manifest's order."""
    query = select(import_row).where(
        _of(one), import_row.c.state == RowState.WAITING, import_row.c.number > after
    )
    query = query.order_by(import_row.c.number).limit(limit)
    return [_row(row) for row in connection.execute(query).mappings()]


def took(connection: Connection, one: Import, row: Row, values: Mapping[str, Any]) -> bool:
    """Note what became of a row.

    Args:
        connection: Of the transaction that did it.
        one: The import.
        row: The row.
        values: ``decision``, ``occurrence``, ``sha256``; or ``code`` and ``message`` of a problem.

    Returns:
        Whether it was still to be done. If not, the transaction must not be committed.
    """
    failed = values.get("code") is not None and values.get("decision") is None
    state = RowState.PROBLEM if failed else RowState.DONE
    query = update(import_row).where(
        _of(one), import_row.c.number == row.number, import_row.c.state == RowState.WAITING
    )
    now = datetime.now(UTC)
    return bool(connection.execute(query.values(dict(values) | {"state": state, "done_at": now})).rowcount)


def finish(connection: Connection, one: Import) -> bool:
    """End an import that has no row left to do.

    Returns:
        Whether it is at its end now.
    """
    if waiting(connection, one, after=-1, limit=1):
        return False
    query = update(import_).where(import_.c.id == one.id, import_.c.state == str(State.RUNNING))
    ends = {"state": State.DONE, "ended_at": datetime.now(UTC), "claimed_by": None, "claimed_until": None}
    if connection.execute(query.values(ends)).rowcount:
        found = progress(connection, one, datetime.now(UTC))
        counts = dict(found.decisions) | {"problems": found.problems}
        record(connection, Kind.IMPORT_ENDED, one, one.created_by, counts)
    return True


def earlier(connection: Connection, one: Import, row: Row, sha256: str) -> int | None:
    """The first row of a manifest before this one that has the same bytes, as far as that is known."""
    query = select(func.min(import_row.c.number)).where(
        _of(one), import_row.c.sha256 == sha256, import_row.c.number < row.number
    )
    number: int | None = connection.scalar(query)
    return number


def progress(connection: Connection, one: Import, now: datetime) -> Progress:
    """How far an import is."""
    columns = (import_row.c.state, import_row.c.decision, import_row.c.code)
    counts = connection.execute(select(*columns, func.count()).where(_of(one)).group_by(*columns))
    by_state: dict[str, int] = {}
    decisions: dict[str, int] = {}
    repeated = 0
    for state, decision, code, number in counts:
        by_state[state] = by_state.get(state, 0) + number
        if decision is not None:
            decisions[decision] = decisions.get(decision, 0) + number
            repeated += number if code == "repeated" else 0
    lately = import_row.c.done_at > now - LATELY, import_row.c.done_at <= now
    rows, first = connection.execute(
        select(func.count(), func.min(import_row.c.done_at)).where(_of(one), *lately)
    ).one()
    seconds = max((now - max(first, one.created_at)).total_seconds(), 1.0) if rows else 1.0
    rate = rows / seconds
    left = by_state.get(RowState.WAITING, 0)
    return Progress(
        waiting=left,
        problems=by_state.get(RowState.PROBLEM, 0),
        decisions=decisions,
        repeated=repeated,
        rate=rate,
        seconds_left=left / rate if rate else None,
    )


def rows(
    connection: Connection,
    one: Import,
    *,
    limit: int,
    after: int = -1,
    states: Collection[RowState] = (),
    decisions: Collection[str] = (),
) -> list[Row]:
    """Rows beyond a number, in the manifest's order; only those in some states, or with some decisions."""
    query = select(import_row).where(_of(one), import_row.c.number > after)
    if states:
        query = query.where(import_row.c.state.in_([str(state) for state in states]))
    if decisions:
        query = query.where(import_row.c.decision.in_([str(decision) for decision in decisions]))
    query = query.order_by(import_row.c.number).limit(limit)
    return [_row(row) for row in connection.execute(query).mappings()]


def again(connection: Connection, one: Import, *, by: str) -> int:
    """Try the rows with problems once more, also of an import that is done.

    Returns:
        How many.
    """
    query = update(import_row).where(_of(one), import_row.c.state == RowState.PROBLEM)
    number = connection.execute(query.values(state=RowState.WAITING, code=None, message=None)).rowcount
    if number:
        values = {"state": State.RUNNING, "ended_at": None}
        connection.execute(update(import_).where(import_.c.id == one.id).values(values))
        record(connection, Kind.IMPORT_RESUMED, one, by, {"rows": number})
    return number


def _of(one: Import) -> ColumnElement[bool]:
    return import_row.c["import"] == one.id


def _row(row: Mapping[Any, Any]) -> Row:
    values = {name: row[name] for name in _ROW}
    return Row(**values | {"state": RowState(row["state"])})
