"""A vault in an S3 bucket.

::

    PREFIX/onecopy-vault                says that this is one, and its layout
    PREFIX/contents/ab/cd/abcd…         contents, named by their SHA-256
    PREFIX/again/abcd…                  empty; its date says when a content that was there came again
    PREFIX/catalogs/…                   empty; named by the catalogs that refer to contents
    PREFIX/recipes/ab/cd/abcd…          how contents are rebuilt from others, instead of or beside them
    PREFIX/bases/abcd…/…                empty; named by what is rebuilt from the content in the folder's name

Bytes wait in a folder of this machine until they are whole and their digest is known. An object is then made
only if there is none of that name (``If-None-Match: *``), and the store checks the SHA-256 that it is told.
"""

import hashlib
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from onecopy.errors import EnvironmentProblem
from onecopy.vault.download import (
    PIECE,
    BucketContent,
    Ranges,
    absent,
    kept_recipe,
    key,
    pieces,
    recipe_key,
)
from onecopy.vault.interface import Kept, Leftover, Spool
from onecopy.vault.names import checked, is_name
from onecopy.vault.objects import Objects
from onecopy.vault.rebuilding import rebuilds
from onecopy.vault.recipe import Recipe, not_replaceable, opened, still_needed
from onecopy.vault.s3 import Bucket, in_words, spool_folder
from onecopy.vault.sending import Sender
from onecopy.vault.spool import LocalSpool, clean, leftovers, storage_problem


