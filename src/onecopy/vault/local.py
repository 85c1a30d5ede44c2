"""A vault in a folder.

::

    VAULT/onecopy-vault                 says that this is one, and its layout
    VAULT/contents/ab/cd/abcd…          contents, read-only, named by their SHA-256
    VAULT/spool/….part                  bytes on their way in, locked by the process that writes them

Spool and contents share a file system, so that keeping a content is one hard link: it is there whole or not
at all, and two processes that keep the same bytes at once cannot spoil each other's.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.interface import Kept, Spool
from onecopy.vault.spool import LocalSpool, storage_problem

LAYOUT = "onecopy vault, layout 1\n"
SPOOL_GRACE = 3600.0
"""Seconds before an abandoned spool file is removed."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def default_vault() -> Path:
    """The vault in the user's data folder (``~/.local/share/onecopy/vault`` on Linux)."""
    import platformdirs

    return platformdirs.user_data_path("onecopy", appauthor=False) / "vault"


@dataclass(frozen=True, slots=True)
class LocalContent:
    """A kept content as a file on disk."""

    path: Path

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises:
            UnreadableError: ``vanished`` or ``no-access``.
        """
        try:
            return self.path.open("rb")
        except FileNotFoundError:
            raise UnreadableError(
                f"The vault has no content {self.path.name}. If it should, restore it from a backup.",
                code="vanished",
            ) from None
        except OSError as error:
            raise UnreadableError(
                f"The vault's file {self.path} cannot be read ({error.strerror}). Check its permissions.",
                code="no-access",
            ) from None


class LocalVault:
    """Keeps contents in sharded folders. See the module for the layout."""

    def __init__(self, root: Path) -> None:
        """Open the vault in ``root``; make one if the folder is empty or missing.

        Raises:
            EnvironmentProblem: ``not-a-vault`` for a folder that holds something else,
                ``vault-unwritable`` or ``disk-full``.
        """
        self.root = root.absolute()
        self._contents = self.root / "contents"
        self._spool = self.root / "spool"
        self._durable: set[Path] = set()
        try:
            self._prepare()
        except OSError as error:
            raise storage_problem(error, self.root) from error
        self._clean_spool()

    def spool(self, *, most: int | None = None) -> LocalSpool:
        """Begin to take bytes in. See :meth:`onecopy.vault.interface.Vault.spool`."""
        return LocalSpool(self._spool, most=most)

    def keep(self, spool: Spool) -> bool:
        """Keep what was spooled. See :meth:`onecopy.vault.interface.Vault.keep`."""
        if not isinstance(spool, LocalSpool):
            raise TypeError("a local vault keeps only its own spools")
        try:
            return self._link(spool)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def content(self, sha256: str) -> LocalContent:
        """A kept content, for reading here or in a worker."""
        return LocalContent(self._path(sha256))

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept content for reading. See :meth:`onecopy.vault.interface.Vault.open`."""
        return self.content(sha256).open()

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""
        return self._path(sha256).is_file()

    def __iter__(self) -> Iterator[Kept]:
        """Everything that is kept, in no particular order."""
        for path in self._contents.glob("??/??/*"):
            if _SHA256.fullmatch(path.name):
                found = path.stat()
                yield Kept(sha256=path.name, size=found.st_size, since=found.st_mtime)

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):  # it becomes a path: never trust it
            raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
        return self._contents / sha256[:2] / sha256[2:4] / sha256

    def _link(self, spool: LocalSpool) -> bool:
        target = self._path(spool.sha256)
        self._make_folder(target.parent)
        new = not self._whole(target, spool.size)
        if new:
            spool.seal()
            try:
                target.hardlink_to(spool.path)
            except FileExistsError:
                new = not self._whole(target, spool.size)
                if new:
                    # A file of the wrong length under this name is damage (a disk repair cut it). What was
                    # spooled has the digest, so putting it there can only mend.
                    spool.path.replace(target)
            except OSError:
                # File systems without hard links: a rename is as atomic, and overwrites only what another
                # process put there a moment ago: the same bytes.
                spool.path.replace(target)
        if not new:
            os.utime(target)
        # Also when another process linked it: its own sync may not have happened yet.
        _sync_folder(target.parent)
        return new

    @staticmethod
    def _whole(target: Path, size: int) -> bool:
        try:
            return target.stat().st_size == size
        except FileNotFoundError:
            return False

    def _make_folder(self, folder: Path) -> None:
        """Make a shard folder and see to it that it is on the disk, once a folder and process."""
        if folder in self._durable:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for parent in (folder.parent, self._contents):
            _sync_folder(parent)
        self._durable.add(folder)

    def _prepare(self) -> None:
        marker = self.root / "onecopy-vault"
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not marker.exists():
            strange = {entry.name for entry in self.root.iterdir()} - {"contents", "spool", marker.name}
            if strange:
                raise EnvironmentProblem(
                    f"{self.root} is not a vault and is not empty. Name an empty or a new folder.",
                    code="not-a-vault",
                )
            marker.write_text(LAYOUT)
        elif (layout := marker.read_text()) not in (LAYOUT, ""):  # empty: being made at this moment
            raise EnvironmentProblem(
                f"{self.root} says {layout[:80]!r}, which this version does not know. Use a newer onecopy.",
                code="not-a-vault",
            )
        for folder in (self._contents, self._spool):
            folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(self.root)

    def _clean_spool(self) -> None:
        """Remove what killed processes left behind: old, and locked by nobody."""
        for path in self._spool.glob("*.part"):
            try:
                if time.time() - path.stat().st_mtime < SPOOL_GRACE:
                    continue
                with path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
            except OSError:
                continue  # in use, gone already, or not ours: next start looks again


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
