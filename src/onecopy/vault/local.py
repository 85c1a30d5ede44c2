"""A vault in a folder.

::

    VAULT/onecopy-vault                 says that this is one, and its layout
    VAULT/contents/ab/cd/abcd…          contents, read-only, named by their SHA-256
    VAULT/spool/….part                  bytes on their way in, locked by the process that writes them
    VAULT/catalogs/…                    empty; named by the catalogs that refer to contents
    VAULT/recipes/ab/cd/abcd…           how contents are rebuilt from others, instead of or beside them
    VAULT/bases/ab/cd/abcd…/…           empty; named by what is rebuilt from the content in the folder's name

Spool and contents share a file system, so that keeping a content is one hard link: it is there whole or not
at all, and two processes that keep the same bytes at once cannot spoil each other's.
"""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from onecopy.errors import EnvironmentProblem
from onecopy.vault.folders import Folders, sync_folder
from onecopy.vault.interface import Kept, Leftover, Spool
from onecopy.vault.local_content import LocalContent
from onecopy.vault.names import checked, is_name, sharded
from onecopy.vault.rebuilding import rebuilds
from onecopy.vault.recipe import Recipe, not_replaceable, still_needed
from onecopy.vault.spool import LocalSpool, clean, leftovers, storage_problem


def default_vault() -> Path:
    """The vault in the user's data folder (``~/.local/share/onecopy/vault`` on Linux)."""
    import platformdirs

    return platformdirs.user_data_path("onecopy", appauthor=False) / "vault"


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
        self._folders = Folders(self.root)
        if not make and not self._folders.is_vault():
            raise EnvironmentProblem(f"There is no vault in {self.root}.", code="not-a-vault")
        try:
            self._folders.claim()
        except OSError as error:
            raise storage_problem(error, self.root) from error
        if make:
            self.tidy()

    def spool(self, *, most: int | None = None) -> LocalSpool:
        """Begin to take bytes in. See :meth:`onecopy.vault.interface.Vault.spool`."""
        return LocalSpool(self._folders.spool, most=most)

    def keep(self, spool: Spool, *, whole: bool = False) -> bool:
        """Keep what was spooled. See :meth:`onecopy.vault.interface.Vault.keep`."""
        if not isinstance(spool, LocalSpool):
            raise TypeError("a local vault keeps only its own spools")
        try:
            if (
                not whole
                and not self.is_whole(spool.sha256)
                and rebuilds(self, spool.sha256, prove=self._read_back)
            ):
                os.utime(self._recipe(spool.sha256))
                return False
            new = self._folders.put(spool)
            if self._read_back:
                self._folders.prove(spool)
        except OSError as error:
            raise storage_problem(error, self.root) from error
        return new

    def content(self, sha256: str) -> LocalContent:
        """A kept content, for reading here or in a worker."""
        return LocalContent(self._path(sha256))

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept content for reading. See :meth:`onecopy.vault.interface.Vault.open`."""
        return self.content(sha256).read()

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""
        return self.is_whole(sha256) or self._recipe(sha256).is_file() or self.is_whole(sha256)

    def since(self, sha256: str) -> float | None:
        """When a content was last put. See :meth:`onecopy.vault.interface.Vault.since`."""
        times = []
        for path in (self._path(sha256), self._recipe(sha256)):
            with contextlib.suppress(FileNotFoundError):
                times.append(path.stat().st_mtime)
        return max(times, default=None)

    def remove(self, sha256: str) -> None:
        """Remove a content. See :meth:`onecopy.vault.interface.Vault.remove`."""
        path = self._path(sha256)
        if self.needed_by(sha256):
            raise still_needed(sha256)
        try:
            self._forget_recipe(sha256)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def is_whole(self, sha256: str) -> bool:
        """Whether the bytes themselves are kept."""
        return self._path(sha256).is_file()

    def recipe(self, sha256: str) -> Recipe | None:
        """How a content is rebuilt. See :meth:`onecopy.vault.interface.Vault.recipe`."""
        return self.content(sha256).recipe()

    def add_recipe(self, recipe: Recipe) -> None:
        """Keep a recipe. See :meth:`onecopy.vault.interface.Vault.add_recipe`."""
        try:
            self._folders.allow_recipes()
            # The base's mark first: what a recipe needs must never look as if nothing needed it.
            self._folders.make(mark := self._mark(recipe))
            (mark / recipe.sha256).touch()
            sync_folder(mark)
            self._folders.make(self._recipe(recipe.sha256).parent)
            with self.spool() as spool:
                spool.write(recipe.encoded())
                spool.seal()
                spool.path.replace(self._recipe(recipe.sha256))
            sync_folder(self._recipe(recipe.sha256).parent)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def drop_whole(self, sha256: str) -> None:
        """Let the recipe stand for a content. See :meth:`onecopy.vault.interface.Vault.drop_whole`."""
        if self.needed_by(sha256) or not rebuilds(self, sha256, prove=self._read_back):
            raise not_replaceable(sha256)
        try:
            self._path(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def drop_recipe(self, sha256: str) -> None:
        """Forget a recipe. See :meth:`onecopy.vault.interface.Vault.drop_recipe`."""
        if not self.is_whole(sha256):
            raise not_replaceable(sha256)
        try:
            self._forget_recipe(sha256)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def needed_by(self, sha256: str) -> frozenset[str]:
        """The contents that are rebuilt from this one."""
        try:
            return frozenset(path.name for path in sharded(self._folders.bases, checked(sha256)).iterdir())
        except FileNotFoundError:
            return frozenset()

    def claim(self, catalog: str) -> None:
        """Note that a catalog refers to contents of this vault."""
        try:
            (self._folders.catalogs / str(uuid.UUID(catalog))).touch()
            sync_folder(self._folders.catalogs)
        except OSError as error:
            raise storage_problem(error, self.root) from error

    def claims(self) -> frozenset[str]:
        """The catalogs that ever claimed this vault."""
        return frozenset(path.name for path in self._folders.catalogs.iterdir())

    def leftovers(self) -> Iterator[Leftover]:
        """What uploads left that never came to an end."""
        return leftovers(self._folders.spool)

    def tidy(self) -> None:
        """Remove leftovers that are older than an hour."""
        clean(self._folders.spool)

    def __iter__(self) -> Iterator[Kept]:
        """Everything that is kept, in no particular order."""
        for folder in (self._folders.contents, self._folders.recipes):
            packed = folder is self._folders.recipes
            for path in folder.glob("??/??/*"):
                if is_name(path.name) and not (packed and self.is_whole(path.name)):
                    with contextlib.suppress(FileNotFoundError):  # removed at this moment
                        found = path.stat()
                        since = found.st_mtime
                        yield Kept(sha256=path.name, size=found.st_size, since=since, packed=packed)

    def _path(self, sha256: str) -> Path:
        return sharded(self._folders.contents, checked(sha256))

    def _recipe(self, sha256: str) -> Path:
        return sharded(self._folders.recipes, checked(sha256))

    def _mark(self, recipe: Recipe) -> Path:
        return sharded(self._folders.bases, recipe.base)

    def _forget_recipe(self, sha256: str) -> None:
        recipe = self.recipe(sha256)
        self._recipe(sha256).unlink(missing_ok=True)
        if recipe is not None:  # its base's mark last
            (self._mark(recipe) / sha256).unlink(missing_ok=True)