class BucketVault:
    """Keeps contents in a bucket. See the module for the layout."""

    def __init__(
        self, bucket: Bucket, *, spool: Path | None = None, read_back: bool = False, make: bool = True
    ) -> None:
        """Open the vault in a bucket; make one if there is nothing below the prefix.

        Args:
            bucket: Where.
            spool: The folder where bytes wait; by default one in the user's cache folder.
            read_back: Read every content again, and compare its digest, before it counts as kept.
            make: Without it, the vault must be there, and nothing is tidied up.

        Raises:
            EnvironmentProblem: ``not-a-vault``, ``vault-unreachable``, ``vault-unwritable``, ``disk-full``,
                or ``needs-extra``.
        """
        self.bucket = bucket
        self.place = bucket.place
        self._read_back = read_back
        self._folder = (spool or spool_folder(bucket)).absolute()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise storage_problem(error, self._folder) from error
        bucket.store()  # says what is not installed before anything else can
        self._objects = Objects(bucket)
        self._sender = Sender(bucket, self._objects)
        self._objects.claim(make=make)
        if make:
            self.tidy()

    def spool(self, *, most: int | None = None) -> LocalSpool:
        """Begin to take bytes in. See :meth:`onecopy.vault.interface.Vault.spool`."""
        return LocalSpool(self._folder, most=most)

    def keep(self, spool: Spool, *, whole: bool = False) -> bool:
        """Keep what was spooled. See :meth:`onecopy.vault.interface.Vault.keep`."""
        if not isinstance(spool, LocalSpool):
            raise TypeError("a bucket's vault keeps only its own spools")
        if _digest(spool.pieces()) != spool.sha256:
            raise EnvironmentProblem(
                f"The disk of {self._folder} gives back other bytes than it was given. Check the disk; "
                "nothing was stored.",
                code="vault-unwritable",
            )
        with in_words(self.bucket):
            if (
                not whole
                and not self.is_whole(spool.sha256)
                and rebuilds(self, spool.sha256, prove=self._read_back)
            ):
                self._sender.again(spool.sha256)
                return False
            new = self._sender.put(spool)
            if self._read_back and not self._is_sound(spool.sha256):
                self._sender.send(spool, create=False)
                if not self._is_sound(spool.sha256):
                    raise EnvironmentProblem(
                        f"The vault {self.place} gives back other bytes than it was given. Nothing was "
                        "acknowledged; have the store looked at.",
                        code="vault-damaged",
                    )
        return new

    def content(self, sha256: str) -> BucketContent:
        """A kept content, for reading here or in a worker."""
        return BucketContent(self.bucket, checked(sha256), self._folder)

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept content for reading. See :meth:`onecopy.vault.interface.Vault.open`."""
        size = self._size(checked(sha256))
        recipe = self.recipe(sha256) if size is None else None
        if recipe is not None:
            return opened(recipe, self._whole(recipe.base))
        return self._whole(sha256, size)

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""
        return (
            self.is_whole(sha256)
            or self._objects.head(recipe_key(sha256)) is not None
            or self.is_whole(sha256)
        )

    def remove(self, sha256: str) -> None:
        """Remove a content. See :meth:`onecopy.vault.interface.Vault.remove`."""
        if self.needed_by(sha256):
            raise still_needed(sha256)
        self._forget_recipe(sha256)
        self._objects.delete(key(checked(sha256)), f"again/{sha256}")

    def is_whole(self, sha256: str) -> bool:
        """Whether the bytes themselves are kept."""
        return self._size(checked(sha256)) is not None

    def recipe(self, sha256: str) -> Recipe | None:
        """How a content is rebuilt. See :meth:`onecopy.vault.interface.Vault.recipe`."""
        return kept_recipe(self.bucket, checked(sha256))

    def add_recipe(self, recipe: Recipe) -> None:
        """Keep a recipe. See :meth:`onecopy.vault.interface.Vault.add_recipe`."""
        import obstore

        self._objects.allow_recipes()
        # The base's mark first: what a recipe needs must never look as if nothing needed it.
        self._objects.mark(_mark(recipe))
        with in_words(self.bucket):
            obstore.put(
                self.bucket.sending(), recipe_key(recipe.sha256), recipe.encoded(), use_multipart=False
            )

    def drop_whole(self, sha256: str) -> None:
        """Let the recipe stand for a content. See :meth:`onecopy.vault.interface.Vault.drop_whole`."""
        if self.needed_by(sha256) or not rebuilds(self, sha256, prove=self._read_back):
            raise not_replaceable(sha256)
        self._objects.delete(key(sha256))

    def drop_recipe(self, sha256: str) -> None:
        """Forget a recipe. See :meth:`onecopy.vault.interface.Vault.drop_recipe`."""
        if not self.is_whole(sha256):
            raise not_replaceable(sha256)
        self._forget_recipe(sha256)

    def needed_by(self, sha256: str) -> frozenset[str]:
        """The contents that are rebuilt from this one."""
        return frozenset(name for name, _ in self._objects.names(f"bases/{checked(sha256)}/"))

    def since(self, sha256: str) -> float | None:
        """When a content was last put. See :meth:`onecopy.vault.interface.Vault.since`."""
        return self._sender.since(checked(sha256))

    def claim(self, catalog: str) -> None:
        """Note that a catalog refers to contents of this vault."""
        self._objects.mark(f"catalogs/{uuid.UUID(catalog)}")

    def claims(self) -> frozenset[str]:
        """The catalogs that ever claimed this vault."""
        return frozenset(name for name, _ in self._objects.names("catalogs/"))

    def leftovers(self) -> Iterator[Leftover]:
        """What uploads left on this machine that never came to an end."""
        return leftovers(self._folder)

    def tidy(self) -> None:
        """Remove leftovers that are older than an hour."""
        clean(self._folder)

    def __iter__(self) -> Iterator[Kept]:
        """Everything that is kept, in no particular order."""
        again = dict(self._objects.names("again/"))
        recipes = dict(self._objects.names("recipes/"))
        for name, (size, date) in self._objects.names("contents/"):
            recipes.pop(name, None)
            if is_name(name):
                yield Kept(sha256=name, size=size, since=max(date, again.get(name, (0, 0.0))[1]))
        for name, (size, date) in recipes.items():
            since = max(date, again.get(name, (0, 0.0))[1])
            if is_name(name):
                yield Kept(sha256=name, size=size, since=since, packed=True)

    def _whole(self, sha256: str, size: int | None = None) -> BinaryIO:
        """Open the bytes themselves; should a recipe take their place meanwhile, go on through that."""
        size = self._size(sha256) if size is None else size
        if size is None:
            raise absent(sha256)
        return io.BufferedReader(Ranges(self.bucket, sha256, size, otherwise=self._through_recipe), PIECE)

    def _through_recipe(self, sha256: str) -> BinaryIO:
        recipe = self.recipe(sha256)
        if recipe is None:
            raise absent(sha256)
        return opened(recipe, self._whole(recipe.base))

    def _forget_recipe(self, sha256: str) -> None:
        recipe = self.recipe(sha256)
        if recipe is not None:
            self._objects.delete(recipe_key(sha256))
            self._objects.delete(_mark(recipe))  # its base's mark last

    def _is_sound(self, sha256: str) -> bool:
        return _digest(pieces(self.bucket, sha256)) == sha256

    def _size(self, sha256: str) -> int | None:
        found = self._objects.head(key(sha256))
        return None if found is None else found[0]


def _mark(recipe: Recipe) -> str:
    return f"bases/{recipe.base}/{recipe.sha256}"


def _digest(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
