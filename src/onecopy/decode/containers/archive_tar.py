"""TAR archives, plain or compressed with gzip, bzip2 or xz.

A compressed archive is read once from front to back, and every byte that comes out of the decompressor counts
against the budget, whether a member is wanted or not.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from onecopy.decode.containers.budget import Budget
from onecopy.decode.containers.buffers import as_file
from onecopy.decode.containers.interface import HEAD, LARGE, Member, Part
from onecopy.decode.containers.names import Names, litter
from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError
from onecopy.model import Skipped

BLOCK = 512
_CHUNK = 1 << 16

_COMPRESSIONS: dict[str, tuple[bytes, Callable[[io.BufferedReader], io.BufferedIOBase]]] = {
    "gz": (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    "bz2": (b"BZh", bz2.BZ2File),
    "xz": (b"\xfd7zXZ\x00", lzma.LZMAFile),
}


def compression(data: Buffer) -> str | None:
    """``gz``, ``bz2`` or ``xz`` by the first bytes, or ``None``."""
    head = bytes(data[:6])
    return next((name for name, (magic, _) in _COMPRESSIONS.items() if head.startswith(magic)), None)


def looks_like_tar(head: bytes) -> bool:
    """Whether a block is a TAR header: the checksum over it agrees (POSIX.1, ``ustar``)."""
    if len(head) < BLOCK or not any(head):
        return False
    digits = head[148:156].strip(b" \x00")
    try:
        stated = int(digits, 8)
    except ValueError:
        return False
    return stated == sum(head[:148]) + sum(head[156:BLOCK]) + 8 * ord(" ")


class TarContainer:
    """An opened TAR archive.

    Raises:
        UnreadableError: ``unsupported-format`` if compressed data is not a TAR archive; ``corrupt`` or
            ``truncated`` if its beginning cannot be read.
    """

    summarise = False

    def __init__(self, data: Buffer, inner: str, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget
        packed = compression(data)
        self.format = f"tar.{packed}" if packed else "tar"
        file = as_file(data)
        self._packed = packed is not None
        self._stream = _Forward(_COMPRESSIONS[packed][1](file), budget) if packed else _Remembering(file)
        with _as_unreadable():
            self._check_start()
            self._tar = tarfile.TarFile(fileobj=self._stream, mode="r")  # type: ignore[arg-type]

    def _check_start(self) -> None:
        if not looks_like_tar(self._stream.peek(BLOCK)):
            raise UnreadableError(
                f"It is {self.format.removeprefix('tar.')} data, but not a TAR archive. Unpack it first.",
                code="unsupported-format",
            )

    def parts(self, only: str | None) -> Iterator[Part]:
        """Every member in the order of the archive."""
        names = Names(self._inner)
        while True:
            with _as_unreadable():
                info = self._tar.next()
            if info is None:
                break
            self._tar.members.clear()  # type: ignore[attr-defined]  # else every header ever read is kept
            part = self._part(info, names)
            if part is not None:
                yield part
        self._check_end()

    def _part(self, info: tarfile.TarInfo, names: Names) -> Part | None:
        if info.isdir():
            return None
        inner = names.inner(info.name)
        if info.islnk():
            return Skipped(inner=inner, reason="a hard link to another member")
        if not info.isreg():
            return Skipped(inner=inner, reason="a symbolic link" if info.issym() else "not a regular file")
        if reason := litter(info.name):
            return Skipped(inner=inner, reason=reason)
        head = partial(self._head, info) if info.size > LARGE and not self._packed else None
        return Member(inner=inner, read=partial(self._read, info), head=head)

    def _head(self, info: tarfile.TarInfo) -> bytes:
        with _as_unreadable():
            file = self._tar.extractfile(info)
            return file.read(HEAD) if file is not None else b""

    def _read(self, info: tarfile.TarInfo) -> bytes:
        # A sparse member's size counts holes that cost nothing in the archive
        (self._budget.allow if self._packed and not info.issparse() else self._budget.spend)(info.size)
        with _as_unreadable():
            file = self._tar.extractfile(info)
            found = file.read() if file is not None else b""
        if len(found) < info.size:
            raise UnreadableError(
                "The archive ends inside this member. Get a complete copy.", code="truncated"
            )
        return found

    def _check_end(self) -> None:
        # tarfile takes a damaged header for the end of the archive
        if len(self._stream.last) == BLOCK and any(self._stream.last):
            message = (
                "The archive is damaged: what follows its last readable member is lost. Get a sound copy."
            )
            raise UnreadableError(message, code="corrupt")
        if 0 < len(self._stream.last) < BLOCK:
            raise UnreadableError("The archive is cut off at its end. Get a complete copy.", code="truncated")


class _Remembering:
    """A seekable file that remembers what the last read gave: the header at which tarfile stopped."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self.last = b""

    def peek(self, size: int) -> bytes:
        head = self._file.read(size)
        self._file.seek(0)
        return head

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int = -1) -> bytes:
        self.last = self._file.read(size)
        return self.last


class _Forward(_Remembering):
    """The same for a decompressor: only forward, and every byte is paid for from the budget."""

    def __init__(self, file: io.BufferedIOBase, budget: Budget) -> None:
        super().__init__(file)
        self._budget = budget
        self._at = 0
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        self._ahead = self._take(size)
        return self._ahead

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int) -> int:
        back = self._at - offset
        if back > len(self.last):
            raise tarfile.ReadError("members out of order")
        if back > 0:  # tarfile looks at the last byte of a member once more
            self._ahead = self.last[-back:] + self._ahead
            self._at = offset
        while self._at < offset and self.read(min(_CHUNK, offset - self._at)):
            pass
        return self._at

    def read(self, size: int = -1) -> bytes:
        self._budget.allow(max(0, size))
        head, self._ahead = self._ahead[:size], self._ahead[size:]
        self.last = head + self._take(size - len(head))
        self._at += len(self.last)
        return self.last

    def _take(self, size: int) -> bytes:
        chunks = []
        while size > 0 and (chunk := self._file.read(min(size, _CHUNK))):
            self._budget.spend(len(chunk))
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)


@contextmanager
def _as_unreadable() -> Iterator[None]:
    """Turn what tarfile and the decompressors raise on bad input into the domain's own error."""
    try:
        yield
    except (UnreadableError, MemoryError):
        raise
    except EOFError as error:
        message = "The compressed data ends too early. Get a complete copy."
        raise UnreadableError(message, code="truncated") from error
    except (
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
        OSError,
        ValueError,
        OverflowError,
        IndexError,
    ) as error:
        code = "truncated" if "unexpected end" in str(error) else "corrupt"
        raise UnreadableError(f"The archive is damaged ({error}). Get a sound copy.", code=code) from error
