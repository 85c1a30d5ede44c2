"""Running totals of uploads, by agency, source and month: figures cost the same however much there is.

They are kept in the transactions that change what they count: an upload that comes, a decision about one, a
deletion. A content counts as stored once: with the earliest upload of it that is there, first in its agency
(``own_bytes``, which tells an agency nothing of others) and first in the whole catalog (``stored_bytes``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, bindparam, func, select

from onecopy.catalog.batches import insert_or_add
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.schema import content, decision, occurrence, tally

MOST_SOURCES = 300
"""Sources of one agency and month that are told apart; what comes beyond them is counted as one."""
OTHERS = "…"
"""What those are called."""

_UPLOADED = and_(occurrence.c.locator.is_(None), occurrence.c.gone_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Totals of some uploads.

    Attributes:
        received: How many are there.
        bytes: What they would take, each stored for itself.
        own_bytes: What they take, every content stored once in its agency.
        stored_bytes: What they take, every content stored once.
        proposed_bytes: Of ``own_bytes``, what pictures take that are linked to others in other bytes.
        linked: Uploads that a policy linked.
        linked_by_people: Uploads that people's answers linked.
        held: Uploads that wait for an answer.
        rejected: Uploads that were turned away; they are not among ``received``.
    """

    received: int = 0
    bytes: int = 0
    own_bytes: int = 0
    stored_bytes: int = 0
    proposed_bytes: int = 0
    linked: int = 0
    linked_by_people: int = 0
    held: int = 0
    rejected: int = 0

    @property
    def redundant(self) -> int:
        """Uploads that are a copy of another."""
        return self.linked + self.linked_by_people


NAMES = tuple(one.name for one in fields(Sums))


def came(connection: Connection, one: Occurrence, size: int, first: str, *, alone: bool = False) -> None:
    """Count an upload that was just taken in, with the first decision about it.

    Args:
        connection: Of a write transaction.
        one: The upload, with its number.
        size: Of its content, in bytes.
        first: The :func:`kind` of the decision.
        alone: Whether nobody knew its content before: then no other upload of it is looked for.
    """
    row = {"id": one.id, "agency": one.agency, "source": one.source}
    _came(connection, row | {"seen_at": one.seen_at, "content": one.content, "bytes": size}, first, alone)


def _came(connection: Connection, one: Mapping[Any, Any], first: str, alone: bool) -> None:
    size = one["bytes"]
    change = Counter({first: 1, "received": 1, "bytes": size})
    if alone or _others(connection, one, one["agency"], earlier=False) is None:
        change.update(own_bytes=size, proposed_bytes=size * _is_link(first))
    if alone or _others(connection, one, None, earlier=False) is None:
        change["stored_bytes"] += size
    _add(connection, one, change)


def decided(connection: Connection, occurrence_id: int, before: str | None, after: str) -> None:
    """Count a decision about an occurrence; with the first one, the occurrence itself (as :func:`came`).

    Args:
        connection: Of a write transaction, in which the decision is.
        occurrence_id: The catalog's number of it.
        before: The :func:`kind` of the decision that held until now.
        after: The kind of the new one.
    """
    one = _uploaded(connection, occurrence_id)
    if one is None:
        return
    if before is None:
        _came(connection, one, after, alone=False)
        return
    change: Counter[str] = Counter({after: 1})
    change[before] -= 1
    if _others(connection, one, one["agency"], earlier=True) is None:
        change["proposed_bytes"] += one["bytes"] * (_is_link(after) - _is_link(before))
    _add(connection, one, change)


def gone(connection: Connection, occurrence_id: int, last: str) -> None:
    """Count an occurrence no more, which is about to be marked as gone.

    Where it stood for its content, the next one does.

    Args:
        connection: Of a write transaction.
        occurrence_id: The catalog's number of it.
        last: The kind of the decision that holds.
    """
    one = _uploaded(connection, occurrence_id)
    if one is None:
        return
    change: Counter[str] = Counter({last: -1, "received": -1, "bytes": -one["bytes"]})
    for name, agency in (("own_bytes", one["agency"]), ("stored_bytes", None)):
        if _others(connection, one, agency, earlier=True) is not None:
            continue
        change[name] -= one["bytes"]
        if name == "own_bytes":
            change["proposed_bytes"] -= one["bytes"] * _is_link(last)
        heir = _others(connection, one, agency, earlier=False)
        if heir is not None:
            _inherit(connection, heir, name)
    _add(connection, one, change)


def rejected(connection: Connection, agency: str, source: str, at: datetime) -> None:
    """Count an upload that was turned away."""
    _add(connection, {"agency": agency, "source": source, "seen_at": at}, Counter(rejected=1))


