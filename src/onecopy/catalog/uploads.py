"""Uploads: occurrences that came through the gate, looked up inside one agency."""

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, true

from onecopy.catalog.batches import batches, many
from onecopy.catalog.occurrences import Occurrence, from_row
from onecopy.catalog.schema import content, image, occurrence, remark

UPLOADED = and_(occurrence.c.locator.is_(None), occurrence.c.gone_at.is_(None))
"""That an occurrence is an upload, and was not deleted."""

_IN_CONTENTS = select(occurrence).where(UPLOADED, occurrence.c.content.in_(many("digests")))
_HELD = _IN_CONTENTS.where(occurrence.c.agency == bindparam("agency"))
_BY_NUMBERS = select(occurrence).where(UPLOADED, occurrence.c.id.in_(many("ids")))
_OF_CASE = select(occurrence.c.id).where(
    UPLOADED, occurrence.c.agency == bindparam("agency"), occurrence.c.case_id == bindparam("case")
)
_RECEIVED = select(occurrence.c.id).where(UPLOADED, occurrence.c.content == bindparam("digest")).limit(1)
_RECEIVED_BY = _RECEIVED.where(occurrence.c.agency.in_(many("agencies")))


def held(connection: Connection, digests: Iterable[str], agency: str | None) -> list[Occurrence]:
    """What an agency, or any for ``None``, received of some contents, oldest first."""
    found: list[Occurrence] = []
    for batch in batches(digests):
        asked = {"digests": batch, "agency": agency}
        query = _IN_CONTENTS if agency is None else _HELD
        found += [from_row(row) for row in connection.execute(query, asked).mappings()]
    return sorted(found, key=lambda one: one.id)


def get(connection: Connection, public_id: str, *, agency: str | None) -> Occurrence | None:
    """An upload by its public id, if it is this agency's; ``None`` for any."""
    query = select(occurrence).where(UPLOADED, occurrence.c.public_id == public_id, _of(agency))
    row = connection.execute(query).mappings().first()
    return None if row is None else from_row(row)


def size(connection: Connection, sha256: str) -> int:
    """How many bytes a content has; 0 if it is unknown."""
    return connection.scalar(select(content.c.bytes).where(content.c.sha256 == sha256)) or 0


def of_case(connection: Connection, case: str, agency: str) -> list[Occurrence]:
    """What an agency received for a case, oldest first."""
    query = select(occurrence).where(UPLOADED, _of(agency), occurrence.c.case_id == case)
    return [from_row(row) for row in connection.execute(query.order_by(occurrence.c.id)).mappings()]


def by_numbers(connection: Connection, ids: Iterable[int]) -> list[Occurrence]:
    """Uploads by the catalog's numbers, which the caller has from inside one agency; oldest first."""
    found: list[Occurrence] = []
    for batch in batches(ids):
        found += [from_row(row) for row in connection.execute(_BY_NUMBERS, {"ids": batch}).mappings()]
    return sorted(found, key=lambda one: one.id)


def in_case(connection: Connection, digests: Iterable[str], case: str, agency: str) -> set[int]:
    """The catalog's numbers of a case's uploads among those with some contents."""
    return {one.id for one in held(connection, digests, agency) if one.case_id == case}


def numbers_of_case(connection: Connection, case: str, agency: str) -> set[int]:
    """The catalog's numbers of what an agency received for a case."""
    return set(connection.scalars(_OF_CASE, {"case": case, "agency": agency}))


def any_of_case(connection: Connection, case: str, agency: str) -> bool:
    """Whether an agency received anything for a case."""
    query = select(occurrence.c.id).where(UPLOADED, _of(agency), occurrence.c.case_id == case).limit(1)
    return connection.scalar(query) is not None


def referenced(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Which of some contents any upload names."""
    found: set[str] = set()
    for batch in batches(digests):
        query = select(occurrence.c.content).where(UPLOADED, occurrence.c.content.in_(batch)).distinct()
        found.update(connection.scalars(query))
    return found


def every_content(connection: Connection) -> Iterator[str]:
    """All contents that any upload names, in order."""
    query = select(occurrence.c.content).where(UPLOADED, occurrence.c.content.is_not(None)).distinct()
    query = query.order_by(occurrence.c.content)
    yield from connection.scalars(query, execution_options={"yield_per": 5000})


def alike_in_data(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """Received pictures that share their image data with another: its digest, the content and its size.

    In the order of the digests, those of most bytes first.
    """
    named = select(occurrence.c.content).where(UPLOADED)
    whole = and_(image.c.inner == "", image.c.image_data_sha256.is_not(None), image.c.content.in_(named))
    shared = (
        select(image.c.image_data_sha256)
        .where(whole)
        .group_by(image.c.image_data_sha256)
        .having(func.count() > 1)
    )
    query = (
        select(image.c.image_data_sha256, content.c.sha256, content.c.bytes)
        .join(content, content.c.sha256 == image.c.content)
        .where(whole, image.c.image_data_sha256.in_(shared))
        .order_by(image.c.image_data_sha256, content.c.bytes.desc(), content.c.sha256)
    )
    for row in connection.execute(query, execution_options={"yield_per": 5000}):
        yield row[0], row[1], row[2]


def received(connection: Connection, sha256: str) -> bool:
    """Whether a content came through the gate before, whoever sent it."""
    return connection.scalar(_RECEIVED, {"digest": sha256}) is not None


def received_by(connection: Connection, sha256: str, agencies: Iterable[str]) -> bool:
    """Whether one of some agencies received a content before."""
    return connection.scalar(_RECEIVED_BY, {"digest": sha256, "agencies": list(agencies)}) is not None


def outdated(connection: Connection, *, version: int, extras: str) -> list[tuple[str, int]]:
    """Received contents, and their sizes, that this version would fingerprint otherwise."""
    wanting = select(remark.c.content).where(remark.c.code == "needs-extra")
    query = (
        select(content.c.sha256, content.c.bytes)
        .where(content.c.sha256.in_(select(occurrence.c.content).where(UPLOADED)))
        .where(
            or_(
                content.c.fingerprint_version.is_distinct_from(version),
                and_(content.c.sha256.in_(wanting), content.c.extras.is_distinct_from(extras)),
            )
        )
    )
    return [(sha256, size) for sha256, size in connection.execute(query.order_by(content.c.sha256))]


def _of(agency: str | None) -> ColumnElement[bool]:
    return true() if agency is None else occurrence.c.agency == agency
