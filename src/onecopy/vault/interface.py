"""What a vault does: keep bytes once, under their SHA-256, and hand them back unchanged.

Bytes come in through a spool, which hashes them as they arrive. A spool that is not kept leaves nothing
behind, which is how a check differs from an upload. What references a content is the catalog's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self, runtime_checkable

from onecopy.sandbox.interface import Openable
from onecopy.vault.recipe import Recipe

Chunk = bytes | bytearray | memoryview
"""Bytes, however they came; a view is one of bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One content of a vault.

    Attributes:
        sha256: Its name and its digest.
        size: In bytes.
        since: When it was last put, in seconds since the epoch: a clean-up that removes what nothing
            references measures its grace time from here.
        packed: Whether only a recipe is kept, which rebuilds it from another content; ``size`` is then that
            of the recipe.
    """

    sha256: str
    size: int
    since: float
    packed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What an upload left behind that never came to an end, on this machine.

    Attributes:
        path: Of the file.
        size: In bytes.
        since: When it was last written to, in seconds since the epoch.
    """

    path: Path
    size: int
    since: float


@runtime_checkable
class Spool(Protocol):
    """Bytes on their way in. A context manager: on leaving it, whatever was not kept is gone."""

    size: int

    def write(self, chunk: Chunk) -> None:
        """Add bytes.

        Raises:
            UnreadableError: ``too-large``, when the spool's limit is passed.
            EnvironmentProblem: ``disk-full`` or ``vault-unwritable``.
        """
        ...

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        ...

    def content(self) -> Openable:
        """What was written, for reading by a worker. Valid until the spool is left."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Vault(Protocol):
    """A store of contents. Safe to use from many threads and many processes at once.

    Attributes:
        place: Where it is, to be shown to people: nothing secret is in it.
    """

    place: str

    def spool(self, *, most: int | None = None) -> Spool:
        """Begin to take bytes in.

        Args:
            most: How many bytes are let in, at most.

        Raises:
            EnvironmentProblem: ``disk-full`` or ``vault-unwritable``.
        """
        ...

    def keep(self, spool: Spool, *, whole: bool = False) -> bool:
        """Keep what was spooled; on return it survives a power cut. Never changes a content that is there.

        Args:
            spool: A filled spool of this vault.
            whole: Keep the bytes themselves, also where a recipe rebuilds them.

        Returns:
            Whether the content is new to the vault. When it is not, its grace time starts again.

        Raises:
            EnvironmentProblem: ``disk-full``, ``vault-unwritable``, ``vault-unreachable`` or
                ``vault-damaged``; nothing may be acknowledged then, and trying again does no harm.
        """
        ...

    def content(self, sha256: str) -> Openable:
        """A kept content, for reading here or in a worker. Opening it raises when it is not there."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept content for reading; the caller closes it.

        Raises:
            UnreadableError: ``vanished`` or ``no-access``.
            EnvironmentProblem: ``vault-unreachable`` or ``vault-unwritable``; while reading, too.
        """
        ...

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""
        ...

    def since(self, sha256: str) -> float | None:
        """When a content was last put, as in :class:`Kept`; ``None`` if it is not kept."""
        ...

    def remove(self, sha256: str) -> None:
        """Remove a content for good; nothing happens if it is not kept.

        Whoever calls this has made sure that nothing references it, and that nobody is about to.

        Raises:
            EnvironmentProblem: ``still-needed``, where others are rebuilt from it; ``vault-unwritable`` or
                ``vault-unreachable``.
        """
        ...

    def is_whole(self, sha256: str) -> bool:
        """Whether the bytes themselves are kept, and not only a recipe."""
        ...

    def recipe(self, sha256: str) -> Recipe | None:
        """How a content is rebuilt, if that is kept.

        Raises:
            UnreadableError: ``corrupt``.
        """
        ...

    def add_recipe(self, recipe: Recipe) -> None:
        """Keep a recipe beside the content that it rebuilds. On return it survives a power cut.

        Nothing is dropped. From now on its base cannot be removed.

        Raises:
            EnvironmentProblem: As for :meth:`keep`.
        """
        ...

    def drop_whole(self, sha256: str) -> None:
        """Let the recipe stand for a content: remove its own bytes.

        Whoever calls this has seen the recipe that is kept rebuild them, and lets no clean-up run meanwhile.

        Raises:
            EnvironmentProblem: There is no recipe, or its base is not whole; or as for :meth:`remove`.
        """
        ...

    def drop_recipe(self, sha256: str) -> None:
        """Forget the recipe of a content that is kept whole.

        Raises:
            EnvironmentProblem: It is not whole; or as for :meth:`remove`.
        """
        ...

    def needed_by(self, sha256: str) -> frozenset[str]:
        """The contents that recipes rebuild from this one."""
        ...

    def claim(self, catalog: str) -> None:
        """Note that a catalog refers to contents of this vault.

        Args:
            catalog: What the catalog calls itself: a UUID.

        Raises:
            EnvironmentProblem: ``disk-full``, ``vault-unwritable`` or ``vault-unreachable``.
        """
        ...

    def claims(self) -> frozenset[str]:
        """The catalogs that ever claimed this vault. Only its one and only may say what is an orphan."""
        ...

    def leftovers(self) -> Iterator[Leftover]:
        """What uploads left on this machine that never came to an end, and that nobody writes to.

        Opening a vault to write to it removes those that are older than an hour.
        """
        ...

    def tidy(self) -> None:
        """Remove leftovers that are older than an hour."""
        ...

    def __iter__(self) -> Iterator[Kept]:
        """Everything that is kept, in no particular order."""
        ...
