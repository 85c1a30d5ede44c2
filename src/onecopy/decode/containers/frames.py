"""TIFF files of several pages, taken apart: each page becomes a TIFF of its own, its strips untouched.

Offsets are the only thing that changes, so equal pages of different files are equal bytes, and a page decodes
like any other image. Thumbnails and reduced copies (NewSubfileType bit 0, SubIFDs) are no pages.
Layout of the format: TIFF 6.0 (Adobe, 1992), sections 2 and 15; BigTIFF as libtiff documents it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from onecopy.decode.containers.budget import Budget
from onecopy.decode.containers.interface import Part
from onecopy.decode.images import open_picture
from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError
from onecopy.locator import page as page_locator
from onecopy.model import Problem, Skipped

_SUBFILE_TYPE, _OLD_SUBFILE_TYPE, _SUB_IFDS = 254, 255, 330
_REDUCED = 1
_DATA_TAGS = {273: 279, 324: 325, 513: 514}
"""Tags that hold offsets of pixel data (strips, tiles, an old-style JPEG), and their lengths' tags."""
_OLD_JPEG_TABLES = frozenset({519, 520, 521})
_IFD_POINTERS = frozenset({34665, 34853, 40965})
"""EXIF, GPS and interoperability directories: metadata of the page, which go along."""
_TYPE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_UNSIGNED = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}
_MAX_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    raw: bytes


class _Tiff:
    """Reads directories of a classic TIFF or BigTIFF of either byte order."""

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.order = "<" if bytes(data[:2]) == b"II" else ">"
        self.big = struct.unpack(self.order + "H", bytes(data[2:4]).ljust(2, b"\0"))[0] == 43
        self.word = "Q" if self.big else "L"

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack(self.order + form, self.slice(at, struct.calcsize(self.order + form)))

    def slice(self, at: int, size: int) -> bytes:
        if at < 0 or size < 0 or at + size > len(self.data):
            message = "A page of the TIFF file lies beyond its end. Get a complete copy."
            raise UnreadableError(message, code="truncated")
        return bytes(self.data[at : at + size])

    def offsets(self) -> Iterator[int]:
        """Where the directories of the main chain begin; a chain that bites its tail ends there."""
        seen: set[int] = set()
        at = self.unpack(self.word, 8 if self.big else 4)[0]
        while at and at not in seen:
            seen.add(at)
            yield at
            count_form, size = ("Q", 20) if self.big else ("H", 12)
            count = self.unpack(count_form, at)[0]
            at = self.unpack(self.word, at + struct.calcsize(self.order + count_form) + count * size)[0]

    def directory(self, at: int) -> dict[int, _Entry]:
        """The entries of the directory at ``at``, their values read."""
        count_form, size, inline = ("Q", 20, 8) if self.big else ("H", 12, 4)
        count = self.unpack(count_form, at)[0]
        if count > _MAX_ENTRIES:
            raise UnreadableError("A page of the TIFF file is damaged. Get a sound copy.", code="corrupt")
        first = at + struct.calcsize(self.order + count_form)
        entries = {}
        for place in range(first, first + count * size, size):
            tag, kind = self.unpack("HH", place)
            number = self.unpack(self.word, place + 4)[0]
            length = _TYPE_BYTES.get(kind, 1) * number
            where = place + size - inline
            entries[tag] = _Entry(
                kind,
                number,
                self.slice(where if length <= inline else self.unpack(self.word, where)[0], length),
            )
        return entries

    def numbers(self, entry: _Entry) -> tuple[int, ...]:
        form = _UNSIGNED.get(entry.kind)
        if form is None:
            raise UnreadableError("A page of the TIFF file is damaged. Get a sound copy.", code="corrupt")
        return struct.unpack(f"{self.order}{entry.count}{form}", entry.raw)


def has_pages(data: Buffer, limit: int) -> bool:
    """Whether a TIFF file is more than one image: two pages, or one that is not at its beginning.

    A file that is damaged before that can be said counts as one image; the decoder says what is wrong.
    """
    tiff = _Tiff(data)
    pages = []
    try:
        for number, at in zip(range(limit + 1), tiff.offsets(), strict=False):
            if not _is_reduced(tiff, tiff.directory(at)):
                pages.append(number)
            if len(pages) > 1:
                break
    except UnreadableError:
        pass
    return len(pages) > 1 or (len(pages) == 1 and pages[0] > 0)


