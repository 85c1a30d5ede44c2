"""Files that can be handed to a worker: a path opened with care, or bytes in memory."""

import errno
import fcntl
import os
import stat
from dataclasses import dataclass, field
from typing import BinaryIO

from onecopy.errors import UnreadableError

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE})
_NOT_A_FILE = frozenset({errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.ENODEV})
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


def unreadable(error: OSError) -> UnreadableError:
    """Turn what the operating system said into a stable code and what to do about it."""
    if error.errno in _GONE:
        return UnreadableError("The file is no longer there. Scan again if it was moved.", code="vanished")
    if error.errno in _NOT_A_FILE:
        return not_a_file()
    reason = os.strerror(error.errno) if error.errno else str(error)
    return UnreadableError(f"The file cannot be opened ({reason}). Check its permissions.", code="no-access")


def not_a_file() -> UnreadableError:
    """The error for a link, a folder, a pipe, a socket or a device."""
    message = "This is not a regular file (a link, a folder, a pipe, a socket or a device). Leave it out."
    return UnreadableError(message, code="not-a-file")


@dataclass(frozen=True, slots=True)
class PathFile:
    """A regular file by path. The last component is not followed if it is a symbolic link."""

    path: bytes | str

    def open(self) -> BinaryIO:
        """Open for reading, without ever waiting for the other end of a pipe.

        Raises:
            UnreadableError: ``vanished``, ``no-access`` or ``not-a-file``.
        """
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise unreadable(error) from None
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise not_a_file()
        return os.fdopen(fd, "rb", buffering=0)


@dataclass(frozen=True, slots=True)
class BytesFile:
    """Bytes as a file in memory, sealed: whoever holds its descriptor can only read it."""

    data: bytes = field(repr=False)

    def open(self) -> BinaryIO:
        """Open for reading; every call makes a new copy."""
        fd = os.memfd_create("onecopy", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        file = os.fdopen(fd, "r+b", buffering=0)
        try:
            rest = memoryview(self.data)
            while rest:
                rest = rest[file.write(rest) :]
            fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file
