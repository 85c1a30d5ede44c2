"""A question in a transaction of its own."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection

from onecopy.catalog import arrivals, questions
from onecopy.catalog.questions import Question
from onecopy.catalog.store import Catalog
from onecopy.review.model import Refused, Reviewer


@contextlib.contextmanager
def opened(catalog: Catalog, public_id: str, by: Reviewer) -> Iterator[tuple[Connection, Question]]:
    """A question as it is now, in a transaction beside which nothing is decided of its agency.

    Raises:
        Refused: ``not-found``: there is none, or it is another agency's.
        EnvironmentProblem: The catalog stands in the way.
    """
    with catalog.read() as connection:
        agency = found(connection, public_id, by).agency
    with catalog.write([arrivals.scope(agency)]) as connection:
        yield connection, found(connection, public_id, by)


def found(connection: Connection, public_id: str, by: Reviewer) -> Question:
    """A question that the reviewer may see.

    Raises:
        Refused: ``not-found``.
    """
    question = questions.get(connection, public_id, agency=by.agency)
    if question is None:
        raise Refused("There is no such question.", code="not-found")
    return question
