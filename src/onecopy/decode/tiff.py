"""TIFF directories: just enough to count pages, to see what a page is made of, and where its data lies.

The format is Adobe's "TIFF Revision 6.0" (1992), with BigTIFF as libtiff defines it. Nothing is decoded here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError

_SIZES = dict(enumerate((1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), start=1)) | {16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_MOST_VALUES = 4_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its type, how many values, and where they are."""

    kind: int
    count: int
    offset: int


@dataclass(frozen=True, slots=True)
class Directory:
    """One page's tags."""

    view: memoryview
    order: str
    entries: dict[int, Entry] = field(default_factory=dict)

    def raw(self, tag: int) -> bytes:
        """The bytes of a tag's values as stored, empty where it is missing or reaches outside the file."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        size = entry.count * _SIZES.get(entry.kind, 0)
        piece = bytes(self.view[entry.offset : entry.offset + size])
        return piece if len(piece) == size else b""

    def numbers(self, tag: int) -> tuple[int, ...]:
        """A tag's whole numbers, empty where it has none."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _CODES or entry.count > _MOST_VALUES:
            return ()
        raw = self.raw(tag)
        return struct.unpack(f"{self.order}{entry.count}{_CODES[entry.kind]}", raw) if raw else ()

    def number(self, tag: int, default: int = 0) -> int:
        """The first of a tag's whole numbers."""
        return next(iter(self.numbers(tag)), default)


def directories(data: Buffer, limit: int) -> Iterator[Directory]:
    """Walk the pages of a TIFF file in order; stops at the first that is damaged or seen before.

    Args:
        data: The file.
        limit: Most pages to walk.

    Raises:
        UnreadableError: ``truncated`` or ``corrupt`` where not even the first page can be read.
    """
    view = memoryview(data)
    order = "<" if bytes(view[:2]) == b"II" else ">"
    big = bytes(view[2:4]) in (b"\x2b\x00", b"\x00\x2b")
    seen: set[int] = set()
    try:
        offset = (
            struct.unpack_from(order + "Q", view, 8)[0]
            if big
            else struct.unpack_from(order + "I", view, 4)[0]
        )
        while offset and offset not in seen and len(seen) < limit:
            seen.add(offset)
            directory, offset = _directory(view, order, big, offset)
            yield directory
    except (struct.error, ValueError, OverflowError) as error:
        if len(seen) <= 1:
            message = "The TIFF file ends before its first page; ask for it again."
            raise UnreadableError(message, code="truncated") from error


def count_pages(data: Buffer, limit: int) -> int:
    """How many pages there are, at most ``limit``."""
    return sum(1 for _ in directories(data, limit))


def first(data: Buffer) -> Directory | None:
    """The first page's directory, where it can be read."""
    return next(directories(data, 1), None)


def _directory(view: memoryview, order: str, big: bool, offset: int) -> tuple[Directory, int]:
    head, entry, inline = ("Q", "HHQQ", 8) if big else ("H", "HHII", 4)
    (count,) = struct.unpack_from(order + head, view, offset)
    start = offset + struct.calcsize(order + head)
    size = struct.calcsize(order + entry)
    if count > 4096 or start + count * size > len(view):
        raise ValueError("directory outside the file")
    found = Directory(view, order)
    for index in range(count):
        at = start + index * size
        tag, kind, number, where = struct.unpack_from(order + entry, view, at)
        if number * _SIZES.get(kind, 0) <= inline:
            where = at + size - inline
        found.entries.setdefault(tag, Entry(kind, number, where))
    end = start + count * size
    following = (
        struct.unpack_from(order + ("Q" if big else "I"), view, end)[0] if end + inline <= len(view) else 0
    )
    return found, following
