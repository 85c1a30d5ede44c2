"""Scans: what was asked when, and what the newest finished one of its kind found."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from onecopy.catalog.schema import scan
from onecopy.findings import Findings


def begin(connection: Connection, sources: Sequence[str], key: str) -> int:
    """Remember that a scan begins.

    Args:
        connection: Of a write transaction.
        sources: Their locators, as given.
        key: Equal for scans that would find the same in the same files.

    Returns:
        The scan's number.
    """
    values = {"sources": list(sources), "key": key, "started_at": datetime.now(UTC)}
    number: int = connection.execute(insert(scan).values(values).returning(scan.c.id)).scalar_one()
    return number


def finish(
    connection: Connection, number: int, *, key: str, state: str | None, findings: Findings | None
) -> None:
    """Remember that a scan is done, and keep its findings instead of those of earlier ones of its kind.

    Args:
        connection: Of a write transaction.
        number: Of the scan.
        key: As it began with.
        state: Digest of every file's name and state.
        findings: ``None`` where they may differ although every file's state is the same.
    """
    connection.execute(update(scan).where(scan.c.key == key).values(findings=None))
    packed = None if findings is None else zlib.compress(msgspec.msgpack.encode(findings), 1)
    values = {"finished_at": datetime.now(UTC), "state": state, "findings": packed}
    connection.execute(update(scan).where(scan.c.id == number).values(values))


def findings(connection: Connection, key: str, state: str) -> Findings | None:
    """What a scan of this kind found when all files were in this state."""
    query = select(scan.c.findings).where(
        scan.c.key == key, scan.c.state == state, scan.c.findings.is_not(None)
    )
    packed = connection.scalar(query.order_by(scan.c.id.desc()))
    return None if packed is None else msgspec.msgpack.decode(zlib.decompress(packed), type=Findings)


def unfinished(connection: Connection, key: str) -> bool:
    """Whether the last scan of this kind was interrupted."""
    query = select(scan.c.finished_at.is_(None)).where(scan.c.key == key).order_by(scan.c.id.desc()).limit(1)
    return bool(connection.scalar(query))
