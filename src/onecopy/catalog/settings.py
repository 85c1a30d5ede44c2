"""Small values that belong to a catalog, by name (the service keeps the digest of its token here)."""

from sqlalchemy import Connection, bindparam, select

from onecopy.catalog.batches import insert_or_update
from onecopy.catalog.schema import setting

_GET = select(setting.c.value).where(setting.c.name == bindparam("name"))


def get(connection: Connection, name: str) -> str | None:
    """A value, or ``None`` if it was never set."""
    value: str | None = connection.scalar(_GET, {"name": name})
    return value


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    insert_or_update(connection, setting, [{"name": name, "value": value}])
