"""Ending questions that are over without an answer, in the transaction of whoever causes it."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from onecopy.catalog import decisions, questions
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Member, Part, State
from onecopy.records.questions import ABOUT_PAIRS, composed, forget_votes


def withdraw(connection: Connection, id: int, *, by: str | None, why: str) -> None:
    """End a question that is over without an answer; whatever it held waits for nothing more.

    Args:
        connection: Of a write transaction that holds the agency's scope.
        id: The catalog's number of the question.
        by: Who caused it.
        why: What the uploads it held are told, as a sentence.
    """
    question = questions.by_ids(connection, [id])[id]
    if question.state is not State.OPEN:
        return
    held = [one.occurrence for one in _members(connection, id) if one.role is Part.HELD]
    values = {"state": str(State.WITHDRAWN), "claimed_by": None, "claimed_until": None}
    questions.change(connection, question, "withdrawn", by=by, version=question.version + 1, **values)
    for number in waiting_no_more(connection, dict.fromkeys(held)):
        decisions.add(connection, Decision(occurrence=number, decision="store", reason=why))


def waiting_no_more(connection: Connection, ids: Iterable[int]) -> Iterator[int]:
    """Those of some occurrences that are held, and that no open question holds."""
    for id in ids:
        mine = questions.of_occurrences(connection, [id])
        members = questions.members(connection, mine)
        held = any(
            one.occurrence == id and one.role is Part.HELD for many in members.values() for one in many
        )
        if not held and decisions.of_occurrence(connection, id)[-1].decision == "hold":
            yield id


def withdraw_from(connection: Connection, one: Occurrence, *, by: str) -> None:
    """Take a deleted occurrence out of the open questions; withdraw those with nothing left to compare."""
    for id, question in sorted(
        questions.by_ids(connection, questions.of_occurrences(connection, [one.id])).items()
    ):
        gone = [member.position for member in _members(connection, id) if member.occurrence == one.id]
        questions.drop_members(connection, id, gone)
        pairs = questions.pairs(connection, id)
        if not pairs:
            why = "What it was held for was deleted: nothing is left to compare it with."
            withdraw(connection, id, by=by, why=why)
            continue
        forget_votes(connection, question)
        values: dict[str, Any] = {"version": question.version + 1, "escalated": False}
        if question.kind in ABOUT_PAIRS:
            values |= composed(connection, question.case_id, _members(connection, id), pairs)
        questions.change(connection, question, "joined", by=by, **values)


def _members(connection: Connection, id: int) -> tuple[Member, ...]:
    return questions.members(connection, [id]).get(id, ())
