"""From what the review layer shows to what the API says of questions and answers."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from onecopy.catalog import rows
from onecopy.catalog.inheritances import Inherited as StoredInheritance
from onecopy.catalog.questions import Pair
from onecopy.catalog.questions import Question as StoredQuestion
from onecopy.policy.review import Urgency
from onecopy.review.model import Outcome
from onecopy.review.show import Shown, ShownAnswer, ShownMember
from onecopy.service.api.question_models import (
    Answered,
    Inherited,
    Member,
    PairOfMembers,
    Question,
    Result,
    WholeQuestion,
)

_OF_OCCURRENCE = ("occurrence", "case", "name", "sha256", "agency", "uploader", "received_at")


def question(one: StoredQuestion) -> Question:
    """A question as the API says it."""
    return Question(**_question(one))


def _question(one: StoredQuestion) -> dict[str, Any]:
    claimant = one.claimant(datetime.now(UTC))
    names = set(Question.model_fields) - {"id", "case", "priority", "claimed_by", "claimed_until"}
    return {name: getattr(one, name) for name in names} | {
        "id": one.public_id,
        "case": one.case_id,
        "priority": urgency(one.priority),
        "proposed": dict(one.proposed),
        "reasons": list(one.reasons),
        "claimed_by": claimant,
        "claimed_until": one.claimed_until if claimant else None,
    }


def urgency(priority: int) -> str:
    """A priority in a word."""
    return Urgency(priority).name.lower()


def whole(shown: Shown, occurrences: dict[int, str]) -> WholeQuestion:
    """A question with everything; ``occurrences``: public ids of those that inherited and gave."""
    return WholeQuestion(
        **_question(shown.question),
        members=[_member(one) for one in shown.members],
        pairs=[_pair(one) for one in shown.pairs],
        answers=[answered(one) for one in shown.answers],
        inherited=[_inherited(one, occurrences) for one in shown.inherited],
        details=dict(shown.question.details),
    )


def _member(one: ShownMember) -> Member:
    seen, member = one.occurrence, one.member
    said: dict[str, Any] = (
        dict.fromkeys(_OF_OCCURRENCE)
        if seen is None
        else {
            "occurrence": seen.public_id,
            "case": seen.case_id,
            "name": seen.name,
            "sha256": seen.content,
            "agency": seen.agency,
            "uploader": None if one.foreign else seen.uploader,
            "received_at": seen.seen_at,
        }
    )
    return Member(position=member.position, role=member.role, inner=member.inner, foreign=one.foreign, **said)


def _pair(one: Pair) -> PairOfMembers:
    verdict = one.verdict
    return PairOfMembers(
        a=one.a,
        b=one.b,
        relation=verdict.relation,
        confidence=verdict.confidence,
        evidence=rows.sparse(verdict.evidence),
    )


def answered(shown: ShownAnswer) -> Answered:
    """An answer as the API says it."""
    one = shown.answer
    said: dict[str, Any] = msgspec.to_builtins(one.given)
    if shown.sealed:
        said |= {"answer": None, "keep": None, "newer": None, "apart": (), "note": ""}
    names = ("by", "at", "final", "batch", "undone_at", "undone_by")
    return Answered(
        id=one.public_id, **said, **{name: getattr(one, name) for name in names}, sealed=shown.sealed
    )


def _inherited(one: StoredInheritance, occurrences: dict[int, str]) -> Inherited:
    return Inherited(
        occurrence=occurrences[one.occurrence],
        giver=occurrences[one.giver],
        field=one.field,
        value=one.value,
        conflicts_with=one.conflicts_with,
    )


def result(outcome: Outcome) -> Result:
    """What came of an answer."""
    return Result(
        question=question(outcome.question),
        answer=answered(ShownAnswer(answer=outcome.answer)),
        words=outcome.words,
        decided=[{"occurrence": id, "decision": action} for id, action in outcome.decided],
    )
