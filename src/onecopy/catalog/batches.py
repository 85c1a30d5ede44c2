"""Many rows at once, in portions a database accepts, and inserts that leave what is there.

Statements that an upload needs are made once and run with values, here and in the modules beside this one:
to put one together takes several times as long as to run it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Executable, Table, bindparam
from sqlalchemy.dialects import sqlite

SIZE = 500
"""Values in one ``IN (…)``."""

T = TypeVar("T")


def batches(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Cut into lists of at most ``size``."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def many(name: str) -> BindParameter[Any]:
    """What stands in a statement that is made once for the values of one ``IN (…)``."""
    return bindparam(name, expanding=True)


def _dialect_insert(dialect: str, table: Table) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # slow to import, and seldom needed

        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_missing(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose key exists is left as it is."""
    if values:
        connection.execute(_missing(connection.dialect.name, table), list(values))


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row, unless its key exists.

    Returns:
        Whether it did not: then the row is this transaction's.
    """
    return connection.execute(_new(connection.dialect.name, table), dict(values)).first() is not None


@cache
def _missing(dialect: str, table: Table) -> Executable:
    statement: Executable = _dialect_insert(dialect, table).on_conflict_do_nothing()
    return statement


@cache
def _new(dialect: str, table: Table) -> Executable:
    """Gives back the key, if it was new: not every driver counts rows."""
    made = _dialect_insert(dialect, table).on_conflict_do_nothing()
    statement: Executable = made.returning(*table.primary_key)
    return statement


def insert_or_update(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose primary key exists is brought up to the new values."""
    if values:
        connection.execute(_updating(connection.dialect.name, table, tuple(values[0])), list(values))


@cache
def _updating(dialect: str, table: Table, names: tuple[str, ...]) -> Executable:
    made = _dialect_insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changes = {name: made.excluded[name] for name in names if name not in keys}
    statement: Executable = made.on_conflict_do_update(index_elements=keys, set_=changes)
    return statement


def insert_or_add(
    connection: Connection, table: Table, key: Mapping[str, Any], change: Mapping[str, int]
) -> None:
    """Add numbers to those of one row, which begins with zeros if there is none yet."""
    if change:
        statement = _adding(connection.dialect.name, table, tuple(key), tuple(change))
        connection.execute(statement, {**key, **change})


@cache
def _adding(dialect: str, table: Table, key: tuple[str, ...], names: tuple[str, ...]) -> Executable:
    made = _dialect_insert(dialect, table)
    added = {name: table.c[name] + made.excluded[name] for name in names}
    statement: Executable = made.on_conflict_do_update(index_elements=list(key), set_=added)
    return statement
