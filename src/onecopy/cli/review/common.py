"""What the commands share: who reviews, and identifiers that may be shortened."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from onecopy.review.model import Reviewer

SHORT = 8
"""Characters of an identifier that are shown. As many as tell it from all others are enough to name it."""


def me() -> "Reviewer":
    """Who runs the command, for every agency: whoever may open the catalog may do all that commands do."""
    from onecopy.cli.actor import actor
    from onecopy.review.model import Reviewer

    return Reviewer(name=actor(), agency=None, officer=True)


def question_id(connection: "Connection", beginning: str) -> str:
    """The whole identifier of a question.

    Raises:
        UsageError: There is none that begins so, or several do.
    """
    from onecopy.catalog import questions

    return _only(questions.beginning(connection, beginning), "question", beginning)


def answer_id(connection: "Connection", beginning: str) -> str:
    """The whole identifier of an answer.

    Raises:
        UsageError: There is none that begins so, or several do.
    """
    from onecopy.catalog import answers

    return _only(answers.beginning(connection, beginning), "answer", beginning)


def _only(found: list[str], what: str, beginning: str) -> str:
    from onecopy.errors import UsageError

    if not found:
        raise UsageError(f"There is no {what} '{beginning[:40]}'. See: onecopy review list", code="not-found")
    if len(found) > 1:
        raise UsageError(f"Several {what}s begin with '{beginning}'. Give more of it.")
    return found[0]
