"""The local engine: sandboxed workers on the cores of this machine.

All runs share the workers. Every :meth:`LocalEngine.run` has threads of its own, only as many as it has calls
for and at most two for each worker: while one waits for the worker's answer, the other has the next call's
files open. A list of one call needs none: whoever asks waits for the worker itself. Calls are drawn in the
thread that iterates over the outcomes, so a generator over a database connection works.
"""

import contextlib
import os
import queue
import stat
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Generic, Self, TypeVar

from onecopy.engines import memory as books
from onecopy.engines.memory import EvictedError, Memory
from onecopy.engines.pool import Pool, Slot, StoppedError
from onecopy.errors import UnreadableError
from onecopy.model import Limits
from onecopy.sandbox.files import not_a_file, unreadable
from onecopy.sandbox.interface import Call, Failure, Openable, Outcome, Task
from onecopy.sandbox.process import Worker, type_name

ArgsT = TypeVar("ArgsT")
ResultT = TypeVar("ResultT")

LOOK_AHEAD = 2
"""Calls under way for each thread, so that no worker starves while the caller is busy with an outcome."""

_STOP_SECONDS = 1.0
_INHERITED = frozenset({"worker-died", "vanished", "out-of-memory", "fault"})
"""Failures that an earlier call may have caused by what it left behind in the worker."""


class LocalEngine:
    """Implements :class:`onecopy.engines.interface.Engine` with processes on this machine.

    All workers together use at most about ``limits.memory_bytes`` and 256 MiB for each worker but one.

    Attributes:
        workers: How many calls run at once.
        memory: The books on what they use.
    """

    def __init__(self, workers: int | None = None, limits: Limits | None = None) -> None:
        """Start nothing yet: the first call does.

        Args:
            workers: How many; by default one for each processor this process may use.
            limits: What a call may cost. ``memory_bytes`` and ``file_bytes`` are enforced here, the rest
                is the task's to keep.
        """
        self.workers = workers or usable_cores()
        self._limits = limits or Limits()
        self._pool = Pool(self.workers, self._limits)
        self.memory = Memory(max(0, self._limits.memory_bytes - books.OWN_BYTES))
        self._closed = False
        self._runs: set[_Run[Any, Any]] = set()

    def prepare(self, *tasks: Task[Any, Any]) -> None:
        """Have what these tasks need loaded in the background, so that the first call finds it there."""
        self._pool.prepare([name for task in tasks for name in _names(task)])

    def run(self, task: Task[ArgsT, ResultT], calls: Iterable[Call[ArgsT]]) -> Iterator[Outcome[ResultT]]:
        """Run every call once and yield each outcome as it comes, in no particular order.

        Closing the iterator early stops the calls under way. An outcome waits while ``calls`` blocks.

        Raises:
            EnvironmentProblem: if no worker can be started.
        """
        if self._closed:
            raise RuntimeError("the engine is closed")
        run = _Run(task, self._pool, self.memory, 2 * self.workers, self._limits)
        self._runs.add(run)
        try:
            if isinstance(calls, list) and len(calls) == 1:
                yield run.outcome(calls[0])
            else:
                yield from run.outcomes(calls)
        finally:
            run.stop()
            self._runs.discard(run)

    def close(self) -> None:
        """Stop what runs and end the workers. Safe to call twice."""
        self._closed = True
        for run in list(self._runs):
            run.stop()
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _names(task: Task[Any, Any]) -> list[str]:
    return [task.function, type_name(task.args)]


