"""What an answer to a conflict does: it sets the version that counts, for as long as it is not taken back."""

from collections.abc import Sequence

from sqlalchemy import Connection

from onecopy.catalog import versions as kept
from onecopy.catalog.answers import Given
from onecopy.catalog.questions import Member, Question
from onecopy.catalog.versions import Ruled
from onecopy.model import Answer
from onecopy.records.versions.land import Change, refresh
from onecopy.records.versions.questions import sides
from onecopy.records.versions.rulings import plain


def answered(
    connection: Connection, question: Question, members: Sequence[Member], given: Given, answer: int, by: str
) -> list[Change]:
    """Carry out an answer to one of the questions of :mod:`onecopy.records.versions.questions`.

    That all are needed, or have nothing to do with each other, makes documents of their own of them; that one
    is newer, or is the one to keep, makes it the current version.

    Args:
        connection: Of a write transaction that holds the agency's scope.
        question: What was asked.
        members: Its members: as many as there are sides come first.
        given: What was said.
        answer: The catalog's number of the answer, by which it can be taken back.
        by: Who said it.

    Returns:
        What counts now instead of something else.
    """
    asked = sides(question)
    kept.rule(
        connection,
        Ruled(
            agency=question.agency,
            case_id=question.case_id,
            kind=str(question.kind),
            sides=plain(asked),
            current=_chosen(given, members, len(asked)),
            answer=answer,
            by=by,
        ),
    )
    return refresh(connection, question.agency, question.case_id, by=by)


def taken_back(connection: Connection, answer: int, *, by: str) -> list[Change]:
    """Undo what an answer did; the case is as if it had not been given."""
    where = kept.take_back(connection, answer)
    return [] if where is None else refresh(connection, *where, by=by)


def _chosen(given: Given, members: Sequence[Member], count: int) -> int | None:
    if given.answer in (Answer.BOTH_NEEDED, Answer.NOT_RELATED):
        return None
    named = given.newer if given.answer is Answer.NEWER_VERSION_OF else given.keep
    if named is None:
        named = {Answer.SAME_KEEP_LEFT: 0, Answer.SAME_KEEP_RIGHT: 1}.get(given.answer)
    positions = [one.position for one in members[:count]]
    if named in positions:
        return positions.index(named)
    return max(range(len(positions)), key=lambda place: members[place].occurrence, default=None)
