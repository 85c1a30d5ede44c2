"""A case as one ZIP, written while it is sent: each content once, and a list of what every file is.

Nothing is packed again, and no more of it is in memory at once than a piece of one file.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from onecopy.catalog.occurrences import Occurrence
from onecopy.errors import OnecopyError
from onecopy.vault.interface import Vault

PIECE = 1 << 20
LONGEST_NAME = 120
MANIFEST = "manifest.csv"

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_COLUMNS = (
    "file",
    "what",
    "original name",
    "occurrence",
    "received",
    "sent by",
    "source",
    "category",
    "sha256",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An upload in the archive: the folder it goes to, and what it is."""

    occurrence: Occurrence
    folder: str
    what: str


def stream(vault: Vault, entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive, piece by piece. A content that cannot be had is named in the list as missing."""
    sink = _Sink()
    names, lines = Names(), list[tuple[str, Entry]]()
    inside: dict[str, str] = {}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for entry in entries:
            content = entry.occurrence.content or ""
            if content not in inside:
                name = names.unique(entry.folder, entry.occurrence.name)
                try:
                    yield from _file(archive, sink, vault, entry.occurrence, name)
                except OnecopyError:
                    name = ""
                inside[content] = name
            lines.append((inside[content], entry))
        archive.writestr(MANIFEST, manifest(lines))
        yield sink.drained()
    yield sink.drained()


def manifest(lines: Iterable[tuple[str, Entry]]) -> str:
    """What each file is, as CSV: one line an upload, so that copies of one file name the same."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for name, entry in lines:
        one = entry.occurrence
        received = one.seen_at.astimezone(UTC).isoformat(timespec="seconds")
        cells = [name or "(missing)", entry.what, one.name, one.public_id, received]
        cells += [one.uploader or "", one.source or "", one.category or "", one.content or ""]
        writer.writerow(map(inert, cells))
    return text.getvalue()


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and every file can hold."""
    text = cell.encode("utf-8", "backslashreplace").decode()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def safe(name: str) -> str:
    """A file name that every system takes, as near to the original as that can be."""
    plain = _UNSAFE.sub("_", name).strip(" .") or "unnamed"
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = plain, "", ""
    while len(stem.encode()) > LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}"


class Names:
    """Names that were given, so that none is given twice, on systems without upper case either."""

    def __init__(self) -> None:
        self._taken = {MANIFEST.casefold()}
        self._last: dict[str, int] = {}  # thousands of one name must not each try all numbers before

    def unique(self, folder: str, name: str) -> str:
        """A name in a folder: ``photographs/front (2).jpg``."""
        plain = safe(name)
        stem, dot, ending = plain.rpartition(".") if "." in plain else (plain, "", "")
        wanted = f"{folder}/{plain}"
        number = self._last.get(wanted.casefold(), 1)
        first = wanted.casefold()
        while wanted.casefold() in self._taken:
            number += 1
            wanted = f"{folder}/{stem} ({number}){dot}{ending}"
        self._taken.add(wanted.casefold())
        self._last[first] = number
        return wanted


class _Sink(io.RawIOBase):
    """Where the archive is written to: what was written is taken out again at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._pieces.append(piece)
        return len(piece)

    def drained(self) -> bytes:
        """All that was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _file(archive: zipfile.ZipFile, sink: _Sink, vault: Vault, one: Occurrence, name: str) -> Iterator[bytes]:
    with vault.open(one.content or "") as source:
        about = zipfile.ZipInfo(name, one.seen_at.astimezone(UTC).timetuple()[:6])
        with archive.open(about, "w", force_zip64=True) as target:
            while piece := source.read(PIECE):
                target.write(piece)
                yield sink.drained()
    yield sink.drained()
