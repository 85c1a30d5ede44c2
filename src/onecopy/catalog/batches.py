"""Many rows at once, in portions a database accepts, and inserts that leave what is there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

SIZE = 500
"""Values in one ``IN (…)``."""

T = TypeVar("T")


def batches(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Cut into lists of at most ``size``."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def _dialect_insert(connection: Connection, table: Table) -> Any:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # slow to import, and seldom needed

        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_missing(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose key exists is left as it is."""
    if values:
        connection.execute(_dialect_insert(connection, table).on_conflict_do_nothing(), list(values))


def insert_or_update(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose primary key exists is brought up to the new values."""
    if not values:
        return
    statement = _dialect_insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in values[0] if name not in keys}
    statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    connection.execute(statement, list(values))


def insert_or_add(
    connection: Connection, table: Table, key: Mapping[str, Any], change: Mapping[str, int]
) -> None:
    """Add numbers to those of one row, which begins with zeros if there is none yet."""
    if not change:
        return
    statement = _dialect_insert(connection, table).values({**key, **change})
    added = {name: table.c[name] + statement.excluded[name] for name in change}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=added))
