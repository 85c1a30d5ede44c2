"""The folders of a local vault: made durably, marked as a vault's, and files put into them whole."""

import contextlib
import hashlib
import os
from pathlib import Path

from onecopy.errors import EnvironmentProblem
from onecopy.vault.names import checked, sharded
from onecopy.vault.spool import LocalSpool

LAYOUT = "onecopy vault, layout 1\n"
WITH_RECIPES = "onecopy vault, layout 2\n"
"""Said once there is a recipe, so that a version that knows none does not take contents for lost."""

_MARKER = "onecopy-vault"
_KNOWN = (LAYOUT, WITH_RECIPES, "")
"""Nothing: it is being made at this moment."""
_OWN = {"contents", "spool", "catalogs", "recipes", "bases", _MARKER}


class Folders:
    """What is below a local vault's root. Methods raise ``OSError`` where the disk does.

    Attributes:
        root: The vault's folder.
        contents: Of contents, sharded.
        spool: Of bytes on their way in.
        catalogs: Of the catalogs' claims.
        recipes: Of recipes, sharded.
        bases: Of what is rebuilt from others, sharded.
    """

    def __init__(self, root: Path) -> None:
        """Look at the folders of a vault, wherever they are or will be."""
        self.root = root
        self.contents = root / "contents"
        self.spool = root / "spool"
        self.catalogs = root / "catalogs"
        self.recipes = root / "recipes"
        self.bases = root / "bases"
        self._durable: set[Path] = set()

    def is_vault(self) -> bool:
        """Whether there is one."""
        return (self.root / _MARKER).exists()

    def claim(self) -> None:
        """See to it that this is a vault, and one that this version knows; make one where nothing is yet.

        Raises:
            EnvironmentProblem: ``not-a-vault``.
        """
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
        elif (layout := marker.read_text()) not in _KNOWN:
            raise EnvironmentProblem(
                f"{self.root} says {layout[:80]!r}, which this version does not know. Use a newer onecopy.",
                code="not-a-vault",
            )
        for folder in (self.contents, self.spool, self.catalogs, self.recipes, self.bases):
            folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(self.root)

    def allow_recipes(self) -> None:
        """Let older versions, which know no recipes, say that they do not know this vault."""
        marker = self.root / _MARKER
        if marker.read_text() != WITH_RECIPES:
            with LocalSpool(self.spool) as spool:
                spool.write(WITH_RECIPES.encode())
                spool.seal()
                spool.path.replace(marker)
            sync_folder(self.root)

    def make(self, folder: Path) -> None:
        """Make a shard folder and see to it that it is on the disk, once a folder and process."""
        if folder in self._durable:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for parent in folder.parents:
            if parent == self.root:
                break
            sync_folder(parent)
        self._durable.add(folder)

    def put(self, spool: LocalSpool) -> bool:
        """Keep what was spooled under its digest; what is there already gets today's date.

        Returns:
            Whether it was not there.
        """
        target = sharded(self.contents, checked(spool.sha256))
        self.make(target.parent)
        new = not _whole(target, spool.size)
        if new:
            spool.seal()
            try:
                target.hardlink_to(spool.path)
            except FileExistsError:
                new = not _whole(target, spool.size)
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
        sync_folder(target.parent)
        return new

    def prove(self, spool: LocalSpool) -> None:
        """Read a content from the disk; where it is not what was spooled, put that there, and read again.

        Raises:
            EnvironmentProblem: ``vault-damaged``.
        """
        target = sharded(self.contents, checked(spool.sha256))
        if _digest(target) == spool.sha256:
            return
        with contextlib.suppress(FileNotFoundError):
            spool.path.replace(target)
            sync_folder(target.parent)
        if _digest(target) != spool.sha256:
            raise EnvironmentProblem(
                f"The vault in {self.root} gives back other bytes than it was given. "
                "Nothing was acknowledged; check the disk.",
                code="vault-damaged",
            )


def _whole(target: Path, size: int) -> bool:
    try:
        return target.stat().st_size == size
    except FileNotFoundError:
        return False


def _digest(path: Path) -> str:
    """The SHA-256 of a file as the disk has it: what is kept of it in memory is dropped first."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
