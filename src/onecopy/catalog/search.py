"""Finding uploads by what is known of them. What one search reads is bounded, however much there is.

A case or a digest is looked up in an index. Anything else is looked for among the newest uploads, a window at
a time; the answer says where to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, cast, exists, func, or_, select

from onecopy.catalog.occurrences import Occurrence, from_row
from onecopy.catalog.schema import decision, image, occurrence

WINDOW = 20_000
"""Uploads that one search looks through, at most, where no index helps."""
Place = tuple[datetime, int]
"""Where an upload stands among all: when it came, and the catalog's number of it."""
_WHOLE = 64
_UPLOADED = and_(occurrence.c.locator.is_(None), occurrence.c.gone_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. All that is ``None`` does not matter; of text, case does not.

    Attributes:
        agency: Only its own.
        case: All of a case's number.
        digest: Of the bytes, SHA-256 in hexadecimal; or how that begins.
        name: A part of the file's name.
        camera: A part of the maker, model or serial number that the file names.
        relation: One that it was found to have to another upload.
        since: Received then or later.
        until: Received before.
        before: The moment and the catalog's number of the upload that it came before.
    """

    agency: str | None = None
    case: str | None = None
    digest: str | None = None
    name: str | None = None
    camera: str | None = None
    relation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, the newest first; and where to go on before, if there may be more."""

    uploads: Sequence[Occurrence]
    before: Place | None


def search(connection: Connection, wanted: Wanted, *, limit: int) -> Found:
    """Look for uploads."""
    column, narrow = occurrence.c, _narrow(wanted)
    floor = None if wanted.case or wanted.digest else _floor(connection, narrow)
    query = select(occurrence).where(_UPLOADED, *narrow, *_residual(wanted))
    if floor is not None:
        at, id = floor
        query = query.where(column.seen_at >= at, or_(column.seen_at > at, column.id >= id))
    query = query.order_by(column.seen_at.desc(), column.id.desc())
    uploads = [from_row(row) for row in connection.execute(query.limit(limit)).mappings()]
    last = (uploads[-1].seen_at, uploads[-1].id) if len(uploads) == limit else floor
    return Found(uploads=uploads, before=last)


def _floor(connection: Connection, narrow: Sequence[ColumnElement[bool]]) -> Place | None:
    """The last upload that one search looks at; ``None`` if that is all of them."""
    column = occurrence.c
    query = select(column.seen_at, column.id).where(*narrow)
    query = query.order_by(column.seen_at.desc(), column.id.desc()).offset(WINDOW - 1).limit(1)
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def _narrow(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What an index answers."""
    column = occurrence.c
    found: list[ColumnElement[bool]] = []
    # These first, so that no database walks through an agency to find a case.
    if wanted.case is not None:
        found.append(column.id.in_(select(column.id).where(column.case_id == wanted.case)))
    if wanted.digest is not None:
        found.append(column.id.in_(select(column.id).where(_begins(column.content, wanted.digest))))
    if wanted.agency is not None:
        found.append(column.agency == wanted.agency)
    if wanted.since is not None:
        found.append(column.seen_at >= wanted.since)
    if wanted.until is not None:
        found.append(column.seen_at < wanted.until)
    if wanted.before is not None:
        at, id = wanted.before
        found += [column.seen_at <= at, or_(column.seen_at < at, column.id < id)]
    return found


def _begins(column: ColumnElement[Any], digest: str) -> ColumnElement[bool]:
    if len(digest) == _WHOLE:
        return column == digest
    return and_(column >= digest, column < digest[:-1] + chr(ord(digest[-1]) + 1))


def _residual(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What has to be looked at one by one."""
    found: list[ColumnElement[bool]] = []
    if wanted.name is not None:
        found.append(_holds(occurrence.c.name, wanted.name))
    if wanted.camera is not None:
        mine = image.c.content == occurrence.c.content
        found.append(exists().where(mine, _names_camera(wanted.camera)))
    if wanted.relation is not None:
        mine = decision.c.occurrence == occurrence.c.id
        said = cast(decision.c.matches, String).contains(f'"relation":"{wanted.relation}"', autoescape=True)
        found.append(exists().where(mine, said))
    return found


def _names_camera(text: str) -> ColumnElement[bool]:
    """Whether a file names a camera with a text in its maker, model or serial number."""
    capture: Any = image.c.details["capture"]
    parts = [capture[name].as_string() for name in ("camera_make", "camera_model", "camera_serial")]
    whole = (
        func.coalesce(parts[0], "") + " " + func.coalesce(parts[1], "") + " " + func.coalesce(parts[2], "")
    )
    return _holds(whole, text)


def _holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)
