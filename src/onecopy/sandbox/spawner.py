"""The caller's end of the zygote: start it, have it fork workers, ask it how they ended."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from onecopy.errors import EnvironmentProblem
from onecopy.model import Limits
from onecopy.sandbox import wire
from onecopy.sandbox.failures import clean
from onecopy.sandbox.messages import Fork, Forked, Reap, Reaped

AnswerT = TypeVar("AnswerT")

_START_SECONDS = 60.0
_END_SECONDS = 2.0
_ANSWER_BYTES = 1 << 20
_BOOT = (
    "import sys; descriptor, parent, names, *sys.path[:] = sys.argv[1:]; "
    "from onecopy.sandbox.zygote import main; main(int(descriptor), int(parent), tuple(names.split()))"
)
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME")  # what an interpreter may need to start at all
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


class Spawner:
    """Starts workers through a zygote. Thread-safe; the first worker starts it, and again if it dies."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._errors = -1
        self._asked = False

    def prepare(self, names: Sequence[str]) -> None:
        """Start what starts workers, and let it import these while the caller does something else."""
        with self._lock:
            self._start(names)

    def fork(self, names: Sequence[str]) -> tuple[int, socket.socket]:
        """Start a worker that has these functions and types (``package.module:name``) at hand.

        Returns:
            Its process number, and our end of its socket.

        Raises:
            EnvironmentProblem: if none can be started.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                return self._fork(Fork(tuple(names), self._limits), theirs), ours
            except BaseException:
                ours.close()
                raise

    def exitcode(self, pid: int) -> int | None:
        """How a worker ended, as :func:`os.waitstatus_to_exitcode` says; ``None`` if it lives on.

        Until this has answered, the number cannot become another process's.
        """
        until = time.monotonic() + _END_SECONDS
        while time.monotonic() < until:
            try:
                with self._lock:
                    code = self._ask(Reap(pid), Reaped).exitcode
            except (wire.ClosedError, TimeoutError, msgspec.MsgspecError):
                return -signal.SIGKILL  # workers die with their zygote
            if code is not None:
                return code
            time.sleep(0.002)
        return None

    def close(self) -> None:
        """End the zygote, and with it every worker. Safe to call twice."""
        with self._lock:
            self._stop()

    def _fork(self, request: Fork, theirs: socket.socket) -> int:
        problem = ""
        with self._lock:
            for _ in range(2):  # a zygote that died meanwhile is replaced once
                self._start()
                try:
                    answer = self._ask(request, Forked, theirs.fileno())
                except (wire.ClosedError, TimeoutError, msgspec.MsgspecError) as error:
                    problem = self._last_words() or str(error)
                    self._stop()
                    continue
                if answer.pid:
                    return answer.pid
                problem = answer.problem
                break
        message = f"No worker process could be started ({clean(problem)}). Run `onecopy doctor`."
        raise EnvironmentProblem(message, code="no-worker")

    def _ask(self, request: Fork | Reap, answer: type[AnswerT], *descriptors: int) -> AnswerT:
        if self._control is None:
            raise wire.ClosedError("the process that starts workers is gone")
        self._asked = True
        deadline = time.monotonic() + _START_SECONDS
        wire.send(self._control, msgspec.msgpack.encode(request), deadline=deadline)
        wire.send_descriptors(self._control, descriptors)
        reply = wire.receive(self._control, at_most=_ANSWER_BYTES, deadline=deadline)
        return msgspec.msgpack.decode(reply, type=answer)

    def _start(self, names: Sequence[str] = ()) -> None:
        if self._process is not None:
            return
        self._asked = False
        self._control, theirs = socket.socketpair()
        self._errors = os.memfd_create("errors", os.MFD_CLOEXEC)
        paths = [str(Path(entry).absolute()) for entry in sys.path]
        command = [
            sys.executable,
            "-P",
            "-s",
            "-X",
            "utf8",
            "-c",
            _BOOT,
            str(theirs.fileno()),
            str(os.getpid()),
            " ".join(names),
        ]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (this interpreter, our own code)
                [*command, *paths],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT if name in os.environ},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def _last_words(self) -> str:
        """The last line the zygote wrote before it died."""
        lines = os.pread(self._errors, 1 << 16, 0).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _stop(self) -> None:
        if self._process is None or self._control is None:
            return
        self._control.close()
        os.close(self._errors)
        try:
            # one that was never asked for anything may still be importing, for nothing
            self._process.wait(_END_SECONDS if self._asked else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None
