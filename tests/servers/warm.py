"""Processes that begin with everything imported: one loads it all, and forks whoever is asked for.

A service takes longer to import than most tests take to try it. What is started here is as real as any other:
its own process, environment and folder, ended by signals, with an ordinary exit code.
"""

import atexit
import functools
import gc
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_BYTES = 1 << 17
"""The longest order: arguments and an environment."""
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); import warm; warm.serve(int(sys.argv[2]))"


class Process:
    """What :class:`subprocess.Popen` is for other processes, as far as tests need it."""

    def __init__(self, pid: int, stdout: IO[str]) -> None:
        self.pid, self.stdout = pid, stdout
        self.returncode: int | None = None
        self._end = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """How it ended, or ``None``."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: It runs longer.
        """
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a warm process", timeout or 0)
            self.returncode = _ask({"reap": self.pid})
            os.close(self._end)
        return self.returncode

    def send_signal(self, how: int) -> None:
        """Send it a signal, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, how)


def start(code: str, arguments: Sequence[object], environment: Mapping[str, str], stderr: IO[str]) -> Process:
    """Start a process that runs ``code`` as ``python -c`` would, in this folder; its output can be read."""
    words = [str(one) for one in arguments]
    order = {"code": code, "arguments": words, "environment": dict(environment), "folder": str(Path.cwd())}
    read, write = os.pipe()
    try:
        pid = _ask(order, write, stderr.fileno())
    finally:
        os.close(write)
    return Process(pid, os.fdopen(read, encoding="utf-8"))


_one_at_a_time = threading.Lock()


def _ask(order: Mapping[str, object], *descriptors: int) -> int:
    control = _server()
    with _one_at_a_time:
        socket.send_fds(control, [json.dumps(order).encode()], descriptors)
        answer = control.recv(_BYTES)
    assert answer, "the process that forks others is gone"
    return int(answer)


@functools.cache
def _server() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, str(Path(__file__).parent), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def end() -> None:
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours


def serve(descriptor: int) -> None:
    """Fork for whoever asks, and say how those ended, until the other end is closed."""
    import onecopy.cli.serve
    import onecopy.service.run  # noqa: F401

    gc.collect()
    gc.freeze()  # what is shared is not to be copied by the collector of each process
    assert threading.active_count() == 1, "a fork takes only one thread along"
    control = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _BYTES, 2)
        if not message:
            return
        order = json.loads(message)
        if "reap" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["reap"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                control.close()
                _become(order, descriptors)
                return
        for one in descriptors:
            os.close(one)
        control.send(str(answer).encode())


def _become(order: dict[str, object], descriptors: list[int]) -> None:
    """Be what was asked for; an ordinary end of the program follows."""
    for place, one in enumerate(descriptors, start=1):
        os.dup2(one, place)
        os.close(one)
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    os.chdir(str(order["folder"]))
    sys.argv = ["-c", *order["arguments"]]  # type: ignore[misc]
    exec(str(order["code"]), {"__name__": "__main__"})
