"""Small values that belong to a catalog, by name (the service keeps the digest of its token here)."""

from sqlalchemy import Connection, select

from onecopy.catalog.batches import insert_or_update
from onecopy.catalog.schema import setting


def get(connection: Connection, name: str) -> str | None:
    """A value, or ``None`` if it was never set."""
    return connection.scalar(select(setting.c.value).where(setting.c.name == name))


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    insert_or_update(connection, setting, [{"name": name, "value": value}])
