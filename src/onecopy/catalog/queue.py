"""The queue: questions by what is asked for, in the order an agency works in, page by page.

A page begins behind the last row of the one before, by that row's own values: however long the queue, a page
costs the same, and what is answered meanwhile moves nothing.
"""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, not_, or_, select, tuple_

from onecopy.catalog.questions import Kind, Question, State, from_row
from onecopy.catalog.schema import answer, question
from onecopy.model import Answer


class Order(StrEnum):
    """What comes first."""

    PRIORITY = "priority"
    """The most urgent, of these the first that is due."""
    DEADLINE = "deadline"
    AGE = "age"
    CASE = "case"
    """Case by case; in a case, the most urgent."""


_KEYS = {
    Order.PRIORITY: ("priority", "due_at", "id"),
    Order.DEADLINE: ("due_at", "id"),
    Order.AGE: ("opened_at", "id"),
    Order.CASE: ("case_id", "priority", "due_at", "id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which questions. ``None`` stands for any; ``agency=None`` is for whoever may see all agencies."""

    agency: str | None
    state: State | None = State.OPEN
    case_id: str | None = None
    kind: Kind | None = None
    relation: str | None = None
    category: str | None = None
    source: str | None = None
    priority: int | None = None
    at_least: float | None = None
    """Confidence."""
    below: float | None = None
    opened_before: datetime | None = None
    opened_since: datetime | None = None
    due_before: datetime | None = None
    reviewer: str | None = None
    """Who has it in hand, whom it is assigned to, or who answered it."""
    free_for: str | None = None
    """Not in another's hands, not assigned to another, not skipped or answered by this one."""
    now: datetime | None = None
    """For ``free_for``: when leases are looked at."""


def page(
    connection: Connection, wanted: Filter, *, order: Order, after: Sequence[Any] | None, limit: int
) -> list[Question]:
    """A page of questions.

    Args:
        connection: Of any transaction.
        wanted: Which ones.
        order: What comes first.
        after: The :func:`key` of the last question of the page before.
        limit: How many, at most.
    """
    columns = [question.c[name] for name in _KEYS[order]]
    query = select(question).where(*_conditions(wanted)).order_by(*columns).limit(limit)
    if after is not None:
        seen = [literal(value, column.type) for value, column in zip(after, columns, strict=True)]
        query = query.where(tuple_(*columns) > tuple_(*seen))
    return [from_row(row) for row in connection.execute(query).mappings()]


def key(one: Question, order: Order) -> tuple[Any, ...]:
    """What a question is sorted by."""
    return tuple(getattr(one, name) for name in _KEYS[order])


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    column = question.c
    for name in ("agency", "state", "case_id", "kind", "relation", "category", "source", "priority"):
        value = getattr(wanted, name)
        if value is not None:
            yield column[name] == (str(value) if isinstance(value, StrEnum) else value)
    bounds: tuple[tuple[Any, Any, Any], ...] = (
        (wanted.at_least, operator.ge, column.confidence),
        (wanted.below, operator.lt, column.confidence),
        (wanted.opened_before, operator.lt, column.opened_at),
        (wanted.opened_since, operator.ge, column.opened_at),
        (wanted.due_before, operator.lt, column.due_at),
    )
    yield from (compare(value, bound) for bound, compare, value in bounds if bound is not None)
    if wanted.reviewer is not None:
        yield or_(*(column[name] == wanted.reviewer for name in ("claimed_by", "assigned_to", "answered_by")))
    if wanted.free_for is not None:
        yield from _free(wanted.free_for, wanted.now)


def _free(name: str, now: datetime | None) -> Iterator[ColumnElement[bool]]:
    column = question.c
    yield or_(column.assigned_to.is_(None), column.assigned_to == name)
    elses = and_(column.claimed_by.is_not(None), column.claimed_by != name)
    yield not_(and_(elses, column.claimed_until > now) if now is not None else elses)
    said = select(answer.c.id).where(answer.c.question == column.id, answer.c.by == name)
    said = said.where(answer.c.undone_at.is_(None), answer.c.answer != str(Answer.ASK_A_COLLEAGUE))
    yield ~said.exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many questions there are, how old, and of what kinds."""

    total: int
    overdue: int
    oldest: datetime | None
    by: dict[str, dict[str, int]]
    """By ``kind``, ``relation``, ``category``, ``agency``, ``priority``: how many of each, most first."""


def counts(connection: Connection, wanted: Filter, *, now: datetime) -> Counts:
    """Count questions."""
    conditions = list(_conditions(wanted))
    overdue = func.count().filter(question.c.due_at < now)
    query = select(func.count(), overdue, func.min(question.c.opened_at)).where(*conditions)
    total, late, oldest = connection.execute(query).one()
    by = {}
    for name in ("kind", "relation", "category", "agency", "priority"):
        column = question.c[name]
        grouped = select(column, func.count()).where(*conditions, column.is_not(None)).group_by(column)
        found = connection.execute(grouped.order_by(func.count().desc(), column).limit(100))
        by[name] = {str(value): number for value, number in found}
    return Counts(total=total, overdue=late, oldest=oldest, by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCount:
    """The questions of one case."""

    agency: str
    case_id: str
    total: int
    priority: int
    due_at: datetime
    oldest: datetime


def by_case(
    connection: Connection, wanted: Filter, *, after: Sequence[Any] | None, limit: int
) -> list[CaseCount]:
    """The cases with such questions, the most urgent first; ``after`` as :func:`case_key` says."""
    column = question.c
    most, due = func.min(column.priority), func.min(column.due_at, type_=column.due_at.type)
    oldest = func.min(column.opened_at, type_=column.opened_at.type)
    keys = (most, due, column.agency, column.case_id)
    query = select(column.agency, column.case_id, func.count(), most, due, oldest)
    query = query.where(*_conditions(wanted)).group_by(column.agency, column.case_id)
    if after is not None:
        types = (column.priority.type, column.due_at.type, column.agency.type, column.case_id.type)
        seen = [literal(value, kind) for value, kind in zip(after, types, strict=True)]
        query = query.having(tuple_(*keys) > tuple_(*seen))
    names = ("agency", "case_id", "total", "priority", "due_at", "oldest")
    found = connection.execute(query.order_by(*keys).limit(limit))
    return [CaseCount(**dict(zip(names, row, strict=True))) for row in found]


def case_key(one: CaseCount) -> tuple[Any, ...]:
    """What a case is sorted by."""
    return one.priority, one.due_at, one.agency, one.case_id