class TiffContainer:
    """A TIFF file with more than one directory."""

    format = "tiff"
    summarise = False

    def __init__(self, data: Buffer, inner: str, budget: Budget) -> None:
        self._tiff = _Tiff(data)
        self._inner = inner
        self._budget = budget

    def parts(self, only: str | None) -> Iterator[Part]:
        """The pages in the order of the file, numbered by their place in the chain."""
        for number, at in enumerate(self._tiff.offsets(), 1):
            if number > self._budget.limits.pages:
                raise UnreadableError(
                    f"It has more than {self._budget.limits.pages:,} pages; the rest was not read. "
                    "Split it, or raise the limit.",
                    code="too-large",
                )
            inner = page_locator(self._inner, page=number)
            if only in (None, inner):
                yield self._page(at, inner)

    def _page(self, at: int, inner: str) -> Part:
        try:
            entries = self._tiff.directory(at)
            if _is_reduced(self._tiff, entries):
                return Skipped(inner=inner, reason="a reduced copy of another page")
            return open_picture(_alone(self._tiff, entries), self._budget.limits, inner=inner)
        except UnreadableError as error:
            return Problem(inner=inner, code=error.code, message=error.message)


def _is_reduced(tiff: _Tiff, entries: dict[int, _Entry]) -> bool:
    if _SUBFILE_TYPE in entries:
        return bool(next(iter(tiff.numbers(entries[_SUBFILE_TYPE])), 0) & _REDUCED)
    old = entries.get(_OLD_SUBFILE_TYPE)
    return old is not None and next(iter(tiff.numbers(old)), 1) == 2


def _alone(tiff: _Tiff, entries: dict[int, _Entry]) -> bytes:
    """Write one directory and all it points to as a complete TIFF file."""
    start = 16 if tiff.big else 8
    body = bytearray(start)
    at = _append_directory(tiff, entries, body, depth=0)
    mark = b"II" if tiff.order == "<" else b"MM"
    header = (43, 8, 0, at) if tiff.big else (42, at)
    body[:start] = mark + struct.pack(tiff.order + ("HHHQ" if tiff.big else "HL"), *header)
    return bytes(body)


def _append_directory(tiff: _Tiff, entries: dict[int, _Entry], body: bytearray, depth: int) -> int:
    kept = {
        tag: entry for tag, entry in sorted(entries.items()) if tag != _SUB_IFDS and entry.kind in _TYPE_BYTES
    }
    for tag, entry in kept.items():
        if tag in _DATA_TAGS and _DATA_TAGS[tag] in entries:
            kept[tag] = _move_data(tiff, entry, entries[_DATA_TAGS[tag]], body)
        elif tag in _OLD_JPEG_TABLES:
            # up to 64 quantisation numbers, or 16 counts and 256 symbols of a Huffman table
            kept[tag] = _offsets(tiff, [_append(body, _table(tiff, at)) for at in tiff.numbers(entry)])
        elif tag in _IFD_POINTERS and depth < 3:
            kept[tag] = _move_directory(tiff, entry, body, depth)
    values = [_value(tiff, entry, body) for entry in kept.values()]
    rows = [
        struct.pack(tiff.order + "HH" + tiff.word, tag, entry.kind, entry.count) + value
        for (tag, entry), value in zip(kept.items(), values, strict=True)
    ]
    count = struct.pack(tiff.order + ("Q" if tiff.big else "H"), len(rows))
    return _append(body, count + b"".join(rows) + bytes(8 if tiff.big else 4))


def _move_data(tiff: _Tiff, offsets: _Entry, lengths: _Entry, body: bytearray) -> _Entry:
    pairs = zip(tiff.numbers(offsets), tiff.numbers(lengths), strict=False)
    sizes = sum(tiff.numbers(lengths))
    if sizes > len(tiff.data):
        raise UnreadableError("A page of the TIFF file is damaged. Get a sound copy.", code="corrupt")
    # A strip cut short is kept as far as it goes: the decoder knows best what that means
    return _offsets(tiff, [_append(body, bytes(tiff.data[at : at + size])) for at, size in pairs])


def _move_directory(tiff: _Tiff, pointer: _Entry, body: bytearray, depth: int) -> _Entry:
    try:
        inside = tiff.directory(tiff.numbers(pointer)[0])
    except (UnreadableError, IndexError):
        inside = {}  # broken metadata must not cost the page
    return _offsets(tiff, [_append_directory(tiff, inside, body, depth + 1)])


def _table(tiff: _Tiff, at: int) -> bytes:
    return bytes(tiff.data[at : at + 16 + 256])


def _offsets(tiff: _Tiff, places: list[int]) -> _Entry:
    return _Entry(
        16 if tiff.big else 4, len(places), struct.pack(f"{tiff.order}{len(places)}{tiff.word}", *places)
    )


def _value(tiff: _Tiff, entry: _Entry, body: bytearray) -> bytes:
    inline = 8 if tiff.big else 4
    if len(entry.raw) <= inline:
        return entry.raw.ljust(inline, b"\0")
    return struct.pack(tiff.order + tiff.word, _append(body, entry.raw))


def _append(body: bytearray, piece: bytes) -> int:
    body.extend(bytes(len(body) % 2))  # offsets are even
    at = len(body)
    body.extend(piece)
    return at
