"""Lists of uploads and of cases, page by page; each page is found from the last thing on the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, and_, cast, func, or_, select

from onecopy.catalog.batches import batches
from onecopy.catalog.occurrences import Occurrence, from_row
from onecopy.catalog.schema import content, decision, occurrence
from onecopy.catalog.uploads import UPLOADED


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which uploads are listed. ``agency=None`` is all of them, and ``until`` itself is left out."""

    agency: str | None = None
    case: str | None = None
    sha256: str | None = None
    source: str | None = None
    category: str | None = None
    name: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    captured_since: datetime | None = None
    captured_until: datetime | None = None
    prefix: str = ""
    """How the case begins."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Texts and whole numbers of the uploader's, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An upload in a list, with the size of its content, and the last decision about it."""

    occurrence: Occurrence
    bytes: int
    decision: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """A case in a list, and the uploads of it that fit the filter."""

    case: str
    agency: str
    occurrences: int
    first: datetime
    last: datetime


def occurrences(
    connection: Connection,
    wanted: Filter,
    *,
    limit: int,
    after: Occurrence | None = None,
    oldest: bool = False,
) -> list[Listed]:
    """A page of uploads, by the time they were received: the newest first, or the oldest."""
    when, number = occurrence.c.seen_at, occurrence.c.id
    query = select(occurrence).where(*_fit(wanted))
    if after is not None:
        query = query.where(_beyond(after, oldest))
    order = (when, number) if oldest else (when.desc(), number.desc())
    found = connection.execute(query.order_by(*order).limit(limit)).mappings()
    return listed(connection, [from_row(row) for row in found])


def listed(connection: Connection, found: Sequence[Occurrence]) -> list[Listed]:
    """Some uploads, with what lists say of them."""
    sizes: dict[str | None, int] = {}
    last: dict[int, tuple[str, str]] = {}
    for batch in batches(found):
        digests = {one.content for one in batch}
        query = select(content.c.sha256, content.c.bytes).where(content.c.sha256.in_(digests))
        sizes |= {row[0]: row[1] for row in connection.execute(query)}
        last |= _last_decisions(connection, [one.id for one in batch])
    return [
        Listed(occurrence=one, bytes=sizes.get(one.content, 0), decision=decided, reason=reason)
        for one in found
        for decided, reason in [last[one.id]]
    ]


def _beyond(one: Occurrence, oldest: bool) -> ColumnElement[bool]:
    when, number = occurrence.c.seen_at, occurrence.c.id
    if oldest:
        return and_(when >= one.seen_at, or_(when > one.seen_at, number > one.id))
    return and_(when <= one.seen_at, or_(when < one.seen_at, number < one.id))


def _last_decisions(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    newest = select(func.max(decision.c.id)).where(decision.c.occurrence.in_(ids))
    query = select(decision.c.occurrence, decision.c.decision, decision.c.reason)
    query = query.where(decision.c.id.in_(newest.group_by(decision.c.occurrence)))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def place(connection: Connection, public_id: str, *, agency: str | None) -> Occurrence | None:
    """The upload that a page ended with; it may be gone by now."""
    query = select(occurrence).where(occurrence.c.locator.is_(None), occurrence.c.public_id == public_id)
    if agency is not None:
        query = query.where(occurrence.c.agency == agency)
    row = connection.execute(query).mappings().first()
    return None if row is None else from_row(row)


def cases(
    connection: Connection, wanted: Filter, *, limit: int, after: tuple[str, str] | None = None
) -> list[ListedCase]:
    """A page of cases, by agency and then by their name as it is written.

    Args:
        connection: Of any transaction.
        wanted: Which uploads count.
        limit: How many, at most.
        after: Agency and case that the page before ended with.
    """
    agency, case = occurrence.c.agency, occurrence.c.case_id
    seen = occurrence.c.seen_at
    query: Select[Any] = select(agency, case, func.count(), func.min(seen), func.max(seen)).where(
        *_fit(wanted)
    )
    query = query.where(agency.is_not(None), case.is_not(None))
    if after is not None:
        query = query.where(or_(agency > after[0], and_(agency == after[0], case > after[1])))
    found = connection.execute(query.group_by(agency, case).order_by(agency, case).limit(limit))
    return [
        ListedCase(agency=row[0], case=row[1], occurrences=row[2], first=row[3], last=row[4]) for row in found
    ]


def _fit(wanted: Filter) -> list[ColumnElement[bool]]:
    column = occurrence.c
    equal = {
        column.agency: wanted.agency,
        column.case_id: wanted.case,
        column.content: wanted.sha256,
        column.source: wanted.source,
        column.category: wanted.category,
        column.name: wanted.name,
    }
    fit = [UPLOADED, *(one == value for one, value in equal.items() if value is not None)]
    for moment, since, until in (
        (column.seen_at, wanted.since, wanted.until),
        (column.captured_at, wanted.captured_since, wanted.captured_until),
    ):
        fit += [moment >= since] if since is not None else []
        fit += [moment < until] if until is not None else []
    if wanted.prefix:
        fit.append(func.substr(column.case_id, 1, len(wanted.prefix)) == wanted.prefix)
    fit += [cast(column.metadata[key].as_string(), String) == one for key, one in wanted.metadata.items()]
    return fit
