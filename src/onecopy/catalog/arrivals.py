"""The log of what each agency received, by which the processes of a gate keep level with each other.

A content is logged when an agency receives it first, and again whenever its fingerprints become others. Who
has seen an agency's number has seen all lower ones: a number is one more than the last, and it is given by a
writer that holds the agency's scope until it commits. Generated numbers would not do, for a low one can be
committed after a higher one was seen. Should a writer ever come without that scope, the key lets only one of
two equal numbers be committed.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, bindparam, func, insert, select

from onecopy.catalog.batches import batches
from onecopy.catalog.schema import arrival

_AGENCY = bindparam("agency", type_=arrival.c.agency.type)
_CONTENT = bindparam("content", type_=arrival.c.content.type)
_OF_AGENCY = select(arrival.c.number).where(arrival.c.agency == _AGENCY)
# The greatest number and nothing else beside it: else SQLite reads all of them.
_NEWEST = select(func.max(arrival.c.number)).where(arrival.c.agency == _AGENCY)
_LINE = select(_AGENCY, func.coalesce(_NEWEST.scalar_subquery(), 0) + 1, _CONTENT)
_APPEND = insert(arrival).from_select(("agency", "number", "content"), _LINE)
_HOLDERS = select(arrival.c.agency).where(arrival.c.content == _CONTENT).distinct()
_SINCE = (
    select(arrival.c.number, arrival.c.content)
    .where(arrival.c.agency == _AGENCY, arrival.c.number > bindparam("number"))
    .order_by(arrival.c.number)
)


def scope(agency: str) -> str:
    """What to name to :meth:`onecopy.catalog.store.Catalog.write` for adding to an agency's log."""
    return f"agency {agency}"


def add(connection: Connection, agency: str, content: str) -> None:
    """Log that an agency has received a content; nothing happens if that was logged.

    The transaction must hold the agency's scope.
    """
    if agency not in holders(connection, content):
        connection.execute(_APPEND, {"agency": agency, "content": content})


def again(connection: Connection, contents: Iterable[str]) -> None:
    """Log contents anew for whoever holds them, as their fingerprints have changed.

    The transaction must hold the scopes of all holders.
    """
    for batch in batches(contents):
        query = select(arrival.c.agency, arrival.c.content).where(arrival.c.content.in_(batch)).distinct()
        for agency, content in connection.execute(query.order_by(arrival.c.agency, arrival.c.content)).all():
            connection.execute(_APPEND, {"agency": agency, "content": content})


def since(connection: Connection, agency: str, number: int) -> Iterator[tuple[int, str]]:
    """What an agency's log says beyond a number: number and content, in the order of commits."""
    for row in connection.execute(_SINCE, {"agency": agency, "number": number}):
        yield row[0], row[1]


def every(connection: Connection) -> Iterator[tuple[str, int, str]]:
    """The logs of all agencies: agency, number and content."""
    query = select(arrival.c.agency, arrival.c.number, arrival.c.content)
    for row in connection.execute(query, execution_options={"yield_per": 10_000}):
        yield row[0], row[1], row[2]


def newest(connection: Connection, agency: str) -> int:
    """The number of the last line of an agency's log; 0 if there is none."""
    return connection.scalar(_NEWEST, {"agency": agency}) or 0


def any_of(connection: Connection, agency: str) -> bool:
    """Whether an agency ever received anything."""
    return connection.scalar(_OF_AGENCY.limit(1), {"agency": agency}) is not None


def agencies(connection: Connection) -> list[str]:
    """All agencies that ever received anything."""
    return list(connection.scalars(select(arrival.c.agency).distinct().order_by(arrival.c.agency)))


def holders(connection: Connection, content: str) -> set[str]:
    """The agencies that ever received a content."""
    return set(connection.scalars(_HOLDERS, {"content": content}))
