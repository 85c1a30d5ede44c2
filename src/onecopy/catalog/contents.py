"""Contents: exact bytes, and what was found in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, exists, insert, select, update

from onecopy.catalog import arrivals, carried, rows
from onecopy.catalog.batches import batches, insert_missing, insert_new, many
from onecopy.catalog.schema import container, content, image, remark
from onecopy.model import ContainerFound, FileIdentity, ImageFound, Problem, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A content and what was found in it; a failure of the whole file is a problem at ``inner=""``."""

    sha256: str
    size: int
    identity: FileIdentity


_INSERT = {table: insert(table) for table in (image, container, remark)}


def add(connection: Connection, sha256: str, size: int) -> bool:
    """Remember that these bytes exist, identified or not. Nothing happens if that is known.

    Returns:
        Whether it was not.
    """
    return insert_new(connection, content, {"sha256": sha256, "bytes": size})


def add_all(connection: Connection, sizes: Mapping[str, int]) -> None:
    """Remember that contents exist, by SHA-256 and with their size, identified or not.

    Nothing happens to those that are known.
    """
    values = [{"sha256": sha256, "bytes": size} for sha256, size in sorted(sizes.items())]
    insert_missing(connection, content, values)


def add_identified(connection: Connection, one: Identified, *, version: int, extras: str = "") -> bool:
    """Remember a content that nobody knew, and what was found in it. Nothing happens if it is known.

    Args:
        connection: Of a write transaction.
        one: The content.
        version: ``FINGERPRINT_VERSION``.
        extras: Which optional decoders were installed, see :func:`known`.

    Returns:
        Whether nobody knew it.
    """
    new = {"sha256": one.sha256, "bytes": one.size} | _identified(version, extras)
    if not insert_new(connection, content, new):
        return False
    _insert_parts(connection, [one])
    return True


def record(
    connection: Connection, sha256: str, size: int, identity: FileIdentity, *, version: int, extras: str = ""
) -> None:
    """Remember what was found in one content, see :func:`record_all`."""
    one = Identified(sha256=sha256, size=size, identity=identity)
    record_all(connection, [one], version=version, extras=extras)


def record_all(
    connection: Connection, found: Sequence[Identified], *, version: int, extras: str = ""
) -> None:
    """Remember what was found in contents, instead of what an earlier version found.

    Args:
        connection: Of a write transaction; of one that holds the whole catalog, unless nobody but an agency
            whose scope it holds has received any of them.
        found: Each content at most once.
        version: ``FINGERPRINT_VERSION``.
        extras: Which optional decoders were installed, see :func:`known`.
    """
    add_all(connection, {one.sha256: one.size for one in found})
    for batch in batches(found):
        _replace(connection, batch, _identified(version, extras))
    arrivals.again(connection, (one.sha256 for one in found))


def _replace(connection: Connection, found: Sequence[Identified], values: Mapping[str, Any]) -> None:
    digests = [one.sha256 for one in found]
    before = carried.taken(connection, digests)
    for table in (image, container, remark):
        connection.execute(delete(table).where(table.c.content.in_(digests)))
    connection.execute(update(content).where(content.c.sha256.in_(digests)).values(values))
    _insert_parts(connection, found)
    carried.given_back(connection, digests, before)


def _identified(version: int, extras: str) -> dict[str, Any]:
    return {"fingerprint_version": version, "extras": extras, "identified_at": datetime.now(UTC)}


def _insert_parts(connection: Connection, found: Sequence[Identified]) -> None:
    _insert(connection, image, [row for one in found for row in _image_rows(one)])
    _insert(connection, container, [row for one in found for row in _container_rows(one)])
    _insert(connection, remark, [row for one in found for row in _remark_rows(one)])


def _insert(connection: Connection, table: Table, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(_INSERT[table], values)


def _image_rows(one: Identified) -> Iterator[dict[str, Any]]:
    for position, found in enumerate(one.identity.images):
        place = {"content": one.sha256, "inner": found.inner, "position": position}
        yield place | rows.from_fingerprint(found.fingerprint)


def _container_rows(one: Identified) -> Iterator[dict[str, Any]]:
    for position, found in enumerate(one.identity.containers):
        place = {"content": one.sha256, "inner": found.inner, "position": position}
        yield place | {"format": found.format, "images": found.images}


def _remark_rows(one: Identified) -> Iterator[dict[str, Any]]:
    remarks: list[Problem | Skipped] = [*one.identity.problems, *one.identity.skipped]
    for position, found in enumerate(remarks):
        place = {"content": one.sha256, "inner": found.inner, "position": position}
        if isinstance(found, Problem):
            yield place | {"kind": "problem", "code": found.code, "message": found.message}
        else:
            yield place | {"kind": "skipped", "code": None, "message": found.reason}


_WANTS_EXTRA = exists().where(remark.c.content == content.c.sha256, remark.c.code == "needs-extra")
_SETTLED = (content.c.extras == bindparam("extras")) | ~_WANTS_EXTRA
_KNOWN = select(content.c.sha256).where(
    content.c.fingerprint_version == bindparam("version"), _SETTLED, content.c.sha256.in_(many("digests"))
)


def known(connection: Connection, digests: Iterable[str], *, version: int, extras: str = "") -> set[str]:
    """Which contents need not be identified again.

    Those identified by this version; but one that wanted an extra is tried again once the set of installed
    extras is another.
    """
    found: set[str] = set()
    for batch in batches(digests):
        asked = {"version": version, "extras": extras, "digests": batch}
        found.update(connection.scalars(_KNOWN, asked))
    return found


def containers(connection: Connection, digests: Iterable[str]) -> Iterator[tuple[str, ContainerFound]]:
    """The containers in some contents, each with the content it is in."""
    for sha256, row in _parts(connection, container, digests):
        yield sha256, ContainerFound(inner=row["inner"], format=row["format"], images=row["images"])


def problems(connection: Connection, digests: Iterable[str]) -> Iterator[tuple[str, Problem]]:
    """What could not be read in some contents, each with the content it is in."""
    for sha256, row in _parts(connection, remark, digests):
        if row["kind"] == "problem":
            yield sha256, Problem(inner=row["inner"], code=row["code"], message=row["message"])


def skipped(connection: Connection, digests: Iterable[str]) -> Iterator[tuple[str, Skipped]]:
    """What was left out of some contents, each with the content it is in."""
    for sha256, row in _parts(connection, remark, digests):
        if row["kind"] == "skipped":
            yield sha256, Skipped(inner=row["inner"], reason=row["message"])


def _parts(
    connection: Connection, table: Table, digests: Iterable[str]
) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    for batch in batches(digests):
        query = select(table).where(table.c.content.in_(batch)).order_by(table.c.content, table.c.position)
        for row in connection.execute(query).mappings():
            yield row["content"], row


def identity(connection: Connection, sha256: str) -> FileIdentity | None:
    """What was found in a content, in the order it was found; ``None`` if it was never identified."""
    version = connection.scalar(select(content.c.fingerprint_version).where(content.c.sha256 == sha256))
    if version is None:
        return None
    return FileIdentity(
        images=tuple(
            ImageFound(inner=row["inner"], fingerprint=rows.to_fingerprint(row))
            for _, row in _parts(connection, image, [sha256])
        ),
        containers=tuple(found for _, found in containers(connection, [sha256])),
        problems=tuple(found for _, found in problems(connection, [sha256])),
        skipped=tuple(found for _, found in skipped(connection, [sha256])),
    )
