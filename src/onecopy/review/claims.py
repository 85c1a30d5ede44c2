"""Who works on what: a claim is a lease that ends by itself, an assignment holds until it is changed."""

from datetime import UTC, datetime, timedelta

from onecopy.catalog import questions
from onecopy.catalog.questions import Question, State
from onecopy.catalog.store import Catalog
from onecopy.review.model import Refused, Reviewer
from onecopy.review.opened import opened
from onecopy.review.words import moment

LEASE = timedelta(minutes=15)


def claim(catalog: Catalog, public_id: str, *, by: Reviewer, lease: timedelta = LEASE) -> Question:
    """Take a question in hand, or keep it for longer.

    Raises:
        Refused: ``claimed`` or ``assigned``: it is another's; ``already-answered``, ``withdrawn`` or
            ``not-found``.
    """
    with opened(catalog, public_id, by) as (connection, question):
        check_open(question)
        check_free(question, by)
        if question.assigned_to not in (None, by.name) and not by.officer:
            raise Refused(
                f"It is assigned to {question.assigned_to}. Ask them, or a records officer.", code="assigned"
            )
        until = datetime.now(UTC) + lease
        values = {"claimed_by": by.name, "claimed_until": until}
        questions.change(connection, question, "claimed", by=by.name, **values)
        return questions.by_ids(connection, [question.id])[question.id]


def release(catalog: Catalog, public_id: str, *, by: Reviewer) -> Question:
    """Give a question back. One that nobody has in hand stays as it is.

    Raises:
        Refused: ``claimed``: another has it, and the reviewer is no records officer; ``not-found``.
    """
    with opened(catalog, public_id, by) as (connection, question):
        if question.claimed_by is not None:
            if not by.officer:
                check_free(question, by)
            values = {"claimed_by": None, "claimed_until": None}
            questions.change(connection, question, "released", by=by.name, **values)
        return questions.by_ids(connection, [question.id])[question.id]


def assign(catalog: Catalog, public_id: str, *, to: str | None, by: Reviewer) -> Question:
    """Say who is to answer a question; ``None`` for anybody.

    Raises:
        Refused: ``claimed``: another has it in hand; ``already-answered``, ``withdrawn``, ``not-found``.
    """
    with opened(catalog, public_id, by) as (connection, question):
        check_open(question)
        if not by.officer:
            check_free(question, by)
        values: dict[str, object] = {"assigned_to": to}
        if question.claimed_by != to:
            values |= {"claimed_by": None, "claimed_until": None}
        questions.change(connection, question, "assigned", by=by.name, **values)
        return questions.by_ids(connection, [question.id])[question.id]


def check_open(question: Question) -> None:
    """Refuse what only an open question takes.

    Raises:
        Refused: ``already-answered`` or ``withdrawn``.
    """
    if question.state is State.ANSWERED:
        assert question.answered_at is not None
        raise Refused(
            f"{question.answered_by} answered it on {moment(question.answered_at)}.", code="already-answered"
        )
    if question.state is State.WITHDRAWN:
        raise Refused("It was withdrawn: what it was about is no longer there.", code="withdrawn")


def check_free(question: Question, by: Reviewer) -> None:
    """Refuse what another has in hand.

    Raises:
        Refused: ``claimed``.
    """
    claimant = question.claimant(datetime.now(UTC))
    if claimant not in (None, by.name):
        assert question.claimed_until is not None
        raise Refused(
            f"{claimant} has it in hand until {moment(question.claimed_until)}. "
            "Take the next one, or ask them to release it.",
            code="claimed",
        )