def kind(action: str, policy: str | None, answer: int | None) -> str:
    """Under what a decision is counted: by its action, and by whether it follows people's answer."""
    if action == "link":
        return "linked_by_people" if policy is None and answer is not None else "linked"
    return "held" if action == "hold" else "stored"


def _is_link(kind: str | None) -> bool:
    return kind in ("linked", "linked_by_people")


def _uploaded(connection: Connection, occurrence_id: int) -> Mapping[Any, Any] | None:
    """What counts of an upload; ``None`` for a scanned file."""
    return connection.execute(_row().where(occurrence.c.id == occurrence_id)).mappings().first()


def _row() -> Select[Any]:
    names = ("id", "agency", "source", "seen_at", "content")
    columns = [occurrence.c[name] for name in names]
    query = select(*columns, content.c.bytes).join(content, content.c.sha256 == occurrence.c.content)
    return query.where(_UPLOADED)


def _others(
    connection: Connection, one: Mapping[Any, Any], agency: str | None, *, earlier: bool
) -> Mapping[Any, Any] | None:
    """The earliest other upload of the same content; of an agency, if one is named.

    Args:
        connection: Of any transaction.
        one: The upload itself.
        agency: Only of this one.
        earlier: Only those that came before it.
    """
    query = _OTHERS[earlier, agency is not None]
    asked = {"id": one["id"], "content": one["content"], "agency": agency}
    return connection.execute(query, asked).mappings().first()


def _other(*, earlier: bool, of_agency: bool) -> Select[Any]:
    id: BindParameter[int] = bindparam("id")
    query = _row().where(occurrence.c.content == bindparam("content"))
    query = query.where(occurrence.c.id < id if earlier else occurrence.c.id != id)
    if of_agency:
        query = query.where(occurrence.c.agency == bindparam("agency"))
    return query.order_by(occurrence.c.id).limit(1)


_OTHERS = {
    (earlier, of_agency): _other(earlier=earlier, of_agency=of_agency)
    for earlier in (True, False)
    for of_agency in (True, False)
}


def _inherit(connection: Connection, heir: Mapping[Any, Any], name: str) -> None:
    change = Counter({name: heir["bytes"]})
    if name == "own_bytes":
        query = select(decision.c.decision).where(decision.c.occurrence == heir["id"])
        last = connection.scalar(query.order_by(decision.c.id.desc()).limit(1))
        change["proposed_bytes"] = heir["bytes"] * (last == "link")
    _add(connection, heir, change)


def _add(connection: Connection, one: Mapping[Any, Any], change: Counter[str]) -> None:
    key = {"agency": one["agency"] or "", "source": one["source"] or "", "month": f"{one['seen_at']:%Y-%m}"}
    if key["source"] and not _has_room(connection, key):
        key["source"] = OTHERS
    insert_or_add(connection, tally, key, {name: change[name] for name in NAMES if change[name]})


_MONTH = (tally.c.agency == bindparam("agency")) & (tally.c.month == bindparam("month"))
_THIS_SOURCE = select(tally.c.month).where(_MONTH, tally.c.source == bindparam("source"))
_SOURCES = select(func.count()).where(_MONTH)


def _has_room(connection: Connection, key: Mapping[str, str]) -> bool:
    if connection.scalar(_THIS_SOURCE, dict(key)) is not None:
        return True
    return (connection.scalar(_SOURCES, dict(key)) or 0) < MOST_SOURCES


def total(connection: Connection, agency: str | None) -> Sums:
    """The totals of an agency, or of all."""
    row = connection.execute(select(*_sums()).where(*_of(agency))).one()
    return _as_sums(row)


def grouped(connection: Connection, by: str, agency: str | None, *, most: int) -> list[tuple[str, Sums]]:
    """Totals by ``agency`` or ``source``, those that received most first, or by ``month``, the last first.

    Args:
        connection: Of any transaction.
        by: The column.
        agency: Only its own; ``None`` for all.
        most: How many there are at most.
    """
    column = tally.c[by]
    order = column.desc() if by == "month" else func.sum(tally.c.received).desc()
    query = select(column, *_sums()).where(*_of(agency)).group_by(column).order_by(order, column)
    return [(str(row[0]), _as_sums(row[1:])) for row in connection.execute(query.limit(most))]


def _sums() -> Iterator[ColumnElement[Any]]:
    return (func.coalesce(func.sum(tally.c[name]), 0) for name in NAMES)


def _of(agency: str | None) -> list[ColumnElement[bool]]:
    return [] if agency is None else [tally.c.agency == agency]


def _as_sums(values: Any) -> Sums:
    return Sums(**{name: int(value) for name, value in zip(NAMES, values, strict=True)})
