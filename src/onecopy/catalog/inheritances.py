"""Inheritances: what the occurrence that is kept took over from those that are the same, and could not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from onecopy.catalog.batches import batches
from onecopy.catalog.schema import inheritance


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """One thing. Where ``conflicts_with`` is set, the kept one says that itself, and keeps it."""

    answer: int
    occurrence: int
    """The one that is kept."""
    giver: int
    field: str
    """``case``, ``name``, ``source``, ``category``, ``captured_at``, ``metadata.<field>``, or of the capture
    ``taken_at``, ``gps`` …"""
    value: Any
    conflicts_with: Any = None


_FIELDS = ("answer", "occurrence", "giver", "field", "value", "conflicts_with")


def add_all(connection: Connection, found: Iterable[Inherited]) -> None:
    """Remember inheritances."""
    if values := [{name: getattr(one, name) for name in _FIELDS} for one in found]:
        connection.execute(insert(inheritance), values)


def of_answer(connection: Connection, id: int) -> list[Inherited]:
    """What an answer made one occurrence take over."""
    return _found(connection, inheritance.c.answer == id)


def of_occurrences(connection: Connection, ids: Iterable[int]) -> list[Inherited]:
    """What some occurrences took over, of all answers."""
    return [one for batch in batches(ids) for one in _found(connection, inheritance.c.occurrence.in_(batch))]


def remove_of(connection: Connection, answer: int) -> None:
    """Forget what an answer made one occurrence take over, as it is taken back."""
    connection.execute(delete(inheritance).where(inheritance.c.answer == answer))


def _found(connection: Connection, which: Any) -> list[Inherited]:
    keys = (inheritance.c.answer, inheritance.c.occurrence, inheritance.c.giver, inheritance.c.field)
    query = select(inheritance).where(which).order_by(*keys)
    return [_inherited(row) for row in connection.execute(query).mappings()]


def _inherited(row: Mapping[Any, Any]) -> Inherited:
    return Inherited(**{name: row[name] for name in _FIELDS})
