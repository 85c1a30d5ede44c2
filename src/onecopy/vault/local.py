"""A vault in a folder.

::

    VAULT/onecopy-vault                 says that this is one, and its layout
    VAULT/contents/ab/cd/abcd…          contents, read-only, named by their SHA-256
    VAULT/spool/….part                  bytes on their way in, locked by the process that writes them
    VAULT/catalogs/…                    empty; named by the catalogs that refer to contents

Spool and contents share a file system, so that keeping a content is one hard link: it is there whole or not
at all, and two processes that keep the same bytes at once cannot spoil each other's.
"""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.interface import Kept, Leftover, Spool
from onecopy.vault.names import checked, is_name
from onecopy.vault.spool import LocalSpool, clean, leftovers, storage_problem

LAYOUT = "onecopy vault, layout 1\n"

_MARKER = "onecopy-vault"
_OWN = {"contents", "spool", "catalogs", _MARKER}


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

    def __init__(self, root: Path, *, read_back: bool = False, make: bool = True) -> None:
        """Open the vault in ``root``; make one if the folder is empty or missing.

        Args:
            root: The folder.
            read_back: Read every content again, and compare its digest, before it counts as kept.
            make: Without it, the vault must be there, and nothing is tidied up.

        Raises:
            EnvironmentProblem: ``not-a-vault`` for a folder that holds something else,
                ``vault-unwritable`` or ``disk-full``.
        """
        self.root = root.absolute()
        self.place = str(self.root)
        self._read_back = read_back
        self._contents = self.root / "contents"
        self._spool = self.root / "spool"
        self._catalogs = self.root / "catalogs"
        self._durable: set[Path] = set()
        if not make and not (self.root / _MARKER).exists():
            raise EnvironmentProblem(f"There is no vault in {self.root}.", code="not-a-vault")
        try:
            self._prepare()
        except OSError as error:
            raise storage_problem(error, self.root) from error
        if make:
            self.tidy()

    def spool(self, *, most: int | None = None) -> LocalSpool:
        """Begin to take bytes in. See :meth:`onecopy.vault.interface.Vault.spool`."""
        return LocalSpool(self._spool, most=most)

    def keep(self, spool: Spool) -> bool:
        """Keep what was spooled. See :meth:`onecopy.vault.interface.Vault.keep`."""
        if not isinstance(spool, LocalSpool):
            raise TypeError("a local vault keeps only its own spools")
        try:
            new = self._link(spool)
            if self._read_back:
                self._see_to_it(spool)
        except OSError as error:
            raise storage_problem(error, self.root) from error
        return new

    def content(self, sha256: str) -> LocalContent:
        """A kept content, for reading here or in a worker."""
        return LocalContent(self._path(sha256))

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept content for reading. See :meth:`onecopy.vault.interface.Vault.open`."""
        return self.content(sha256).open()

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""
        return self._path(sha256).is_file()

    def since(self, sha256: str) -> float | None:
        """When a content was last put. See :meth:`onecopy.vault.interface.Vault.since`."""
        try:
            return self._path(sha256).stat().st_mtime
        except FileNotFoundError:
            return None

    def remove(self, sha256: str) -> None:
        """Remove a content. See :meth:`onecopy.vault.interface.Vault.remove`."""
        path = self._path(sha256)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def claim(self, catalog: str) -> None:
        """Note that a catalog refers to contents of this vault."""
        try:
            (self._catalogs / str(uuid.UUID(catalog))).touch()
            _sync_folder(self._catalogs)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def claims(self) -> frozenset[str]:
        """The catalogs that ever claimed this vault."""
        return frozenset(path.name for path in self._catalogs.iterdir())

    def leftovers(self) -> Iterator[Leftover]:
        """What uploads left that never came to an end."""
        return leftovers(self._spool)

    def tidy(self) -> None:
        """Remove leftovers that are older than an hour."""
        clean(self._spool)

    def __iter__(self) -> Iterator[Kept]:
        """Everything that is kept, in no particular order."""
        for path in self._contents.glob("??/??/*"):
            if is_name(path.name):
                with contextlib.suppress(FileNotFoundError):  # removed at this moment
                    found = path.stat()
                    yield Kept(sha256=path.name, size=found.st_size, since=found.st_mtime)

    def _path(self, sha256: str) -> Path:
        return self._contents / checked(sha256)[:2] / sha256[2:4] / sha256

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

    def _see_to_it(self, spool: LocalSpool) -> None:
        """Read a content from the disk; where it is not what was spooled, put that there, and read again."""
        target = self._path(spool.sha256)
        if _digest(target) == spool.sha256:
            return
        with contextlib.suppress(FileNotFoundError):
            spool.path.replace(target)
            _sync_folder(target.parent)
        if _digest(target) != spool.sha256:
            raise EnvironmentProblem(
                f"The vault in {self.root} gives back other bytes than it was given. "
                "Nothing was acknowledged; check the disk.",
                code="vault-damaged",
            )

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
        marker = self.root / _MARKER
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not marker.exists():
            strange = {entry.name for entry in self.root.iterdir()} - _OWN
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
        for folder in (self._contents, self._spool, self._catalogs):
            folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(self.root)


def _digest(path: Path) -> str:
    """The SHA-256 of a file as the disk has it: what is kept of it in memory is dropped first."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
