"""Contents: exact bytes, and what was found in them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from onecopy.catalog import rows
from onecopy.catalog.batches import batches, insert_missing
from onecopy.catalog.schema import container, content, image, remark
from onecopy.model import ContainerFound, FileIdentity, ImageFound, Problem, Skipped


def add(connection: Connection, sha256: str, size: int) -> None:
    """Remember that these bytes exist, identified or not. Nothing happens if that is known."""
    insert_missing(connection, content, [{"sha256": sha256, "bytes": size}])


def record(
    connection: Connection,
    sha256: str,
    size: int,
    identity: FileIdentity,
    *,
    version: int,
    extras: str = "",
) -> None:
    """Remember what was found in a content, instead of what an earlier version found.

    Args:
        connection: Of a write transaction.
        sha256: Of the bytes.
        size: Of the bytes.
        identity: What was found; a failure of the whole file is a problem at ``inner=""``.
        version: ``FINGERPRINT_VERSION``.
        extras: Which optional decoders were installed, see :func:`known`.
    """
    add(connection, sha256, size)
    for table in (image, container, remark):
        connection.execute(delete(table).where(table.c.content == sha256))
    values = {"fingerprint_version": version, "extras": extras, "identified_at": datetime.now(UTC)}
    connection.execute(update(content).where(content.c.sha256 == sha256).values(values))
    _insert(connection, image, [_image_row(sha256, n, found) for n, found in enumerate(identity.images)])
    _insert(connection, container, [_container_row(sha256, n, c) for n, c in enumerate(identity.containers)])
    remarks: list[Problem | Skipped] = [*identity.problems, *identity.skipped]
    _insert(connection, remark, [_remark_row(sha256, n, found) for n, found in enumerate(remarks)])


def _insert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(insert(table), values)


def _image_row(sha256: str, position: int, found: ImageFound) -> dict[str, Any]:
    return {
        "content": sha256,
        "inner": found.inner,
        "position": position,
        **rows.from_fingerprint(found.fingerprint),
    }


def _container_row(sha256: str, position: int, found: ContainerFound) -> dict[str, Any]:
    place = {"content": sha256, "position": position, "inner": found.inner}
    return place | {"format": found.format, "images": found.images}


def _remark_row(sha256: str, position: int, found: Problem | Skipped) -> dict[str, Any]:
    place = {"content": sha256, "position": position, "inner": found.inner}
    if isinstance(found, Problem):
        return place | {"kind": "problem", "code": found.code, "message": found.message}
    return place | {"kind": "skipped", "code": None, "message": found.reason}


def known(connection: Connection, digests: Iterable[str], *, version: int, extras: str = "") -> set[str]:
    """Which contents need not be identified again.

    Those identified by this version; but one that wanted an extra is tried again once the set of installed
    extras is another.
    """
    wanting = select(remark.c.content).where(remark.c.code == "needs-extra")
    settled = (content.c.extras == extras) | content.c.sha256.not_in(wanting)
    query = select(content.c.sha256).where(content.c.fingerprint_version == version, settled)
    found: set[str] = set()
    for batch in batches(digests):
        found.update(connection.scalars(query.where(content.c.sha256.in_(batch))))
    return found


def identity(connection: Connection, sha256: str) -> FileIdentity | None:
    """What was found in a content, in the order it was found; ``None`` if it was never identified."""
    row = connection.execute(select(content).where(content.c.sha256 == sha256)).mappings().first()
    if row is None or row["fingerprint_version"] is None:
        return None

    def of(table: Any) -> Any:
        query = select(table).where(table.c.content == sha256).order_by(table.c.position)
        return connection.execute(query).mappings()

    remarks = list(of(remark))
    return FileIdentity(
        images=tuple(ImageFound(inner=r["inner"], fingerprint=rows.to_fingerprint(r)) for r in of(image)),
        containers=tuple(
            ContainerFound(inner=r["inner"], format=r["format"], images=r["images"]) for r in of(container)
        ),
        problems=tuple(
            Problem(inner=r["inner"], code=r["code"], message=r["message"])
            for r in remarks
            if r["kind"] == "problem"
        ),
        skipped=tuple(
            Skipped(inner=r["inner"], reason=r["message"]) for r in remarks if r["kind"] == "skipped"
        ),
    )
