"""Taking an answer back: everything is again as it was before it, and the log says so.

Only what nothing later rests on can be taken back; otherwise the refusal says what to take back first.
Uploads that were recognised by the answer meanwhile are asked about: nothing rests on an answer that is gone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from onecopy.audit.event import Event, Kind
from onecopy.catalog import (
    answers,
    arrivals,
    decisions,
    events,
    inheritances,
    judgements,
    occurrences,
    questions,
)
from onecopy.catalog.answers import Answered
from onecopy.catalog.judgements import Judgement
from onecopy.catalog.questions import Question, State
from onecopy.catalog.store import Catalog
from onecopy.records.versions import answers as conflicts
from onecopy.records.versions.land import refresh
from onecopy.records.versions.questions import KINDS as CONFLICTS
from onecopy.review.effects import undecide
from onecopy.review.model import Outcome, Refused, Reviewer
from onecopy.review.recognised import ask_again
from onecopy.review.told import tell
from onecopy.review.words import moment, who_said

_MOMENTS = ("claimed_until", "answered_at")


def undo(catalog: Catalog, public_id: str, *, by: Reviewer) -> Outcome:
    """Take an answer back, and with it what it answered about the very same images elsewhere.

    Args:
        catalog: Where it is.
        public_id: Of the answer.
        by: Who takes it back.

    Raises:
        Refused: ``not-found``, ``already-undone``, or ``cannot-undo`` and what to take back first.
        EnvironmentProblem: The catalog stands in the way.
    """
    with catalog.read() as connection:
        agency = _question(connection, _answer(connection, public_id), by).agency
    with catalog.write([arrivals.scope(agency)]) as connection:
        one = _answer(connection, public_id)
        for other in reversed(_given_with(connection, one)):
            _undo(connection, other, by)
        return _undo(connection, one, by)


def undo_all(catalog: Catalog, batch: str, *, by: Reviewer) -> list[Outcome]:
    """Take all answers of a batch back, the last one first: all that hold still, or none.

    Raises:
        Refused: As for :func:`undo`.
        EnvironmentProblem: The catalog stands in the way.
    """
    with catalog.read() as connection:
        agencies = {_question(connection, one, by).agency for one in _of_batch(connection, batch)}
    with catalog.write([arrivals.scope(agency) for agency in agencies]) as connection:
        return [_undo(connection, one, by) for one in reversed(_holding(connection, batch))]


def _given_with(connection: Connection, one: Answered) -> list[Answered]:
    """The later answers of its batch that say the same of the same images, oldest first."""
    if one.batch is None:
        return []
    later = [other for other in answers.of_batch(connection, one.batch) if other.id > one.id]
    found = questions.members(connection, [one.question, *(other.question for other in later)])
    places = {id: {member.place for member in members} for id, members in found.items()}
    return [
        other
        for other in later
        if other.undone_at is None and places.get(other.question) == places.get(one.question)
    ]


def _of_batch(connection: Connection, batch: str) -> list[Answered]:
    found = answers.of_batch(connection, batch)
    if not found:
        raise _none()
    return found


def _holding(connection: Connection, batch: str) -> list[Answered]:
    holding = [one for one in _of_batch(connection, batch) if one.undone_at is None]
    if not holding:
        raise Refused("All answers of the batch were taken back already.", code="already-undone")
    return holding


def _none() -> Refused:
    """What is another agency's is as if it were not."""
    return Refused("There is no such answer.", code="not-found")


def _answer(connection: Connection, public_id: str) -> Answered:
    one = answers.get(connection, public_id)
    if one is None:
        raise _none()
    return one


def _question(connection: Connection, one: Answered, by: Reviewer) -> Question:
    question = questions.by_ids(connection, [one.question])[one.question]
    if by.agency is not None and question.agency != by.agency:
        raise _none()
    return question


