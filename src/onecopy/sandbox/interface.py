"""What a task is: a function that a sandboxed worker runs on files it is handed as descriptors.

The function takes the mapped files and one argument object, and returns one result object; both objects are
dataclasses of plain types and travel as msgpack, so nothing a subverted worker sends back can execute.
"""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Generic, Protocol, TypeVar

ArgsT = TypeVar("ArgsT")
ResultT = TypeVar("ResultT")

Files = Sequence[mmap.mmap | bytes]
"""What a task function is handed."""


@dataclass(frozen=True, slots=True)
class Task(Generic[ArgsT, ResultT]):
    """A function by name (``package.module:function``), and the types it takes and returns.

    The function is called as ``function(files, args)`` where ``files`` are read-only buffers (an empty file
    is ``b""``). It may raise :class:`onecopy.errors.UnreadableError`; anything else is a fault.
    """

    function: str
    args: type[ArgsT]
    result: type[ResultT]


class Openable(Protocol):
    """Something whose bytes can be had as a real file (with a descriptor). Must be picklable."""

    def open(self) -> BinaryIO:
        """Open for reading; the caller closes it.

        Raises:
            UnreadableError: ``no-access`` or ``vanished``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[ArgsT]):
    """One run of a task: a key of the caller's, the files, the argument, and how long it may take."""

    key: object
    files: tuple[Openable, ...]
    args: ArgsT
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a call has no result; codes as in :class:`onecopy.errors.UnreadableError`."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[ResultT]):
    """What became of a call: exactly one of ``result`` and ``failure`` is set."""

    key: object
    result: ResultT | None = None
    failure: Failure | None = None
