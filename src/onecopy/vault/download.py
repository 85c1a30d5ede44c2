"""Reading contents of a bucket: as a file on this machine for a worker, or piece by piece for a reply."""

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.positioned import Positioned
from onecopy.vault.recipe import Recipe, decoded, make
from onecopy.vault.s3 import Bucket, in_words

PIECE = 8 << 20
"""Bytes that are asked for at once."""


def key(sha256: str) -> str:
    """The name of a content's object, below the vault's prefix."""
    return f"contents/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def recipe_key(sha256: str) -> str:
    """The name of a recipe's object, below the vault's prefix."""
    return f"recipes/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def kept_recipe(bucket: Bucket, sha256: str) -> Recipe | None:
    """How a content is rebuilt, if that is kept.

    Raises:
        UnreadableError: ``corrupt``.
        EnvironmentProblem: The store fails or refuses.
    """
    import obstore

    try:
        with in_words(bucket):
            recipe = decoded(bytes(obstore.get(bucket.store(), recipe_key(sha256)).bytes()))
    except FileNotFoundError:
        return None
    if recipe.sha256 != sha256:
        raise UnreadableError(f"The recipe of {sha256} is another's.", code="corrupt")
    return recipe


def absent(sha256: str) -> UnreadableError:
    """That a content is not there."""
    return UnreadableError(
        f"The vault has no content {sha256}. If it should, restore it from a backup.", code="vanished"
    )


def pieces(bucket: Bucket, sha256: str) -> Iterator[bytes]:
    """The bytes of a content.

    Raises:
        UnreadableError: ``vanished``.
        EnvironmentProblem: The store fails or refuses.
    """
    import obstore

    try:
        with in_words(bucket):
            for piece in obstore.get(bucket.store(), key(sha256)).stream(min_chunk_size=1 << 20):
                yield bytes(piece)
    except FileNotFoundError:
        raise absent(sha256) from None


@dataclass(frozen=True, slots=True)
class BucketContent:
    """A kept content. Opening it brings it onto this machine, as workers read files only."""

    bucket: Bucket
    sha256: str
    folder: Path

    def open(self) -> BinaryIO:
        """Open for reading: a file without a name, which is gone once it is closed.

        Raises:
            UnreadableError: ``vanished``, or ``no-access`` where it cannot be fetched now or came damaged.
        """
        try:
            return self._fetched()
        except UnreadableError as error:
            recipe = self._recipe() if error.code == "vanished" else None
            if recipe is None:
                return self._fetched()  # it may have come while its recipe went
        with BucketContent(self.bucket, recipe.base, self.folder).open() as base:
            return make(recipe, base, self.folder)

    def _recipe(self) -> Recipe | None:
        try:
            return kept_recipe(self.bucket, self.sha256)
        except EnvironmentProblem as problem:
            raise UnreadableError(problem.message, code="no-access") from problem

    def _fetched(self) -> BinaryIO:
        try:
            with contextlib.ExitStack() as opened:
                file = opened.enter_context(tempfile.TemporaryFile(dir=self.folder))
                digest = hashlib.sha256()
                for piece in pieces(self.bucket, self.sha256):
                    digest.update(piece)
                    file.write(piece)
                if digest.hexdigest() != self.sha256:
                    raise UnreadableError(
                        f"What the vault has as {self.sha256} is damaged. Restore it from a backup.",
                        code="no-access",
                    )
                file.seek(0)
                opened.pop_all()
                return cast(BinaryIO, file)
        except EnvironmentProblem as problem:
            raise UnreadableError(problem.message, code="no-access") from problem
        except OSError as error:
            raise UnreadableError(
                f"A content cannot be fetched into {self.folder} ({error.strerror}). Free some space there.",
                code="no-access",
            ) from error


class Ranges(Positioned):
    """A content that is fetched range by range as it is read, from wherever it is read."""

    def __init__(
        self, bucket: Bucket, sha256: str, size: int, *, otherwise: Callable[[str], BinaryIO]
    ) -> None:
        """Read a content of so many bytes; ``otherwise`` opens it once its object is gone."""
        super().__init__(size, PIECE)
        self._otherwise = otherwise
        self._other: BinaryIO | None = None
        self._bucket = bucket
        self._sha256 = sha256

    def readinto(self, buffer: Any) -> int:
        """Fetch the next range.

        Raises:
            UnreadableError: ``vanished``.
            EnvironmentProblem: The store fails or refuses.
        """
        import obstore

        into = memoryview(buffer).cast("B")
        end = min(self.at + len(into), self.size)
        if end <= self.at:
            return 0
        if self._other is not None:
            return self._read_other(into)
        try:
            with in_words(self._bucket):
                found = obstore.get_range(self._bucket.store(), key(self._sha256), start=self.at, end=end)
        except FileNotFoundError:
            self._other = self._otherwise(self._sha256)
            return self._read_other(into)
        into[: len(found)] = memoryview(found)
        self.at += len(found)
        return len(found)

    def _read_other(self, into: memoryview) -> int:
        assert self._other is not None
        self._other.seek(self.at)
        found = self._other.read(len(into))
        into[: len(found)] = found
        self.at += len(found)
        return len(found)

    def close(self) -> None:
        """Let go of it."""
        if self._other is not None:
            self._other.close()
        super().close()
