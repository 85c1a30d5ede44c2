"""What an engine does: run many calls of a task, each in a sandboxed worker."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from onecopy.errors import UnreadableError
from onecopy.sandbox.interface import Call, Openable, Outcome, Task

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


def run_one(
    engine: Engine, task: Task[ArgsT, ResultT], files: Sequence[Openable], args: ArgsT, seconds: float
) -> ResultT:
    """Run one call and wait for it.

    Raises:
        UnreadableError: with the code and message of its failure.
    """
    (outcome,) = engine.run(task, [Call(key=None, files=tuple(files), args=args, seconds=seconds)])
    if outcome.failure is not None:
        raise UnreadableError(outcome.failure.message, code=outcome.failure.code)
    assert outcome.result is not None, "an outcome has a result or a failure"
    return outcome.result
