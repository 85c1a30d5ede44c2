"""Alike questions: the same kind, relation, category, source and scope, and what people answered to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select

from onecopy.catalog.answers import SAME
from onecopy.catalog.questions import Question, State, from_row
from onecopy.catalog.schema import answer, question
from onecopy.model import Answer


class Outcome(StrEnum):
    """What an answer comes to, whichever side is kept."""

    SAME = "same"
    BESIDE = "beside"
    """Both are kept, each in its own right."""
    NEWER = "newer"


_OF = {Answer.BOTH_NEEDED: Outcome.BESIDE, Answer.NOT_RELATED: Outcome.BESIDE} | {
    Answer.NEWER_VERSION_OF: Outcome.NEWER,
    **dict.fromkeys(SAME, Outcome.SAME),
}


def outcome(one: Answer) -> Outcome:
    """What an answer that decides comes to."""
    return _OF[one]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What makes questions alike. A category or a source that is ``None`` was not said."""

    agency: str
    relation: str
    scope: str
    category: str | None
    source: str | None


def answered(connection: Connection, agency: str | None, *, at_least: int) -> Iterator[tuple[Alike, int]]:
    """The sorts of questions of which at least so many were answered, the largest first."""
    column = question.c
    keys = [column[name] for name in ("agency", "relation", "scope", "category", "source")]
    number = func.count()
    query = select(*keys, number).where(*_answered(agency), column.relation.is_not(None))
    query = query.where(column.scope.is_not(None)).group_by(*keys).having(number >= at_least)
    for row in connection.execute(query.order_by(number.desc(), *keys).limit(200)):
        *values, count = row
        names = ("agency", "relation", "scope", "category", "source")
        yield Alike(**dict(zip(names, values, strict=True))), count


def newest(
    connection: Connection, like: Alike, *, scopes: list[str], limit: int
) -> list[tuple[Question, bool]]:
    """The newest answered questions that a rule for such questions would be about, also if it is wider.

    Args:
        connection: Of any transaction.
        like: What the rule names; what it does not name may be anything.
        scopes: Those that the rule takes in.
        limit: How many, at most.

    Returns:
        Each with whether the answer took members out.
    """
    column = question.c
    query = select(question, answer.c.given).join(answer, answer.c.question == column.id)
    query = query.where(answer.c.final, answer.c.undone_at.is_(None), *_answered(like.agency))
    query = query.where(column.relation == like.relation, column.scope.in_(scopes))
    for name, value in (("category", like.category), ("source", like.source)):
        if value is not None:
            query = query.where(column[name] == value)
    query = query.order_by(column.answered_at.desc(), column.id.desc()).limit(limit)
    return [(from_row(row), bool(row["given"]["apart"])) for row in connection.execute(query).mappings()]


def _answered(agency: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [question.c.state == str(State.ANSWERED)]
    return conditions if agency is None else [*conditions, question.c.agency == agency]
