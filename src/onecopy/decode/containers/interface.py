"""What a container gives: pictures, members that have to be looked into, and what was left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from onecopy.decode.interface import Buffer, Picture
from onecopy.model import Problem, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside a container, which can be read until the next part is asked for.

    ``read`` gives it whole; ``head``, for large ones, the first bytes for little cost. Both raise
    :class:`onecopy.errors.UnreadableError`, ``read`` also where it would break a limit.
    """

    inner: str
    read: Callable[[], Buffer]
    head: Callable[[], bytes] | None = None


LARGE = 1 << 20
"""Bytes from which on a member's head is worth a look before all of it is read."""

HEAD = 4096
"""Bytes that ``head`` gives."""


Part = Picture | Member | Problem | Skipped


class Container(Protocol):
    """An opened container.

    Attributes:
        format: ``pdf``, ``zip``, ``docx``, ``tar.gz``, ``tiff`` ….
        summarise: Whether members that are not images deserve one line together rather than one each.
    """

    format: str
    summarise: bool

    def parts(self, only: str | None) -> Iterator[Part]:
        """Yield everything inside, in a fixed order.

        Args:
            only: The inner part of the one picture that is wanted, or ``None`` for all. A hint: a container
                may yield more, but leaves out what is costly and not on the way there.

        Raises:
            UnreadableError: if the rest of the container cannot be read.
        """
        ...
