"""The audit log: appended to in the transaction that does what it tells of, never changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from onecopy.audit.check import Entry, Head
from onecopy.audit.event import Event, line, moment
from onecopy.audit.merkle import Tree, leaf_hash
from onecopy.catalog.schema import event, event_head

_HEAD = select(event_head).with_for_update()
_ADD = insert(event)
_MOVE = update(event_head)


def append(connection: Connection, one: Event) -> int:
    """Add an event. The log has one end, so from here to the commit no other transaction adds to it.

    Do it last, then: what the others wait for is the commit alone.

    Returns:
        Its position, from 0.
    """
    row = connection.execute(_HEAD).mappings().one()
    position = int(row["size"])
    tree = Tree(position, [bytes.fromhex(peak) for peak in row["peaks"]])
    text = line(one, position)
    leaf = leaf_hash(text.encode())
    tree.add(leaf)
    values = {"position": position, "at": one.at, "kind": str(one.kind), "agency": one.agency}
    connection.execute(_ADD, values | {"line": text, "leaf": leaf.hex()})
    peaks = [peak.hex() for peak in tree.peaks]
    connection.execute(_MOVE, {"size": tree.size, "root": tree.root, "peaks": peaks})
    return position


def hold_end(connection: Connection) -> None:
    """Keep other transactions from adding to the log, until this one ends."""
    connection.execute(select(event_head.c.size).with_for_update())


def head(connection: Connection) -> Head | None:
    """The log's length and root, as it says itself; ``None`` if that was removed."""
    row = connection.execute(select(event_head.c.size, event_head.c.root)).first()
    return None if row is None else Head(size=row[0], root=row[1])


def entries(connection: Connection, *, after: int = -1) -> Iterator[Entry]:
    """The entries beyond a position, in order."""
    query = select(event).where(event.c.position > after).order_by(event.c.position)
    for row in connection.execute(query, execution_options={"yield_per": 500}).mappings():
        yield Entry(
            position=row["position"],
            line=row["line"],
            leaf=row["leaf"],
            columns=(
                ("eventDateTime", moment(row["at"])),
                ("eventDetail", row["kind"]),
                ("agency", row["agency"]),
            ),
        )


def lines(connection: Connection, *, agency: str | None, after: int, limit: int) -> list[tuple[int, str]]:
    """Some entries beyond a position, as they were hashed.

    Args:
        connection: Of any transaction.
        agency: Only its own; ``None`` for all.
        after: The position they come after.
        limit: How many, at most.
    """
    query = select(event.c.position, event.c.line).where(event.c.position > after)
    if agency is not None:
        query = query.where(event.c.agency == agency)
    found = connection.execute(query.order_by(event.c.position).limit(limit))
    return [(position, text) for position, text in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events are looked for. All that is ``None`` does not matter.

    Attributes:
        agency: Only its own.
        kind: What happened.
        text: What must be in the line: a name, an identifier, a digest.
        since: The earliest moment.
        until: The moment before which it was.
        before: The position before which it stands.
    """

    agency: str | None = None
    kind: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


WINDOW = 20_000
"""Events that one search looks through, at most."""


def newest(connection: Connection, wanted: Wanted, *, limit: int) -> tuple[list[tuple[int, str]], int | None]:
    """Look for events, the newest first.

    Returns:
        Positions and lines; and the position to go on before, if older ones were not looked at.
    """
    conditions = [event.c.position < (1 << 62 if wanted.before is None else wanted.before)]
    if wanted.agency is not None:
        conditions.append(event.c.agency == wanted.agency)
    if wanted.since is not None:
        conditions.append(event.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(event.c.at < wanted.until)
    if wanted.kind is not None:
        conditions.append(event.c.kind == wanted.kind)
    query = select(event.c.position, event.c.line).where(*conditions).order_by(event.c.position.desc())
    found: list[tuple[int, str]] = []
    last: int | None = None
    looked = 0
    needle = None if wanted.text is None else json.dumps(wanted.text)[1:-1].lower()
    for position, text in connection.execute(query.limit(WINDOW), execution_options={"yield_per": 500}):
        looked, last = looked + 1, position
        if needle is None or needle in text.lower():
            found.append((position, text))
        if len(found) == limit:
            return found, position
    return found, last if looked == WINDOW else None


def leaf(connection: Connection, position: int) -> str | None:
    """The hash of the event at a position."""
    return connection.scalar(select(event.c.leaf).where(event.c.position == position))
