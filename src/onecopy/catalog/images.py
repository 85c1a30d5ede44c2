"""Images: looked up by number, by content, by digest; and as prints to search among."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, or_, select, tuple_, update

from onecopy.catalog import rows
from onecopy.catalog.batches import batches, many
from onecopy.catalog.schema import arrival, content, image
from onecopy.model import Fingerprint, Print

_IN_PORTIONS = {"yield_per": 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image of the catalog: its number, which content it is in and where, and its fingerprint."""

    id: int
    content: str
    inner: str
    fingerprint: Fingerprint


_COLUMNS = {True: tuple(image.c), False: tuple(one for one in image.c if one is not image.c.features)}
"""Of a whole image; and without its features, which makes reading it several times faster."""

_BY_IDS = {features: select(*_COLUMNS[features]).where(image.c.id.in_(many("ids"))) for features in _COLUMNS}
_OF_CONTENTS = {
    features: select(*columns)
    .where(image.c.content.in_(many("digests")))
    .order_by(image.c.content, image.c.inner)
    for features, columns in _COLUMNS.items()
}


def _stored(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> Iterator[StoredImage]:
    result = connection.execute(query, values, execution_options=_IN_PORTIONS)
    for row in result.mappings():
        yield StoredImage(
            id=row["id"],
            content=row["content"],
            inner=row["inner"],
            fingerprint=rows.to_fingerprint({"features": b"", **row}),
        )


def by_ids(connection: Connection, ids: Iterable[int], *, features: bool = True) -> dict[int, StoredImage]:
    """Images by number; those that do not exist are left out.

    Args:
        connection: Of any transaction.
        ids: Their numbers.
        features: Without them (they are empty then) this is several times faster.
    """
    found: dict[int, StoredImage] = {}
    for batch in batches(ids):
        found.update((one.id, one) for one in _stored(connection, _BY_IDS[features], {"ids": batch}))
    return found


def of_contents(
    connection: Connection, digests: Iterable[str], *, features: bool = True
) -> Iterator[StoredImage]:
    """The images in some contents; those in one content by their place in it. ``features`` as above."""
    for batch in batches(digests):
        yield from _stored(connection, _OF_CONTENTS[features], {"digests": batch})


def at_places(
    connection: Connection, places: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], StoredImage]:
    """Images by content and place inside, without features; those that do not exist are left out."""
    found: dict[tuple[str, str], StoredImage] = {}
    for batch in batches(sorted(set(places))):
        query = select(*_COLUMNS[False]).where(tuple_(image.c.content, image.c.inner).in_(batch))
        found.update(((one.content, one.inner), one) for one in _stored(connection, query))
    return found


@dataclass(frozen=True, slots=True)
class Printed:
    """An image as it is searched by."""

    id: int
    content: str
    print: Print


_PRINT = tuple(image.c[name] for name in Print._fields)
_PRINTS = {
    features: select(image.c.id, image.c.content, *(_PRINT if features else _PRINT[:-1]))
    for features in (True, False)
}
_OF_VERSION = content.c.fingerprint_version == bindparam("version")
_NEW = select(arrival.c.content).where(
    arrival.c.agency == bindparam("agency"), arrival.c.number > bindparam("number")
)
_RECEIVED = {
    features: query.join(content, content.c.sha256 == image.c.content).where(
        _OF_VERSION, image.c.content.in_(_NEW)
    )
    for features, query in _PRINTS.items()
}
_OTHERS = select(content.c.sha256).where(content.c.fingerprint_version.is_not(None), ~_OF_VERSION)


def received(
    connection: Connection, agency: str, number: int, *, version: int, features: bool = True
) -> Iterator[Printed]:
    """The images in what an agency received beyond a number of its log, to be searched among.

    Args:
        connection: Of any transaction.
        agency: Whose log.
        number: See :mod:`onecopy.catalog.arrivals`.
        version: Only those of contents that this fingerprint version identified.
        features: Without them (they are empty then) a million are read in seconds.
    """
    asked = {"agency": agency, "number": number, "version": version}
    return _printed(connection, _RECEIVED[features], asked)


