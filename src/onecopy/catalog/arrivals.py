"""The log of what each agency received, by which the processes of a gate keep level with each other.

A content is logged when an agency receives it first, and again whenever its fingerprints become others. Who
has seen an agency's number has seen all lower ones: a number is one more than the last, and it is given by a
writer that holds the agency's scope until it commits. Generated numbers would not do, for a low one can be
committed after a higher one was seen. Should a writer ever come without that scope, the key lets only one of
two equal numbers be committed.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, func, insert, select

from onecopy.catalog.batches import batches
from onecopy.catalog.schema import arrival


def scope(agency: str) -> str:
    """What to name to :meth:`onecopy.catalog.store.Catalog.write` for adding to an agency's log."""
    return f"agency {agency}"


def add(connection: Connection, agency: str, content: str) -> None:
    """Log that an agency has received a content; nothing happens if that was logged.

    The transaction must hold the agency's scope.
    """
    query = select(arrival.c.number).where(arrival.c.agency == agency, arrival.c.content == content)
    if connection.scalar(query.limit(1)) is None:
        _append(connection, agency, content)


def again(connection: Connection, contents: Iterable[str]) -> None:
    """Log contents anew for whoever holds them, as their fingerprints have changed.

    The transaction must hold the scopes of all holders.
    """
    for batch in batches(contents):
        query = select(arrival.c.agency, arrival.c.content).where(arrival.c.content.in_(batch)).distinct()
        for agency, content in connection.execute(query.order_by(arrival.c.agency, arrival.c.content)).all():
            _append(connection, agency, content)


def _append(connection: Connection, agency: str, content: str) -> None:
    last = connection.scalar(select(func.max(arrival.c.number)).where(arrival.c.agency == agency)) or 0
    connection.execute(insert(arrival).values(agency=agency, number=last + 1, content=content))


def since(connection: Connection, agency: str, number: int) -> Iterator[tuple[int, str]]:
    """What an agency's log says beyond a number: number and content, in the order of commits."""
    query = select(arrival.c.number, arrival.c.content)
    query = query.where(arrival.c.agency == agency, arrival.c.number > number)
    for row in connection.execute(query.order_by(arrival.c.number)):
        yield row[0], row[1]


def any_of(connection: Connection, agency: str) -> bool:
    """Whether an agency ever received anything."""
    return connection.scalar(select(arrival.c.number).where(arrival.c.agency == agency).limit(1)) is not None


def agencies(connection: Connection) -> list[str]:
    """All agencies that ever received anything."""
    return list(connection.scalars(select(arrival.c.agency).distinct().order_by(arrival.c.agency)))


def held_elsewhere(connection: Connection, content: str, agency: str) -> bool:
    """Whether another agency has received a content, too."""
    query = select(arrival.c.number).where(arrival.c.content == content, arrival.c.agency != agency)
    return connection.scalar(query.limit(1)) is not None
