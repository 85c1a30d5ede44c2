"""Scanned files: the state an occurrence's file was last read in, so that it need not be read again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from onecopy.catalog.batches import batches, insert_or_update
from onecopy.catalog.schema import content, file_state, occurrence

State = tuple[int, int, int, int]
"""Size in bytes, modification time in ns, inode, device."""

_STATE = ("size", "mtime_ns", "inode", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What the catalog knows of a file that was there when last looked at."""

    occurrence: int
    absolute: str
    content: str | None
    state: State
    fingerprint_version: int | None
    """Of its content; ``None`` if that was not identified."""
    problem: tuple[str, str] | None = None


def _signed(number: int) -> int:
    """Inode and device numbers use 64 bits without a sign, which no database has."""
    return number - (1 << 64) if number >= 1 << 63 else number


def _unsigned(number: int) -> int:
    return number + (1 << 64) if number < 0 else number


_EVER = (
    select(
        occurrence.c.id,
        occurrence.c.locator,
        occurrence.c.content,
        *(file_state.c[name] for name in _STATE),
        content.c.fingerprint_version,
        occurrence.c.problem_code,
        occurrence.c.problem_message,
    )
    .join(file_state, file_state.c.occurrence == occurrence.c.id)
    .join(content, content.c.sha256 == occurrence.c.content, isouter=True)
)
_KNOWN = _EVER.where(occurrence.c.gone_at.is_(None))


def _known(row: Any) -> KnownFile:
    number, absolute, sha256, size, mtime_ns, inode, device, version, code, message = row
    return KnownFile(
        occurrence=number,
        absolute=absolute,
        content=sha256,
        state=(size, mtime_ns, _unsigned(inode), _unsigned(device)),
        fingerprint_version=version,
        problem=None if code is None else (code, message),
    )


def at(connection: Connection, locators: Iterable[str]) -> dict[str, KnownFile]:
    """The files that were last seen at some absolute locators."""
    found: dict[str, KnownFile] = {}
    for batch in batches(locators):
        query = _KNOWN.where(occurrence.c.locator.in_(batch))
        found.update((row[1], _known(row)) for row in connection.execute(query))
    return found


def by_ids(connection: Connection, ids: Iterable[int]) -> Iterator[KnownFile]:
    """Files by the numbers of their occurrences, those included that are gone by now."""
    for batch in batches(ids):
        yield from map(_known, connection.execute(_EVER.where(occurrence.c.id.in_(batch))))


def within(connection: Connection, root: str) -> Iterator[KnownFile]:
    """The files last seen at an absolute locator, or below it."""
    below = root.rstrip("/") + "/"
    after = below[:-1] + chr(ord("/") + 1)
    inside = (occurrence.c.locator >= below) & (occurrence.c.locator < after)
    query = _KNOWN.where((occurrence.c.locator == root) | inside).order_by(occurrence.c.locator)
    yield from map(_known, connection.execute(query, execution_options={"yield_per": 500}))


def put_states(connection: Connection, states: Sequence[tuple[int, State]]) -> None:
    """Remember in which state the files of some occurrences were read."""
    rows = [
        {
            "occurrence": number,
            "size": size,
            "mtime_ns": mtime_ns,
            "inode": _signed(inode),
            "device": _signed(device),
        }
        for number, (size, mtime_ns, inode, device) in states
    ]
    insert_or_update(connection, file_state, rows)


def of_contents(connection: Connection, digests: Iterable[str]) -> Iterator[KnownFile]:
    """The files that hold some contents."""
    for batch in batches(digests):
        yield from map(_known, connection.execute(_KNOWN.where(occurrence.c.content.in_(batch))))
