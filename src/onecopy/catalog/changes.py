"""The feed of changes to questions: what pages and other processes follow, in the order of commits."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select

from onecopy.catalog import events
from onecopy.catalog.schema import question, question_change


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. ``question`` is its public id."""

    number: int
    question: str
    agency: str
    kind: str
    """``opened``, ``joined``, ``claimed``, ``released``, ``assigned``, ``noted``, ``voted``, ``answered``,
    ``undone`` or ``withdrawn``."""
    by: str | None
    at: datetime


def append(connection: Connection, id: int, agency: str, kind: str, *, by: str | None) -> int:
    """Add a change. As with the audit log, from here to the commit no other transaction adds one.

    So who has seen a number has seen all lower ones: nobody who follows the feed misses a late commit.
    """
    events.hold_end(connection)
    last = connection.scalar(select(func.max(question_change.c.number))) or 0
    values = {"number": last + 1, "question": id, "agency": agency, "kind": kind, "by": by}
    connection.execute(insert(question_change).values(values | {"at": datetime.now(UTC)}))
    return last + 1


def newest(connection: Connection) -> int:
    """The number of the last change; 0 if there was none."""
    return connection.scalar(select(func.max(question_change.c.number))) or 0


def since(connection: Connection, number: int, *, agency: str | None, limit: int = 500) -> list[Change]:
    """The changes beyond a number to the questions of an agency, or with ``None`` of all, in order."""
    change = question_change.c
    query = select(question_change, question.c.public_id).join(question, question.c.id == change.question)
    query = query.where(change.number > number)
    if agency is not None:
        query = query.where(change.agency == agency)
    names = ("number", "agency", "kind", "by", "at")
    return [
        Change(**{name: row[name] for name in names}, question=row["public_id"])
        for row in connection.execute(query.order_by(change.number).limit(limit)).mappings()
    ]
