"""A question with all that a reviewer is shown: members, pairs, answers, and what was inherited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from onecopy.catalog import agreements, answers, inheritances, occurrences, questions
from onecopy.catalog.agreements import Reveals
from onecopy.catalog.answers import DECIDING, Answered
from onecopy.catalog.inheritances import Inherited
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Member, Pair, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMember:
    """A member with its occurrence.

    ``occurrence`` is ``None`` where it is another agency's that no longer agrees to show it. ``foreign``:
    it is another agency's, and neither its bytes nor its pictures are to be had.
    """

    member: Member
    occurrence: Occurrence | None
    foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """An answer; ``sealed`` where two must agree, and the second is not to be led by the first."""

    answer: Answered
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A question as a reviewer sees it."""

    question: Question
    members: tuple[ShownMember, ...]
    pairs: tuple[Pair, ...]
    answers: tuple[ShownAnswer, ...]
    inherited: tuple[Inherited, ...] = ()


def show(connection: Connection, question: Question, *, to: str) -> Shown:
    """A question with everything.

    Args:
        connection: Of any transaction.
        question: The question, which the reader may see.
        to: The reader's name: their own answer is not sealed from them.
    """
    given = answers.of_questions(connection, [question.id]).get(question.id, [])
    final = next((one for one in reversed(given) if one.final and one.undone_at is None), None)
    return Shown(
        question=question,
        members=tuple(_members(connection, question)),
        pairs=questions.pairs(connection, question.id),
        answers=tuple(_sealed(question, given, final, to)),
        inherited=tuple(inheritances.of_answer(connection, final.id)) if final is not None else (),
    )


def _sealed(
    question: Question, given: Sequence[Answered], final: Answered | None, to: str
) -> Iterable[ShownAnswer]:
    for one in given:
        waits = final is None and not one.final and one.undone_at is None and not question.escalated
        yield ShownAnswer(answer=one, sealed=waits and one.given.answer in DECIDING and one.by != to)


def _members(connection: Connection, question: Question) -> Iterable[ShownMember]:
    found = questions.members(connection, [question.id]).get(question.id, ())
    everyone = occurrences.by_ids(connection, {one.occurrence for one in found})
    sees = agreements.seen_by(connection, question.agency)
    for member in found:
        one = everyone[member.occurrence]
        foreign = (one.agency or "") != question.agency
        hidden = foreign and sees.get(one.agency or "") is not Reveals.OCCURRENCE
        yield ShownMember(member=member, occurrence=None if hidden else one, foreign=foreign)
