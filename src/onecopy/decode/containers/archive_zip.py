"""ZIP archives, and the office documents that are ZIP archives.

Nothing is written anywhere, so a name like ``../../x`` is only a label. Sizes are checked as declared before
anything is unpacked, and :mod:`zipfile` never gives more than was declared, so a lie shows as damage.
"""

import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from onecopy.decode.containers.budget import Budget
from onecopy.decode.containers.buffers import as_file
from onecopy.decode.containers.interface import HEAD, LARGE, Member, Part
from onecopy.decode.containers.names import Names, litter
from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError
from onecopy.model import Problem, Skipped

MAX_MEMBERS = 100_000
MAX_RATIO = 400
"""Unpacked to packed; photographs and scans stay far below, deflate's own limit is about 1,030."""
RATIO_MATTERS = 16 << 20
"""Bytes unpacked below which any ratio is harmless."""

_CHUNK = 4096  # bz2 and LZMA members are unpacked a whole input chunk at a time: small chunks bound that
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_LINK, _KIND = 0o120000, 0o170000
_END = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"

_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx", "visio/": "vsdx"}
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": "odg"}


class ZipContainer:
    """An opened ZIP archive.

    Raises:
        UnreadableError: ``corrupt``, ``truncated`` or ``too-large`` if its directory cannot be read.
    """

    def __init__(self, data: Buffer, inner: str, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget
        self._zip = _open(data)
        self._members = self._zip.infolist()
        self.format = _format(self._zip, self._members)
        self.summarise = self.format != "zip"

    def parts(self, only: str | None) -> Iterator[Part]:
        """Every member in the order of the directory."""
        names = Names(self._inner)
        for info in self._members:
            name = _name(info)
            inner = names.inner(name)
            text = name if isinstance(name, str) else name.decode("latin-1")
            reason = litter(text) or _not_a_file(info) or self._preview(text)
            if reason:
                yield Skipped(inner=inner, reason=reason)
            elif not text.endswith("/"):
                yield self._part(info, inner)

    def _preview(self, name: str) -> str | None:
        preview = self.summarise and name.lower().startswith(("docprops/thumbnail.", "thumbnails/"))
        return "the document's own preview" if preview else None

    def _part(self, info: zipfile.ZipInfo, inner: str) -> Part:
        if info.flag_bits & _ENCRYPTED:
            message = "It is encrypted. Unpack the archive with its password and scan the folder."
            return Problem(inner=inner, code="encrypted", message=message)
        head = partial(self._head, info) if info.file_size > LARGE else None
        return Member(inner=inner, read=partial(self._read, info), head=head)

    def _head(self, info: zipfile.ZipInfo) -> bytes:
        with _as_unreadable(), self._zip.open(info) as file:
            return file.read(HEAD)
        return b""

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        size = info.file_size
        if size > RATIO_MATTERS and size > MAX_RATIO * max(1, info.compress_size):
            raise UnreadableError(
                f"It claims to unpack to {size:,} bytes from {info.compress_size:,}, which looks like a "
                "decompression bomb. Unpack it yourself if you trust it.",
                code="too-large",
            )
        self._budget.allow(size)
        chunks = []
        with _as_unreadable(), self._zip.open(info) as file:
            while chunk := file.read(1 << 20 if info.compress_type == zipfile.ZIP_DEFLATED else _CHUNK):
                self._budget.spend(len(chunk))
                chunks.append(chunk)
        return b"".join(chunks)


class _as_unreadable:  # noqa: N801  (a context manager, used like a function)
    """Turns what zipfile raises on bad input into the domain's own error."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, UnreadableError | MemoryError):
            return
        if isinstance(error, NotImplementedError):
            message = f"Its compression is not supported ({error}). Unpack it with another program."
            raise UnreadableError(message, code="unsupported-format") from error
        if isinstance(error, EOFError):
            message = "The archive ends before this member does. Get a complete copy."
            raise UnreadableError(message, code="truncated") from error
        if isinstance(error, Exception):
            message = f"The archive is damaged here ({error}). Get a sound copy."
            raise UnreadableError(message, code="corrupt") from error


def _open(data: Buffer) -> zipfile.ZipFile:
    _refuse_huge_directory(data)
    try:
        try:
            return zipfile.ZipFile(as_file(data))
        except UnicodeDecodeError:
            return zipfile.ZipFile(as_file(_without_utf8_flags(data)))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, IndexError) as error:
        if _END not in bytes(data[-(1 << 16) - 22 :]):
            message = "The archive has no directory at its end: it is probably cut off. Get a complete copy."
            raise UnreadableError(message, code="truncated") from error
        message = f"The archive's directory cannot be read ({error}). Get a sound copy."
        raise UnreadableError(message, code="corrupt") from error


def _refuse_huge_directory(data: Buffer) -> None:
    # zipfile keeps about a kilobyte for each entry of the directory, whatever it is worth
    tail = bytes(data[-(1 << 16) - 22 :])
    at = tail.rfind(_END)
    size = struct.unpack_from("<L", tail, at + 12)[0] if 0 <= at <= len(tail) - 22 else 0
    entries = min(size, len(data)) // 46
    if entries > 2 * MAX_MEMBERS:
        raise UnreadableError(
            f"The archive lists more than {MAX_MEMBERS:,} files. Unpack it and scan the folder.",
            code="too-large",
        )


def _without_utf8_flags(data: Buffer) -> bytes:
    """A copy where no name claims to be UTF-8; zipfile gives up on a whole archive over one false claim."""
    patched = bytearray(data)
    end = patched.rfind(_END)
    size, offset = struct.unpack_from("<LL", patched, end + 12)
    at = end - size
    before = at - offset  # bytes put in front of the archive, which its offsets do not count
    while at >= 0 and patched[at : at + 4] == _ENTRY and at + 46 <= end:
        patched[at + 9] &= ~(_UTF8_NAME >> 8) & 0xFF
        lengths = struct.unpack_from("<HHH", patched, at + 28)
        local = before + struct.unpack_from("<L", patched, at + 42)[0]
        if patched[local : local + 4] == _LOCAL:
            patched[local + 7] &= ~(_UTF8_NAME >> 8) & 0xFF
        at += 46 + sum(lengths)
    return bytes(patched)


def _name(info: zipfile.ZipInfo) -> str | bytes:
    """The member's name: UTF-8 wherever its bytes are that, whatever the flag says; else code page 437."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return info.orig_filename


def _not_a_file(info: zipfile.ZipInfo) -> str | None:
    kind = (info.external_attr >> 16) & _KIND
    return "a symbolic link" if info.create_system == 3 and kind == _LINK else None


def _format(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str:
    names = {info.filename for info in members[:1000]}
    if "[Content_Types].xml" in names:
        return next(
            (kind for folder, kind in _OFFICE.items() if any(n.startswith(folder) for n in names)), "zip"
        )
    if members and members[0].filename == "mimetype" and members[0].file_size < 200:
        return _mimetype_format(lambda: archive.read(members[0]))
    return "zip"


def _mimetype_format(read: Callable[[], bytes]) -> str:
    try:
        mimetype = read().decode("ascii").strip()
    except Exception:
        return "zip"
    if mimetype == "application/epub+zip":
        return "epub"
    document = mimetype.removeprefix("application/vnd.oasis.opendocument.").removesuffix("-template")
    return _OPEN_DOCUMENT.get(document, "zip")
