"""Answering a question: one transaction that checks, decides, remembers and tells."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection

from onecopy.audit.event import Event, Kind
from onecopy.catalog import answers, arrivals, events, judgements, occurrences, questions
from onecopy.catalog.answers import DECIDING, Answered, Given
from onecopy.catalog.inheritances import Inherited
from onecopy.catalog.judgements import Judgement, Says
from onecopy.catalog.questions import Member, Question, State
from onecopy.catalog.store import Catalog
from onecopy.model import Answer
from onecopy.records.versions import answers as conflicts
from onecopy.records.versions.land import refresh
from onecopy.records.versions.questions import KINDS as CONFLICTS
from onecopy.records.versions.questions import sides
from onecopy.review.alike import alike
from onecopy.review.claims import check_free, check_open
from onecopy.review.effects import decided_by, inherit
from onecopy.review.meaning import Meaning, meaning
from onecopy.review.model import Outcome, Refused, Reviewer
from onecopy.review.opened import found, opened
from onecopy.review.told import tell
from onecopy.review.words import moment, who_said

MOST_AT_ONCE = 200
"""Questions of one batch."""
LONGEST_NOTE = 2000

_HANDS = ("assigned_to", "claimed_by", "claimed_until")
RESTORED = ("state", "escalated", "answer", "answered_by", "answered_at", *_HANDS)
"""The columns of a question that an answer may change, and taking it back restores."""


def decide(catalog: Catalog, public_id: str, given: Given, *, version: int, by: Reviewer) -> Outcome:
    """Answer a question; and with it, as one batch, those that ask about the very same images elsewhere.

    Args:
        catalog: Where it is.
        public_id: Which one.
        given: The answer.
        version: Of the question, as the reviewer saw it.
        by: Who answers.

    Raises:
        Refused: It cannot be answered so, or not by this one; see :class:`onecopy.review.model.Refused`.
        EnvironmentProblem: The catalog stands in the way.
    """
    with opened(catalog, public_id, by) as (connection, question):
        others = alike(connection, question, given, by=by)
        batch = str(uuid.uuid4()) if others else None
        outcome = _decide(connection, question, given, version=version, by=by, batch=batch)
        for other, same in others:
            _decide(connection, other, same, version=other.version, by=by, batch=batch)
        return replace(outcome, also=len(others))


def decide_all(catalog: Catalog, wanted: Sequence[tuple[str, int, Given]], *, by: Reviewer) -> list[Outcome]:
    """Answer several questions at once: all of them, or none.

    Args:
        catalog: Where they are.
        wanted: Each by its public id, with the version that was seen and the answer.
        by: Who answers.

    Raises:
        Refused: One of them is refused; the sentence says which.
    """
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Refused(f"One to {MOST_AT_ONCE} questions can be answered at once.", code="bad-answer")
    batch = str(uuid.uuid4())
    with catalog.read() as connection:
        agencies = {found(connection, public_id, by).agency for public_id, _, _ in wanted}
    done = []
    with catalog.write([arrivals.scope(agency) for agency in agencies]) as connection:
        for public_id, version, given in wanted:
            question = found(connection, public_id, by)
            try:
                done.append(_decide(connection, question, given, version=version, by=by, batch=batch))
            except Refused as error:
                raise Refused(f"'{question.title}': {error.message}", code=error.code) from None
    return done


def _decide(
    connection: Connection,
    question: Question,
    given: Given,
    *,
    version: int,
    by: Reviewer,
    batch: str | None = None,
) -> Outcome:
    if len(given.note) > LONGEST_NOTE:
        raise Refused(f"The note is longer than {LONGEST_NOTE} characters.", code="bad-answer")
    before = answers.of_questions(connection, [question.id]).get(question.id, [])
    _check_state(question, before, version)
    check_free(question, by)
    one = Answered(question=question.id, given=given, by=by.name, batch=batch, before=_as_it_is(question))
    if given.answer not in DECIDING:
        return _set_aside(connection, question, one)
    votes = [vote for vote in before if not vote.final and vote.undone_at is None and _decides(vote)]
    _check_person(question, votes, by)
    members = _asked_about(connection, question)
    pairs = questions.pairs(connection, question.id)
    means = meaning(question, members, pairs, given)
    _check_judged(connection, question, means)
    if question.reviewers > 1 and not question.escalated:
        if not votes:
            return _vote(connection, question, one, escalated=False)
        if meaning(question, members, pairs, votes[-1].given).key != means.key:
            return _vote(connection, question, one, escalated=True)
    return _finish(connection, question, replace(one, final=True), means, votes)


def _asked_about(connection: Connection, question: Question) -> tuple[Member, ...]:
    """The members that an answer speaks of: in a conflict the sides, and not the further pages shown."""
    members = questions.members(connection, [question.id]).get(question.id, ())
    return members[: len(sides(question))] if question.kind in CONFLICTS else members


def _decides(one: Answered) -> bool:
    return one.given.answer in DECIDING


def _as_it_is(question: Question) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins({name: getattr(question, name) for name in RESTORED})
    return said


def _check_state(question: Question, before: Sequence[Answered], version: int) -> None:
    if question.state is State.ANSWERED:
        last = next(one for one in reversed(before) if one.final and one.undone_at is None)
        raise Refused(f"{who_said(last)}. Nothing was changed by your answer.", code="already-answered")
    check_open(question)
    if question.version != version:
        raise Refused(
            "The question has changed since you saw it: something joined it, left it, or was said to it. "
            "Look at it again.",
            code="changed",
        )


def _check_person(question: Question, votes: Sequence[Answered], by: Reviewer) -> None:
    mine = next((vote for vote in votes if vote.by == by.name), None)
    if mine is not None:
        raise Refused(
            f"You answered it on {moment(mine.at)}; two different people have to. Somebody else goes on.",
            code="same-reviewer",
        )
    if question.escalated and not by.officer:
        raise Refused("Two reviewers disagreed about it: a records officer decides.", code="needs-officer")


def _check_judged(connection: Connection, question: Question, means: Meaning) -> None:
    """Refuse an answer that contradicts one that holds: a pair that was judged stays judged."""
    places = [one.place for pair in means.pairs for one in (pair.one, pair.other)]
    rest = [*means.together, *([means.chosen] if means.chosen else [])]
    known = judgements.among(connection, question.agency, [*places, *(one.place for one in rest)])
    together = {one.place for one in rest} if means.says is Says.SAME else set()
    for pair, said in known.items():
        if said.says is not Says.SAME and len(pair) > 1 and pair <= together:
            raise _contradiction(said, "Two of them were judged to be different")
    for told in means.pairs:
        earlier = known.get(frozenset((told.one.place, told.other.place)))
        if earlier is not None and (earlier.says is Says.SAME) != (told.says is Says.SAME):
            same = "the same" if earlier.says is Says.SAME else "different"
            raise _contradiction(earlier, f"Two of them were judged to be {same}")


def _contradiction(said: Judgement, what: str) -> Refused:
    return Refused(
        f"{what} by {said.by} on {moment(said.at)}. Take one of them out, or undo that answer first.",
        code="told-apart",
    )


def _set_aside(connection: Connection, question: Question, one: Answered) -> Outcome:
    """A reviewer skips, or asks a colleague: the question stays open, and free for others."""
    values: dict[str, Any] = {}
    if question.claimed_by == one.by:
        values |= {"claimed_by": None, "claimed_until": None}
    if one.given.answer is Answer.ASK_A_COLLEAGUE:
        values["assigned_to"] = one.given.to
    number = answers.add(connection, one)
    questions.change(connection, question, "noted", by=one.by, **values)
    return _outcome(connection, question.id, number)


def _vote(connection: Connection, question: Question, one: Answered, *, escalated: bool) -> Outcome:
    """The first of two reviewers, or the second, who says something else."""
    number = answers.add(connection, one)
    values = {"claimed_by": None, "claimed_until": None, "escalated": escalated}
    kind = "escalated" if escalated else "voted"
    questions.change(connection, question, kind, by=one.by, version=question.version + 1, **values)
    details = {"kind": str(question.kind), "case": question.case_id, "disagree": escalated}
    _log(connection, Kind.REVIEW_PROPOSED, question, one, details)
    return _outcome(connection, question.id, number)


def _finish(
    connection: Connection, question: Question, one: Answered, means: Meaning, votes: Sequence[Answered]
) -> Outcome:
    number = answers.add(connection, one)
    one = replace(one, id=number)
    values = {
        "state": str(State.ANSWERED),
        "answer": str(one.given.answer),
        "answered_by": one.by,
        "answered_at": one.at,
        "claimed_by": None,
        "claimed_until": None,
        "version": question.version + 1,
    }
    inherited: list[Inherited] = []
    decided: list[tuple[str, str]] = []
    questions.change(connection, question, "answered", by=one.by, **values)
    if question.kind in CONFLICTS:
        members = questions.members(connection, [question.id]).get(question.id, ())
        conflicts.answered(connection, question, members, one.given, number, one.by)
    else:
        judgements.add_all(connection, question.agency, _judgements(means, one))
        inherited = inherit(connection, question, means, number)
        decided = decided_by(connection, question, means, one)
        refresh(connection, question.agency, question.case_id, by=one.by)
    tell(connection, question, one, decided)
    details = {
        "kind": str(question.kind),
        "relation": question.relation,
        "case": question.case_id,
        "reviewers": [*dict.fromkeys(vote.by for vote in votes), one.by],
        "chosen": _public(connection, means),
        "apart": len(means.apart),
        "decided": [[public_id, action] for public_id, action in decided],
    }
    objects = tuple(("occurrence", public_id) for public_id, _ in decided)
    _log(connection, Kind.REVIEW_DECIDED, question, one, details, objects)
    return replace(
        _outcome(connection, question.id, number), decided=tuple(decided), inherited=tuple(inherited)
    )


def _judgements(means: Meaning, one: Answered) -> list[Judgement]:
    return [
        Judgement(
            one=pair.one.place,
            other=pair.other.place,
            says=pair.says,
            answer=one.id,
            better=None if pair.better is None else pair.better.place,
            at=one.at,
        )
        for pair in means.pairs
    ]


def _public(connection: Connection, means: Meaning) -> str | None:
    if means.chosen is None:
        return None
    return occurrences.by_ids(connection, [means.chosen.occurrence])[means.chosen.occurrence].public_id


def _log(
    connection: Connection,
    kind: Kind,
    question: Question,
    one: Answered,
    details: dict[str, Any],
    objects: tuple[tuple[str, str], ...] = (),
) -> None:
    event = Event(
        kind=kind,
        actor=one.by,
        agency=question.agency,
        outcome=str(one.given.answer),
        details=details | {"batch": one.batch},
        objects=(("question", question.public_id), ("answer", one.public_id), *objects),
        at=one.at,
    )
    events.append(connection, event)


def _outcome(connection: Connection, question: int, answer: int) -> Outcome:
    return Outcome(
        question=questions.by_ids(connection, [question])[question],
        answer=answers.by_ids(connection, [answer])[answer],
    )
