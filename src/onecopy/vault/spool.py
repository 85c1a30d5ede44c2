"""The spool of a local vault: a file that is hashed while it is written and removed unless it is kept."""

import contextlib
import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.interface import Chunk, Leftover

GRACE = 3600.0
"""Seconds before an abandoned spool file is removed."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def storage_problem(error: OSError, root: Path) -> EnvironmentProblem:
    """What an operating system's error means for the person who runs the vault."""
    if error.errno in _FULL:
        return EnvironmentProblem(
            f"There is no room left for the vault in {root}. Free some space; nothing was stored.",
            code="disk-full",
        )
    return EnvironmentProblem(
        f"The vault in {root} cannot be written ({error.strerror or error}). Check the folder and its owner.",
        code="vault-unwritable",
    )


@dataclass(frozen=True, slots=True)
class SpooledContent:
    """A spool file, for reading by a worker."""

    path: Path

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises:
            UnreadableError: ``vanished``, when the spool was left.
        """
        try:
            return self.path.open("rb")
        except OSError:
            raise UnreadableError("The upload was abandoned. Send it again.", code="vanished") from None


class LocalSpool:
    """Bytes on their way into a local vault. See :class:`onecopy.vault.interface.Spool`."""

    def __init__(self, folder: Path, *, most: int | None = None) -> None:
        self.size = 0
        self._most = most
        self._digest = hashlib.sha256()
        self._folder = folder
        try:
            descriptor, name = tempfile.mkstemp(suffix=".part", dir=folder)
        except OSError as error:
            raise storage_problem(error, folder.parent) from error
        self.path = Path(name)
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        # Held for as long as the spool lives, so that another process does not take it for abandoned.
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, chunk: Chunk) -> None:
        """Add bytes. See :meth:`onecopy.vault.interface.Spool.write`."""
        if self._most is not None and self.size + len(chunk) > self._most:
            raise UnreadableError(
                f"The file is larger than the {self._most:,} bytes that are let in. Send a smaller one.",
                code="too-large",
            )
        try:
            rest = memoryview(chunk)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise storage_problem(error, self._folder.parent) from error
        self._digest.update(chunk)
        self.size += len(chunk)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        return self._digest.hexdigest()

    def content(self) -> SpooledContent:
        """What was written, for reading by a worker. Valid until the spool is left."""
        return SpooledContent(self.path)

    def pieces(self) -> Iterator[bytes]:
        """What was written, as the disk gives it back.

        Raises:
            UnreadableError: ``vanished``, when the spool was left.
        """
        with self.content().open() as file:
            while piece := file.read(1 << 20):
                yield piece

    def seal(self) -> None:
        """Force the bytes to the disk, and let nobody change them any more."""
        os.fchmod(self._file.fileno(), 0o444)
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        """Nothing to do: making the spool made the file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the spool file. A content that was kept has its own name by now."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._file.close()


def leftovers(folder: Path) -> Iterator[Leftover]:
    """The spool files that nobody writes to: what killed processes left."""
    for path in folder.glob("*.part"):
        with contextlib.suppress(OSError), path.open("rb") as file:  # in use, gone already, or not ours
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found = os.fstat(file.fileno())
            yield Leftover(path=path, size=found.st_size, since=found.st_mtime)


def clean(folder: Path, grace: float = GRACE) -> None:
    """Remove spool files that nobody writes to and nobody wrote to for a while."""
    for leftover in leftovers(folder):
        if time.time() - leftover.since >= grace:
            leftover.path.unlink(missing_ok=True)
