"""Buffers as seekable files, without copying them and without pinning a memory map."""

import io
from typing import TYPE_CHECKING

from onecopy.decode.interface import Buffer

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class BufferFile(io.RawIOBase):
    """A read-only file over a buffer. Copies only what is read."""

    def __init__(self, data: Buffer) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be sought in."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position; before the start is refused as the operating system would."""
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        if at < 0:
            raise OSError("seek before the start")
        self._at = at
        return at

    def readinto(self, into: "WriteableBuffer") -> int:
        """Read as many bytes as ``into`` holds, or as there are."""
        view = memoryview(into).cast("B")
        chunk = self._data[self._at : self._at + len(view)]
        view[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)


def as_file(data: Buffer) -> io.BufferedReader:
    """A buffered, seekable, read-only file over ``data``."""
    return io.BufferedReader(BufferFile(data))