def _undo(connection: Connection, one: Answered, by: Reviewer) -> Outcome:
    question = _question(connection, one, by)
    _check_last(connection, question, one)
    decided: list[tuple[str, str]] = []
    said: list[Judgement] = []
    if one.final:
        rows = decisions.of_answer(connection, one.id)
        _check_decisions(connection, one, rows)
        said = judgements.of_answer(connection, one.id)
        _check_later(connection, question, one, said)
        judgements.remove_of(connection, one.id)
        inheritances.remove_of(connection, one.id)
        for id in rows:
            undecide(connection, one.id, id)
        decided = _decided(connection, rows)
    answers.taken_back(connection, one.id, by=by.name)
    values = _as_it_was(one) | {"version": question.version + 1}
    questions.change(connection, question, "undone", by=by.name, **values)
    if one.final and question.kind in CONFLICTS:
        conflicts.taken_back(connection, one.id, by=by.name)
    elif one.final:
        ask_again(connection, question.agency, said, since=one.at, by=by.name)
        refresh(connection, question.agency, question.case_id, by=by.name)
    if one.final:
        tell(connection, question, one, decided, undone=True)
    _log(connection, question, one, by, decided)
    return Outcome(
        question=questions.by_ids(connection, [question.id])[question.id],
        answer=answers.by_ids(connection, [one.id])[one.id],
        decided=tuple(decided),
    )


def _as_it_was(one: Answered) -> dict[str, Any]:
    return {
        name: msgspec.convert(value, datetime) if name in _MOMENTS and value is not None else value
        for name, value in one.before.items()
    }


def _check_last(connection: Connection, question: Question, one: Answered) -> None:
    if one.undone_at is not None:
        raise Refused(f"{one.undone_by} took it back on {moment(one.undone_at)}.", code="already-undone")
    if question.state is State.WITHDRAWN:
        raise Refused("Its question was withdrawn: what it was about is gone.", code="cannot-undo")
    later = [
        other
        for other in answers.of_questions(connection, [question.id])[question.id]
        if other.id > one.id and other.undone_at is None
    ]
    if later:
        raise _first(later[-1])


def _first(later: Answered) -> Refused:
    return Refused(
        f"Something later rests on it: {who_said(later)}. Undo that first (answer {later.public_id}).",
        code="cannot-undo",
    )


def _check_decisions(connection: Connection, one: Answered, rows: Iterable[int]) -> None:
    """What an answer decided must be what holds now, of occurrences that are still there."""
    found = occurrences.by_ids(connection, rows)
    for id, occurrence in sorted(found.items()):
        if occurrence.gone_at is not None:
            raise Refused(
                f"An upload that it decided about was deleted on {moment(occurrence.gone_at)}. "
                "It can no longer be taken back.",
                code="cannot-undo",
            )
        last = decisions.of_occurrence(connection, id)[-1]
        if last.answer != one.id:
            later = answers.by_ids(connection, [last.answer] if last.answer is not None else [])
            if later:
                raise _first(next(iter(later.values())))
            raise Refused("An upload that it decided about was decided anew since.", code="cannot-undo")


def _check_later(
    connection: Connection, question: Question, one: Answered, said: Sequence[Judgement]
) -> None:
    """A later answer about the same pair left the judgement to this one, so it rests on it."""
    wanted = {frozenset((pair.one, pair.other)) for pair in said}
    contents = {place[0] for pair in wanted for place in pair}
    for other in answers.later_about(connection, question.agency, contents, after=one.id):
        if other.question == one.question:
            continue
        places = {
            member.position: member.place
            for member in questions.members(connection, [other.question]).get(other.question, ())
        }
        for pair in questions.pairs(connection, other.question):
            if frozenset((places.get(pair.a), places.get(pair.b))) in wanted:
                raise _first(other)


def _decided(connection: Connection, ids: Iterable[int]) -> list[tuple[str, str]]:
    return [
        (occurrence.public_id, decisions.of_occurrence(connection, id)[-1].decision)
        for id, occurrence in sorted(occurrences.by_ids(connection, ids).items())
    ]


def _log(
    connection: Connection, question: Question, one: Answered, by: Reviewer, decided: list[tuple[str, str]]
) -> None:
    event = Event(
        kind=Kind.REVIEW_UNDONE,
        actor=by.name,
        agency=question.agency,
        outcome=str(one.given.answer),
        details={
            "answeredBy": one.by,
            "case": question.case_id,
            "kind": str(question.kind),
            "final": one.final,
            "batch": one.batch,
            "decided": [[public_id, action] for public_id, action in decided],
        },
        objects=(
            ("question", question.public_id),
            ("answer", one.public_id),
            *(("occurrence", public_id) for public_id, _ in decided),
        ),
    )
    events.append(connection, event)
