"""Open questions about the very same images in other cases: what is judged is not asked about twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from onecopy.catalog import questions
from onecopy.catalog.answers import DECIDING, Given
from onecopy.catalog.questions import Member, Place, Question
from onecopy.records.questions import ABOUT_PAIRS
from onecopy.review.model import Reviewer


def alike(
    connection: Connection, question: Question, given: Given, *, by: Reviewer
) -> list[tuple[Question, Given]]:
    """The questions that an answer answers, too, each with the answer in its own positions.

    Args:
        connection: Of the transaction that answers.
        question: The one that is answered; where two must agree, it stands for itself alone.
        given: The answer.
        by: Who gives it. What another has in hand is left to them.
    """
    if given.answer not in DECIDING or question.reviewers > 1 or question.kind not in ABOUT_PAIRS:
        return []
    mine = questions.members(connection, [question.id]).get(question.id, ())
    at = _by_place(mine)
    if at is None:
        return []
    ids = [id for id in questions.about(connection, question.agency, None, at) if id != question.id]
    members = questions.members(connection, ids)
    return [
        (one, _mapped(given, at, there))
        for id, one in sorted(questions.by_ids(connection, ids).items())
        if (there := _by_place(members.get(id, ()))) is not None
        and there.keys() == at.keys()
        and one.kind in ABOUT_PAIRS
        and one.reviewers == 1
        and one.claimant(datetime.now(UTC)) in (None, by.name)
    ]


def _by_place(members: Sequence[Member]) -> dict[Place, int] | None:
    """The positions by image; ``None`` where one image is there twice."""
    found = {one.place: one.position for one in members}
    return found if len(found) == len(members) > 0 else None


def _mapped(given: Given, at: dict[Place, int], there: dict[Place, int]) -> Given:
    where = {position: there[place] for place, position in at.items()}

    def moved(position: int | None) -> int | None:
        return None if position is None else where.get(position)

    return replace(
        given,
        keep=moved(given.keep),
        newer=moved(given.newer),
        apart=tuple(where[one] for one in given.apart if one in where),
    )
