"""Imports: manifests of an archive, from the first row that is received to the end.

Who works on an import claims it for a while (:mod:`onecopy.catalog.import_claims`); what became of its rows
is in :mod:`onecopy.catalog.import_rows`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events
from onecopy.catalog.schema import import_

SCOPE = "imports"
"""What to name to :meth:`onecopy.catalog.store.Catalog.write`; not for taking a row, which is an upload."""
SERVICE = "service"
"""The place of imports that services work on."""


class State(StrEnum):
    """How far an import is."""

    RECEIVING = "receiving"
    """Its rows are still being written down."""
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import. ``place`` says who works on it, ``manifest`` is the SHA-256 of its manifest."""

    agency: str
    name: str
    manifest: str
    created_by: str
    place: str = SERVICE
    dry_run: bool = False
    state: State = State.RECEIVING
    rows: int = 0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None


_FIELDS = tuple(one.name for one in fields(Import))


def create(connection: Connection, one: Import) -> None:
    """Make an import that receives its rows."""
    connection.execute(insert(import_).values({name: getattr(one, name) for name in _FIELDS}))


def start(connection: Connection, one: Import, rows: int) -> None:
    """Let an import begin: all its rows are there."""
    values = {"state": State.RUNNING, "rows": rows}
    connection.execute(update(import_).where(import_.c.id == one.id).values(values))
    details = {"manifest": one.manifest, "rows": rows, "dryRun": one.dry_run}
    record(connection, Kind.IMPORT_CREATED, one, one.created_by, details)


def get(connection: Connection, id: str, *, agency: str | None) -> Import | None:
    """An import by its id, if it is this agency's; ``None`` for any."""
    query = select(import_).where(import_.c.id == id)
    if agency is not None:
        query = query.where(import_.c.agency == agency)
    row = connection.execute(query).mappings().first()
    return None if row is None else from_row(row)


def listed(
    connection: Connection, *, agency: str | None, limit: int = 1000, before: str | None = None
) -> list[Import]:
    """Imports of an agency, or with ``None`` of all, newest first.

    Args:
        connection: Of any transaction.
        agency: Whose.
        limit: How many, at most.
        before: Only what is older than this one.
    """
    query = select(import_).order_by(import_.c.created_at.desc(), import_.c.id.desc()).limit(limit)
    if agency is not None:
        query = query.where(import_.c.agency == agency)
    if before is not None:
        at = select(import_.c.created_at).where(import_.c.id == before).scalar_subquery()
        query = query.where(import_.c.created_at < at)
    return [from_row(row) for row in connection.execute(query).mappings()]


def latest(connection: Connection, like: Import) -> Import | None:
    """The newest import of the same manifest, for the same agency and place; none that was cancelled.

    A dry run that is done does not count: what it said may be otherwise by now.
    """
    states = [State.RUNNING, State.PAUSED, *([] if like.dry_run else [State.DONE])]
    query = select(import_).where(
        import_.c.manifest == like.manifest,
        import_.c.agency == like.agency,
        import_.c.place == like.place,
        import_.c.dry_run == like.dry_run,
        import_.c.state.in_([str(state) for state in states]),
    )
    row = connection.execute(query.order_by(import_.c.created_at.desc())).mappings().first()
    return None if row is None else from_row(row)


def change(connection: Connection, one: Import, to: State, *, by: str) -> bool:
    """Pause, resume or cancel.

    Returns:
        Whether that can be done: what is at its end stays so.
    """
    before = {
        State.PAUSED: [State.RUNNING, State.PAUSED],
        State.RUNNING: [State.PAUSED, State.RUNNING],
        State.CANCELLED: [State.RUNNING, State.PAUSED, State.CANCELLED],
    }[to]
    kind = {
        State.PAUSED: Kind.IMPORT_PAUSED,
        State.RUNNING: Kind.IMPORT_RESUMED,
        State.CANCELLED: Kind.IMPORT_CANCELLED,
    }[to]
    now = connection.scalar(select(import_.c.state).where(import_.c.id == one.id))
    if now not in before:
        return False
    if now != to:
        ends = {"ended_at": datetime.now(UTC)} if to is State.CANCELLED else {}
        connection.execute(update(import_).where(import_.c.id == one.id).values({"state": to} | ends))
        record(connection, kind, one, by)
    return True


def from_row(row: Mapping[Any, Any]) -> Import:
    """From the table's columns."""
    values = {name: row[name] for name in _FIELDS}
    return Import(**values | {"state": State(row["state"])})


def record(
    connection: Connection, kind: Kind, one: Import, by: str, details: Mapping[str, Any] | None = None
) -> None:
    """Put a step of an import into the audit log."""
    objects = (("import", one.id),)
    events.append(
        connection,
        Event(kind=kind, actor=by, agency=one.agency, details=dict(details or {}), objects=objects),
    )
