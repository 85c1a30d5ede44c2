"""The caller's end of a worker: hand it calls, and make a plain answer of whatever it does.

Nothing here trusts a worker: its replies are bounded, decoded as the declared type and never executed, its
words are cleaned before anyone prints them, and a call that takes too long ends with its process.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from onecopy.errors import EnvironmentProblem
from onecopy.sandbox import failures, wire
from onecopy.sandbox.interface import Failure, Task
from onecopy.sandbox.messages import Fault, Ready, Refused, Request, Result
from onecopy.sandbox.spawner import Spawner

ArgsT = TypeVar("ArgsT")
ResultT = TypeVar("ResultT")

REPLY_BYTES = 128 << 20
"""The longest reply a worker may send."""

_START_SECONDS = 60.0
_LOOK_MILLISECONDS = 50
_replies = msgspec.msgpack.Decoder(Result | Refused | Fault)


class Worker:
    """One worker process. One call at a time; :meth:`kill` may come from any thread.

    Attributes:
        pid: Its process number.
        protection: What locks it down, in words.
        calls: How many calls it was given.
    """

    def __init__(self, spawner: Spawner, names: Sequence[str]) -> None:
        """Start it, with these functions and types (``package.module:name``) at hand.

        Raises:
            EnvironmentProblem: if it cannot be started.
        """
        self.calls = 0
        self._spawner = spawner
        self._lock = threading.Lock()
        self._ended = False
        self.pid, self._sock = spawner.fork(names)
        self._statm = _opened(f"/proc/{self.pid}/statm")
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN)
        try:
            body = wire.receive(self._sock, at_most=1 << 16, deadline=time.monotonic() + _START_SECONDS)
            self.protection = msgspec.msgpack.decode(body, type=Ready).protection
        except (wire.ClosedError, TimeoutError, ValueError) as error:
            self.close()
            raise EnvironmentProblem(f"A worker process did not start ({error}).", code="no-worker") from None
        except BaseException:
            self.close()
            raise
        self._fresh_bytes = self._private_bytes()

    def call(
        self,
        task: Task[ArgsT, ResultT],
        files: Sequence[int],
        args: ArgsT,
        seconds: float,
        *,
        look: Callable[[], None] | None = None,
    ) -> ResultT | Failure:
        """Run a task on open files. Never raises for anything the worker does.

        After any failure but the task's own :class:`~onecopy.errors.UnreadableError` the worker is ended.

        Args:
            task: What to run.
            files: Descriptors; they stay open.
            args: The task's argument.
            seconds: How long it may take.
            look: Called now and then while a long call runs. If it raises, the call is ended.

        Raises:
            ValueError: if the argument is not of the task's type.
        """
        deadline = time.monotonic() + seconds
        request = _request(task, args, len(files), seconds)
        self.calls += 1
        if self._poll.poll(0):
            self.close()
            return failures.nonsense("it ended, or spoke before it was asked")
        try:
            wire.send(self._sock, request, deadline=deadline)
            wire.send_descriptors(self._sock, files)
            self._wait(deadline, look)
            reply = _replies.decode(wire.receive(self._sock, at_most=REPLY_BYTES, deadline=deadline))
            if isinstance(reply, Result):
                return msgspec.msgpack.decode(reply.value, type=task.result)
        except TimeoutError:
            self.close()
            return failures.timeout(seconds)
        except wire.ClosedError:
            return failures.died(self._death())
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            self.close()
            return failures.nonsense(str(error))
        except BaseException:
            self.close()
            raise
        if isinstance(reply, Refused):
            return failures.refused(reply)
        self.close()
        return failures.fault(reply)

    def _wait(self, deadline: float, look: Callable[[], None] | None) -> None:
        """Wait for the reply to begin."""
        while look is not None and not self._poll.poll(_LOOK_MILLISECONDS):
            if time.monotonic() > deadline:
                raise TimeoutError
            look()

    @property
    def alive(self) -> bool:
        """Whether it can take another call."""
        return not self._ended

    def grown_bytes(self) -> int:
        """How much memory, other than files', it uses beyond what it started with; 0 if nobody says."""
        return self._private_bytes() - self._fresh_bytes

    def kill(self) -> None:
        """End the process at once; a call under way returns a failure."""
        with self._lock:
            if not self._ended:
                self._send_kill()

    def close(self) -> None:
        """End the process and wait for its end. Safe to call twice."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._send_kill()
        self._spawner.exitcode(self.pid)
        self._let_go()

    def _death(self) -> int | None:
        """The connection is gone: find out how the worker ended, and see to it that it has."""
        with self._lock:
            self._ended = True
        code = self._spawner.exitcode(self.pid)
        if code is None:
            self._send_kill()
            self._spawner.exitcode(self.pid)
        self._let_go()
        return code

    def _let_go(self) -> None:
        self._sock.close()
        if self._statm >= 0:
            os.close(self._statm)
            self._statm = -1

    def _send_kill(self) -> None:
        # Nobody else has the number: the zygote keeps the dead until asked for their exit code.
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _private_bytes(self) -> int:
        try:
            _, resident, shared, *_ = os.pread(self._statm, 256, 0).split()
        except (OSError, ValueError):
            return 0
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _opened(path: str) -> int:
    """A descriptor, kept because opening costs more than reading; -1 where there is no such file."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def type_name(type_: type) -> str:
    """How a worker looks a type up: ``package.module:name``."""
    return f"{type_.__module__}:{type_.__qualname__}"


def _request(task: Task[ArgsT, Any], args: ArgsT, files: int, seconds: float) -> bytes:
    """Encode a call. An argument of the wrong type is the caller's error, and no file's: it raises here."""
    raw = msgspec.msgpack.encode(args)
    msgspec.msgpack.decode(raw, type=task.args)
    return msgspec.msgpack.encode(
        Request(task.function, type_name(task.args), msgspec.Raw(raw), files, seconds)
    )
