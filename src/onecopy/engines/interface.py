"""What an engine does: run many calls of a task, each in a sandboxed worker."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from onecopy.sandbox.interface import Call, Outcome, Task

ArgsT = TypeVar("ArgsT")
ResultT = TypeVar("ResultT")


class Engine(Protocol):
    """Spreads calls over workers. Thread-safe; close it when done (it is a context manager)."""

    workers: int

    def run(self, task: Task[ArgsT, ResultT], calls: Iterable[Call[ArgsT]]) -> Iterator[Outcome[ResultT]]:
        """Run every call once and yield each outcome as it comes, in no particular order.

        ``calls`` is drawn from only as workers fall free (a short look-ahead), so it may be endless. One
        call's failure (time, memory, death of the worker) is that call's outcome and touches no other.
        """
        ...

    def close(self) -> None:
        """Stop the workers. Safe to call twice."""
        ...
