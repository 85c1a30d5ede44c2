"""What an agency's webhooks hear of answers: ``review.decided``."""

from collections.abc import Sequence

from sqlalchemy import Connection

from onecopy.catalog import webhooks
from onecopy.catalog.answers import Answered
from onecopy.catalog.questions import Question
from onecopy.catalog.webhooks import Happened

MOST = 100
"""Occurrences that one message names; how many more there are, it says."""


def tell(
    connection: Connection,
    question: Question,
    one: Answered,
    decided: Sequence[tuple[str, str]],
    *,
    undone: bool = False,
) -> None:
    """Write down what webhooks are to be told, in the transaction of the answer.

    Args:
        connection: Of that transaction.
        question: What was asked.
        one: The answer.
        decided: What holds now of which occurrence: public id and decision.
        undone: Whether the answer was taken back.
    """
    payload = {
        "question": question.public_id,
        "answer": one.public_id,
        "said": str(one.given.answer),
        "undone": undone,
        "kind": str(question.kind),
        "relation": question.relation,
        "case": question.case_id,
        "occurrences": [{"id": id, "decision": action} for id, action in decided[:MOST]],
        "more": max(0, len(decided) - MOST),
    }
    webhooks.emit(connection, Happened.REVIEW_DECIDED, question.agency, payload)