def prints(connection: Connection, *, version: int, features: bool = True) -> Iterator[Printed]:
    """All images, by number, to be searched among; arguments as for :func:`received`.

    They are read one after the other as they lie, and nothing is looked up for each of them.
    """
    others = set(connection.scalars(_OTHERS, {"version": version}))
    for one in _printed(connection, _PRINTS[features].order_by(image.c.id), {}):
        if one.content not in others:
            yield one


def _printed(connection: Connection, query: Select[Any], asked: Mapping[str, Any]) -> Iterator[Printed]:
    for row in connection.execute(query, asked, execution_options={"yield_per": 10_000}):
        yield Printed(row[0], row[1], Print(*row[2:]))


class Summary(NamedTuple):
    """What lists say of an image; much quicker to read than its fingerprint."""

    id: int
    content: str
    inner: str
    sha256: str
    image_data_sha256: str | None
    byte_size: int
    width: int
    height: int
    format: str
    unmatchable: str | None


def summaries(connection: Connection, digests: Iterable[str]) -> Iterator[Summary]:
    """What lists say of the images in some contents; those in one content in the order they were found."""
    columns = [image.c[name] for name in Summary._fields]
    for batch in batches(digests):
        query = select(*columns).where(image.c.content.in_(batch))
        yield from map(Summary._make, connection.execute(query.order_by(image.c.content, image.c.position)))


def contents_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The contents that images are in, by the numbers of these."""
    found: dict[int, str] = {}
    for batch in batches(ids):
        query = select(image.c.id, image.c.content).where(image.c.id.in_(batch))
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return found


def contents_with(connection: Connection, column: str, digests: Iterable[str]) -> set[str]:
    """The contents with an image that has one of some digests.

    Args:
        connection: Of any transaction.
        column: Where these are: ``sha256``, ``image_data_sha256`` or ``pixels_sha256``.
        digests: Which.
    """
    found: set[str] = set()
    for batch in batches(digests):
        found.update(connection.scalars(select(image.c.content).where(image.c[column].in_(batch)).distinct()))
    return found


def twins(connection: Connection, fingerprint: Fingerprint) -> list[StoredImage]:
    """Images that share a digest or the look-up hint with a fingerprint; which level holds is not said."""
    same = [
        image.c.sha256 == fingerprint.sha256,
        image.c.image_data_hint == fingerprint.image_data_hint,
    ]
    if fingerprint.pixels_sha256 is not None:
        same.append(image.c.pixels_sha256 == fingerprint.pixels_sha256)
    query = (
        select(image).join(content).where(or_(*same), content.c.fingerprint_version == fingerprint.version)
    )
    return list(_stored(connection, query.order_by(image.c.id)))


_DIGESTS = ("sha256", "image_data_sha256", "pixels_sha256")


def digests(fingerprint: Fingerprint) -> set[str]:
    """All by which an image may equal another; whether it does, its orientation and profile say, too."""
    found = (getattr(fingerprint, name) for name in _DIGESTS)
    return {digest for digest in found if digest is not None}


def equal(connection: Connection, fingerprints: Iterable[Fingerprint], *, most: int) -> Iterator[StoredImage]:
    """Images that share a digest with one of some fingerprints, without their features; some maybe twice.

    Of every few hundred digests, no more than ``most`` are found.
    """
    wanted = {digest for one in fingerprints for digest in digests(one)}
    for batch in batches(sorted(wanted)):
        query = select(*_COLUMNS[False]).where(or_(*(image.c[name].in_(batch) for name in _DIGESTS)))
        query = query.order_by(image.c.id).limit(most)
        yield from _stored(connection, query)


def set_image_data_sha256(connection: Connection, digests: dict[int, str]) -> None:
    """Add the digest of the image data to images that were identified without it."""
    for number, digest in digests.items():
        statement = update(image).where(image.c.id == number).values(image_data_sha256=digest)
        connection.execute(statement)


def number(connection: Connection, sha256: str, inner: str) -> int | None:
    """The number of the image at a place in a content, if there is one."""
    return connection.scalar(select(image.c.id).where(image.c.content == sha256, image.c.inner == inner))
