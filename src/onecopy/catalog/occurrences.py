"""Occurrences: every appearance of a file, from a scan or from an upload."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from onecopy.catalog.batches import batches
from onecopy.catalog.schema import content, occurrence


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One appearance of a file. ``id`` is the catalog's number, ``public_id`` what others may see.

    A scanned file has an absolute ``locator``; an upload has none. ``content`` is ``None`` where the bytes
    could not be read; then ``problem`` is a code and a sentence. ``gone_at`` is set once a scanned file is
    no longer there, or holds other bytes (which are a new occurrence). ``captured_at`` and ``metadata`` are
    what the uploader says of it.
    """

    name: str
    content: str | None
    id: int = 0
    public_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    locator: str | None = None
    case_id: str | None = None
    agency: str | None = None
    source: str | None = None
    category: str | None = None
    uploader: str | None = None
    captured_at: datetime | None = None
    metadata: Mapping[str, Any] | None = None
    seen_at: datetime = field(default_factory=_now)
    gone_at: datetime | None = None
    problem: tuple[str, str] | None = None


_PLAIN = ("public_id", "locator", "name", "content", "case_id", "agency", "source", "category", "uploader")
_MORE = ("captured_at", "metadata", "seen_at", "gone_at")


def _row(one: Occurrence) -> dict[str, Any]:
    code, message = one.problem or (None, None)
    row = {name: getattr(one, name) for name in (*_PLAIN, *_MORE)}
    return row | {"problem_code": code, "problem_message": message}


def from_row(row: Mapping[Any, Any]) -> Occurrence:
    """The occurrence of a whole row."""
    code, message = row["problem_code"], row["problem_message"]
    return Occurrence(
        **{name: row[name] for name in ("id", *_PLAIN, *_MORE)},
        problem=None if code is None else (code, message or ""),
    )


_ADD = insert(occurrence)


def add(connection: Connection, one: Occurrence) -> int:
    """Remember one occurrence (its ``id`` is ignored); its content must be in the catalog.

    Returns:
        The catalog's number of it.
    """
    key = connection.execute(_ADD, _row(one)).inserted_primary_key
    assert key is not None, "both databases say it of a single row"
    number: int = key[0]
    return number


def add_all(connection: Connection, many: Sequence[Occurrence]) -> dict[str, int]:
    """Remember many occurrences at once.

    Returns:
        The catalog's numbers by public id.
    """
    if not many:
        return {}
    statement = insert(occurrence).returning(occurrence.c.public_id, occurrence.c.id)
    return {r[0]: r[1] for r in connection.execute(statement, [_row(one) for one in many])}


def get(connection: Connection, public_id: str) -> Occurrence | None:
    """An occurrence by its public id."""
    query = select(occurrence).where(occurrence.c.public_id == public_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else from_row(row)


def by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Occurrence]:
    """Occurrences by the catalog's numbers; those that are gone, too."""
    found: dict[int, Occurrence] = {}
    for batch in batches(ids):
        query = select(occurrence).where(occurrence.c.id.in_(batch))
        found |= {row["id"]: from_row(row) for row in connection.execute(query).mappings()}
    return found


def of_case(connection: Connection, case_id: str) -> list[Occurrence]:
    """The occurrences of a case, oldest first."""
    query = select(occurrence).where(occurrence.c.case_id == case_id).order_by(occurrence.c.id)
    return [from_row(row) for row in connection.execute(query).mappings()]


def of_contents(connection: Connection, digests: Iterable[str]) -> Iterator[Occurrence]:
    """The occurrences of some contents, oldest first in each batch; those that are gone are left out."""
    for batch in batches(digests):
        query = select(occurrence).where(occurrence.c.content.in_(batch), occurrence.c.gone_at.is_(None))
        for row in connection.execute(query.order_by(occurrence.c.id)).mappings():
            yield from_row(row)


def gone(connection: Connection, ids: Iterable[int]) -> None:
    """Mark occurrences as no longer there. They are kept: what was seen stays known."""
    now = _now()
    for batch in batches(ids):
        connection.execute(update(occurrence).where(occurrence.c.id.in_(batch)).values(gone_at=now))


def counts(connection: Connection) -> dict[str, int]:
    """How many occurrences are present, and how many contents are known."""
    present = select(func.count()).select_from(occurrence).where(occurrence.c.gone_at.is_(None))
    contents = select(func.count()).select_from(content)
    return {
        "occurrences": connection.scalar(present) or 0,
        "contents": connection.scalar(contents) or 0,
    }


def highest(connection: Connection) -> int:
    """The highest number given so far; later occurrences have higher ones."""
    return connection.scalar(select(func.max(occurrence.c.id))) or 0
