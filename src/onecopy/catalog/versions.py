"""Version sets: the documents of a case, which occurrences are versions of each, and what people ruled."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, insert, select, update

from onecopy.catalog.batches import batches, insert_or_update
from onecopy.catalog.schema import version_case, version_member, version_ruling, version_set

Place = tuple[int, str]
"""A document as it was sent: the catalog's number of the occurrence, and the place inside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a case, whatever versions it has.

    Attributes:
        id: The catalog's number of it.
        public_id: What others may see.
        title: What to call it.
        current: The number of the version that counts, from 1; ``None`` while that is a question.
        since: Since when it counts.
        criterion: What put it there; ``None`` for a document's only version.
        decided_by: Who did, where a person did.
        apart: Why it is no version of another document of one name, where there is one.
    """

    agency: str
    case_id: str
    title: str
    id: int = 0
    public_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    current: int | None = None
    since: datetime | None = None
    criterion: str | None = None
    decided_by: str | None = None
    apart: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One occurrence of a version."""

    document: int
    occurrence: int
    inner: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What somebody decided of a conflict, as it is kept; ``sides`` are plain lists."""

    agency: str
    case_id: str
    kind: str
    sides: Sequence[Any]
    current: int | None
    answer: int
    by: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


_FIELDS = tuple(one.name for one in fields(Document))
_RULED = tuple(one.name for one in fields(Ruled))


def _case(table: Table) -> ColumnElement[bool]:
    return (table.c.agency == bindparam("agency")) & (table.c.case_id == bindparam("case"))


_OF_CASE = select(version_set).where(_case(version_set))
_RULINGS = select(version_ruling).where(_case(version_ruling)).order_by(version_ruling.c.id)
_RULES = select(version_case.c.rules).where(_case(version_case))


def of_case(connection: Connection, agency: str, case_id: str) -> list[Document]:
    """The documents of a case, by title."""
    rows = connection.execute(_OF_CASE, {"agency": agency, "case": case_id}).mappings()
    found = [_document(row) for row in rows]
    return sorted(found, key=lambda one: (one.title.casefold(), one.id))


def by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Document]:
    """Documents by the catalog's numbers."""
    found: dict[int, Document] = {}
    for batch in batches(ids):
        query = select(version_set).where(version_set.c.id.in_(batch))
        found |= {row["id"]: _document(row) for row in connection.execute(query).mappings()}
    return found


def members(connection: Connection, ids: Iterable[int]) -> dict[int, list[Member]]:
    """The members of some documents, the oldest version first."""
    found: dict[int, list[Member]] = {}
    for batch in batches(ids):
        query = select(version_member).where(version_member.c.set.in_(batch))
        order = (version_member.c.set, version_member.c.version, version_member.c.occurrence)
        for row in connection.execute(query.order_by(*order)).mappings():
            found.setdefault(row["set"], []).append(_member(row))
    return found


def of_occurrences(connection: Connection, ids: Iterable[int]) -> list[Member]:
    """What some occurrences are members of."""
    found: list[Member] = []
    for batch in batches(ids):
        query = select(version_member).where(version_member.c.occurrence.in_(batch))
        found += [_member(row) for row in connection.execute(query).mappings()]
    return found


def add(connection: Connection, one: Document) -> int:
    """Remember a document.

    Returns:
        The catalog's number of it.
    """
    values = {name: getattr(one, name) for name in _FIELDS if name != "id"}
    number: int = connection.execute(
        insert(version_set).values(values).returning(version_set.c.id)
    ).scalar_one()
    return number


def change(connection: Connection, one: Document) -> None:
    """Bring a document up to date; its ids stay."""
    values = {name: getattr(one, name) for name in _FIELDS if name not in ("id", "public_id")}
    connection.execute(update(version_set).where(version_set.c.id == one.id).values(values))


def place(connection: Connection, many: Sequence[Member]) -> None:
    """Say what occurrences are members of, instead of what was said before."""
    values = [
        {"occurrence": one.occurrence, "inner": one.inner, "set": one.document, "version": one.version}
        for one in many
    ]
    insert_or_update(connection, version_member, values)


def remove(connection: Connection, documents: Iterable[int] = (), occurrences: Iterable[int] = ()) -> None:
    """Forget documents, and what occurrences are members of."""
    for batch in batches(documents):
        connection.execute(delete(version_member).where(version_member.c.set.in_(batch)))
        connection.execute(delete(version_set).where(version_set.c.id.in_(batch)))
    for batch in batches(occurrences):
        connection.execute(delete(version_member).where(version_member.c.occurrence.in_(batch)))


def rule(connection: Connection, one: Ruled) -> None:
    """Remember what somebody decided."""
    values = {name: getattr(one, name) for name in _RULED} | {"sides": list(one.sides)}
    connection.execute(insert(version_ruling).values(values))


def take_back(connection: Connection, answer: int) -> tuple[str, str] | None:
    """Forget what an answer decided.

    Returns:
        The agency and the case; ``None`` if it decided nothing of versions.
    """
    query = select(version_ruling.c.agency, version_ruling.c.case_id).where(version_ruling.c.answer == answer)
    row = connection.execute(query).first()
    connection.execute(delete(version_ruling).where(version_ruling.c.answer == answer))
    return None if row is None else (row[0], row[1])


def rulings(connection: Connection, agency: str, case_id: str) -> list[Ruled]:
    """What was decided in a case, the oldest first."""
    rows = connection.execute(_RULINGS, {"agency": agency, "case": case_id}).mappings()
    return [Ruled(**{name: row[name] for name in _RULED}) for row in rows]


def sorted_by(connection: Connection, agency: str, case_id: str) -> int | None:
    """By which version of the rules a case's documents were sorted; ``None`` if they never were."""
    rules: int | None = connection.scalar(_RULES, {"agency": agency, "case": case_id})
    return rules


def set_sorted(connection: Connection, agency: str, case_id: str, rules: int) -> None:
    """Note by which version of the rules a case's documents are sorted; 0 to have it done again."""
    insert_or_update(connection, version_case, [{"agency": agency, "case_id": case_id, "rules": rules}])


def _document(row: Mapping[Any, Any]) -> Document:
    return Document(**{name: row[name] for name in _FIELDS})


def _member(row: Mapping[Any, Any]) -> Member:
    return Member(
        document=row["set"], occurrence=row["occurrence"], inner=row["inner"], version=row["version"]
    )
