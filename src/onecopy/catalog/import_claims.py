"""Who works on an import: a claim that ends by itself, so that what was killed is taken up by others."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from onecopy.catalog.imports import Import, State, from_row
from onecopy.catalog.schema import import_

FAR = timedelta(hours=1)
"""Longer than any claim: a time further ahead was set by a clock that was wrong."""


def claim(
    connection: Connection,
    place: str,
    worker: str,
    now: datetime,
    until: datetime,
    *,
    only: str | None = None,
) -> Import | None:
    """Take an import to work on that nobody works on: the oldest one, or ``only`` a certain one."""
    free = or_(
        import_.c.claimed_until.is_(None),
        import_.c.claimed_until <= now,
        import_.c.claimed_until > now + FAR,
        import_.c.claimed_by == worker,
    )
    query = select(import_).where(import_.c.place == place, import_.c.state == str(State.RUNNING), free)
    if only is not None:
        query = query.where(import_.c.id == only)
    row = connection.execute(query.order_by(import_.c.created_at).limit(1)).mappings().first()
    if row is None:
        return None
    _claim(connection, row["id"], worker, until)
    return from_row(row)


def any_running(connection: Connection, place: str) -> bool:
    """Whether there is anything to work on. Cheap: it is asked every few seconds."""
    query = select(import_.c.id).where(import_.c.state == str(State.RUNNING), import_.c.place == place)
    return connection.scalar(query.limit(1)) is not None


def hold(connection: Connection, one: Import, worker: str, now: datetime, until: datetime) -> State | None:
    """Keep a claim up.

    Returns:
        The import's state; ``None`` if another works on it by now.
    """
    row = connection.execute(select(import_).where(import_.c.id == one.id)).mappings().one()
    other = row["claimed_by"] not in (None, worker)
    if other and row["claimed_until"] is not None and now < row["claimed_until"] <= now + FAR:
        return None
    _claim(connection, one.id, worker, until)
    return State(row["state"])


def let_go(connection: Connection, one: Import, worker: str) -> None:
    """Give a claim back."""
    mine = update(import_).where(import_.c.id == one.id, import_.c.claimed_by == worker)
    connection.execute(mine.values(claimed_by=None, claimed_until=None))


def _claim(connection: Connection, id: str, worker: str, until: datetime) -> None:
    values = {"claimed_by": worker, "claimed_until": until}
    connection.execute(update(import_).where(import_.c.id == id).values(values))
