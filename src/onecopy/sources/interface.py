"""What a source does: list files in a fixed order, and open them by their absolute locator."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol

from onecopy.sandbox.interface import Openable


class State(NamedTuple):
    """What tells, without reading it, that a file is unchanged."""

    size: int
    mtime_ns: int
    inode: int
    device: int


class File(NamedTuple):
    """A file to be read.

    Attributes:
        locator: As the person named the source, joined with the path inside.
        absolute: The absolute locator, by which the catalog knows the file.
        name: The file's name, quoted as in locators.
        state: As listed.
        links: How many names the file has in its file system.
    """

    locator: str
    absolute: str
    name: str
    state: State
    links: int


class Left(NamedTuple):
    """Something met that is not going to be read: left out on purpose, or (with a code) out of reach."""

    locator: str
    absolute: str
    reason: str
    code: str | None = None


class Handle(Openable, Protocol):
    """A way to a file's bytes that can tell whether they are still the same."""

    def unchanged(self) -> bool:
        """Whether the file is still in the state this was made for."""
        ...


class Source(Protocol):
    """One place that was named on the command line."""

    locator: str
    """As the person gave it (quoted)."""
    absolute: str
    """The same, absolute and without symbolic links on the way."""

    def list(self) -> Iterator[File | Left]:
        """Everything in it, in an order that depends on names alone.

        A part that cannot be listed is a :class:`Left` with a code; the rest goes on.
        """
        ...

    def open(self, absolute: str, state: State | None = None) -> Handle:
        """A way to a file's bytes (here or in a worker).

        Args:
            absolute: As listed.
            state: If given, opening fails with ``vanished`` once the file is no longer in it.
        """
        ...

    def state(self, file: BinaryIO) -> State:
        """The state of an open file."""
        ...