def usable_cores() -> int:
    """How many processors this process may use: its affinity, and the quota of its container (cgroup 2)."""
    cores = len(os.sched_getaffinity(0))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(cores, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or "max"
        return cores


class _Run(Generic[ArgsT, ResultT]):
    """One run of a task over calls: its threads, and what passes between them and the caller."""

    def __init__(
        self, task: Task[ArgsT, ResultT], pool: Pool, memory: Memory, threads: int, limits: Limits
    ) -> None:
        self._task = task
        self._pool = pool
        self._memory = memory
        self._most_threads = threads
        self._limits = limits
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._busy: set[Worker] = set()
        self._threads: list[threading.Thread] = []
        self._calls: queue.SimpleQueue[Call[ArgsT] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Outcome[ResultT] | BaseException | None] = queue.SimpleQueue()

    def outcomes(self, calls: Iterable[Call[ArgsT]]) -> Iterator[Outcome[ResultT]]:
        """Draw calls as workers fall free, and yield what becomes of them."""
        under_way = 0
        for call in calls:
            self._submit(call, under_way)
            under_way += 1
            while under_way and (under_way >= LOOK_AHEAD * self._most_threads or not self._done.empty()):
                yield self._next()
                under_way -= 1
        while under_way:
            yield self._next()
            under_way -= 1

    def outcome(self, call: Call[ArgsT]) -> Outcome[ResultT]:
        """Run one call here, without a thread."""
        try:
            found = self._outcome(call)
            if found.failure is None or not self._stopped.is_set():
                return found
        except StoppedError:
            pass
        raise RuntimeError("the engine was closed while it ran")

    def stop(self) -> None:
        """End the calls under way and wait for the threads."""
        with self._lock:
            self._stopped.set()
            for worker in self._busy:
                worker.kill()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join(_STOP_SECONDS)  # one that hangs in opening a file must not hold up the others
        self._done.put(None)

    def _next(self) -> Outcome[ResultT]:
        outcome = self._done.get()
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome is None:
            raise RuntimeError("the engine was closed while it ran")
        return outcome

    def _submit(self, call: Call[ArgsT], under_way: int) -> None:
        self._calls.put(call)
        with self._lock:  # another thread may be closing the engine
            if under_way >= len(self._threads) < self._most_threads and not self._stopped.is_set():
                thread = threading.Thread(target=self._work, name="onecopy-engine", daemon=True)
                thread.start()
                self._threads.append(thread)

    def _work(self) -> None:
        """The life of a thread: one call after the other, until there is none or the run is stopped."""
        try:
            while (call := self._calls.get()) is not None and not self._stopped.is_set():
                self._done.put(self._outcome(call))
        except StoppedError:
            pass
        except BaseException as error:
            self._done.put(error)

    def _outcome(self, call: Call[ArgsT]) -> Outcome[ResultT]:
        with contextlib.ExitStack() as opened:
            try:
                files = [opened.enter_context(self._open(file)).fileno() for file in call.files]
            except UnreadableError as error:
                return Outcome(key=call.key, failure=Failure(code=error.code, message=error.message))
            result = self._within_memory(call, files)
        if isinstance(result, Failure):
            return Outcome(key=call.key, failure=result)
        return Outcome(key=call.key, result=result)

    def _within_memory(self, call: Call[ArgsT], files: list[int]) -> ResultT | Failure:
        """Run the call beside others; if all of them need too much together, when it is its turn."""
        try:
            return self._in_worker(call, files, has_turn=False)
        except EvictedError:
            with self._memory.turn(self._stopped.is_set) as has_turn:
                if not has_turn:
                    raise StoppedError from None
                return self._in_worker(call, files, has_turn=True)

    def _in_worker(self, call: Call[ArgsT], files: list[int], *, has_turn: bool) -> ResultT | Failure:
        """Run the call in a worker; again in a new one if an earlier call may be to blame."""
        slot: Slot = self._pool.take(self._stopped)
        try:
            slot = slot or self._start()
            result = self._watched(slot, call, files, has_turn)
            if isinstance(result, Failure) and result.code in _INHERITED and slot.calls > 1:
                slot.close()
                slot = self._start()
                result = self._watched(slot, call, files, has_turn)
            return result
        finally:
            self._pool.give(slot)

    def _watched(
        self, worker: Worker, call: Call[ArgsT], files: list[int], has_turn: bool
    ) -> ResultT | Failure:
        """Run the call where :meth:`stop` can reach it and its memory is looked at."""

        def look() -> None:
            self._memory.note(worker, worker.grown_bytes(), has_turn=has_turn)

        with self._lock:
            if self._stopped.is_set():
                raise StoppedError
            self._busy.add(worker)
        try:
            return worker.call(self._task, files, call.args, call.seconds, look=look)
        finally:
            self._memory.forget(worker)
            with self._lock:
                self._busy.discard(worker)

    def _start(self) -> Worker:
        return self._pool.start(_names(self._task))

    def _open(self, file: Openable) -> BinaryIO:
        """Open a file and see that a worker can map it.

        Raises:
            UnreadableError: ``no-access``, ``vanished``, ``not-a-file`` or ``too-large``.
        """
        try:
            opened = file.open()
        except OSError as error:
            raise unreadable(error) from None
        about = os.fstat(opened.fileno())
        if stat.S_ISREG(about.st_mode) and about.st_size <= self._limits.file_bytes:
            return opened
        opened.close()
        if not stat.S_ISREG(about.st_mode):
            raise not_a_file()
        most = self._limits.file_bytes
        message = f"The file has {about.st_size} bytes; at most {most} are allowed. Raise the limit."
        raise UnreadableError(message, code="too-large")
