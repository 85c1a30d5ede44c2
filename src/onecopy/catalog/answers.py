"""Answers: what people said to a question. They are added; one that was taken back says so."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from onecopy.catalog.batches import batches
from onecopy.catalog.schema import answer, question, question_member
from onecopy.model import Answer

DECIDING = frozenset(Answer) - {Answer.SKIP, Answer.ASK_A_COLLEAGUE}
"""Those that settle a question."""
SAME = frozenset({Answer.SAME_KEEP_LEFT, Answer.SAME_KEEP_RIGHT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it is given. Members are named by their positions.

    Attributes:
        answer: What is said.
        keep: Of what is the same, the one that is kept. Where a question has two members it may be left out.
        newer: The one that takes the place of the others; if it is left out, the one that came last.
        apart: Those that are none of the others: taken out, and ``not-related``.
        note: Words for colleagues, kept with the answer.
        to: Whom a colleague's answer is asked of.
    """

    answer: Answer
    keep: int | None = None
    newer: int | None = None
    apart: tuple[int, ...] = ()
    note: str = ""
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as it was given, by whom and when.

    Attributes:
        question: The catalog's number of it.
        final: Whether it decided the question; the first of two reviewers' does not.
        batch: What all answers of one batch share.
        before: The question's columns as they were, for taking the answer back.
    """

    question: int
    given: Given
    by: str
    id: int = 0
    public_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    final: bool = False
    batch: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    undone_at: datetime | None = None
    undone_by: str | None = None


_PLAIN = ("question", "by", "public_id", "at", "final", "batch", "before", "undone_at", "undone_by")
_GIVEN = tuple(one.name for one in fields(Given) if one.name != "answer")


def add(connection: Connection, one: Answered) -> int:
    """Remember an answer.

    Returns:
        The catalog's number of it.
    """
    given = {name: getattr(one.given, name) for name in _GIVEN}
    values = {name: getattr(one, name) for name in _PLAIN}
    values |= {"answer": str(one.given.answer), "given": given}
    number: int = connection.execute(insert(answer).values(values).returning(answer.c.id)).scalar_one()
    return number


def get(connection: Connection, public_id: str) -> Answered | None:
    """An answer by its public id. Whose its question is, the question says."""
    row = connection.execute(select(answer).where(answer.c.public_id == public_id)).mappings().first()
    return None if row is None else _answered(row)


def beginning(connection: Connection, text: str, *, limit: int = 2) -> list[str]:
    """The public ids that begin with a text, a few at most."""
    query = select(answer.c.public_id).where(answer.c.public_id.startswith(text, autoescape=True))
    return list(connection.scalars(query.order_by(answer.c.public_id).limit(limit)))


def by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Answered]:
    """Answers by the catalog's numbers."""
    found: dict[int, Answered] = {}
    for batch in batches(ids):
        query = select(answer).where(answer.c.id.in_(batch))
        found |= {row["id"]: _answered(row) for row in connection.execute(query).mappings()}
    return found


def of_questions(connection: Connection, ids: Iterable[int]) -> dict[int, list[Answered]]:
    """The answers to some questions, oldest first; those that were taken back, too."""
    found: dict[int, list[Answered]] = {}
    for batch in batches(ids):
        query = select(answer).where(answer.c.question.in_(batch)).order_by(answer.c.id)
        for row in connection.execute(query).mappings():
            found.setdefault(row["question"], []).append(_answered(row))
    return found


def of_batch(connection: Connection, batch: str) -> list[Answered]:
    """The answers of a batch, oldest first; those that were taken back, too."""
    query = select(answer).where(answer.c.batch == batch).order_by(answer.c.id)
    return [_answered(row) for row in connection.execute(query).mappings()]


def later_about(
    connection: Connection, agency: str, contents: Iterable[str], *, after: int
) -> list[Answered]:
    """The answers after one that hold, and decided questions of an agency about any of some contents."""
    found: dict[int, Answered] = {}
    for batch in batches(sorted(set(contents))):
        about = select(question_member.c.question).where(question_member.c.content.in_(batch))
        query = select(answer).join(question, question.c.id == answer.c.question)
        query = query.where(question.c.id.in_(about), question.c.agency == agency)
        query = query.where(answer.c.id > after, answer.c.final, answer.c.undone_at.is_(None))
        found |= {row["id"]: _answered(row) for row in connection.execute(query).mappings()}
    return [found[id] for id in sorted(found)]


def latest(connection: Connection, by: str) -> Answered | None:
    """What somebody said last, of all that was not taken back."""
    query = select(answer).where(answer.c.by == by, answer.c.undone_at.is_(None))
    row = connection.execute(query.order_by(answer.c.id.desc()).limit(1)).mappings().first()
    return None if row is None else _answered(row)


def holding(
    connection: Connection,
    *,
    agency: str | None,
    case_id: str | None = None,
    by: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Answered]:
    """The answers that decided questions and hold, the newest first.

    Args:
        connection: Of any transaction.
        agency: Whose questions; ``None`` for all agencies.
        case_id: Of one case alone.
        by: Of one person alone.
        before: Only those before this one, by its number.
        limit: How many, at most.
    """
    query = select(answer).join(question, question.c.id == answer.c.question)
    query = query.where(answer.c.final, answer.c.undone_at.is_(None))
    wanted = ((question.c.agency, agency), (question.c.case_id, case_id), (answer.c.by, by))
    query = query.where(*(column == value for column, value in wanted if value is not None))
    if before is not None:
        query = query.where(answer.c.id < before)
    rows = connection.execute(query.order_by(answer.c.id.desc()).limit(limit)).mappings()
    return [_answered(row) for row in rows]


def taken_back(connection: Connection, id: int, *, by: str) -> None:
    """Note that an answer holds no longer."""
    values = {"undone_at": datetime.now(UTC), "undone_by": by}
    connection.execute(update(answer).where(answer.c.id == id).values(values))


def _answered(row: Mapping[Any, Any]) -> Answered:
    said = dict(row["given"]) | {"apart": tuple(row["given"]["apart"])}
    given = Given(answer=Answer(row["answer"]), **said)
    return Answered(id=row["id"], given=given, **{name: row[name] for name in _PLAIN})
