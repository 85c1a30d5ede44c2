"""Tasks for the tests of the sandbox and the engines: what a decoder does when it is subverted or broken.

On the import path by ``pythonpath`` in pyproject.toml, because a worker imports its task by name.
"""

import ctypes
import hashlib
import importlib
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from onecopy.errors import UnreadableError
from onecopy.sandbox.interface import Files, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do, and with what."""

    do: str = "digest"
    text: str = ""
    number: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of it."""

    text: str = ""
    number: int = 0
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class SomethingElse:
    """What the task does not return, if one asks its type."""

    text: int


_left_behind: list[str] = []


def obey(files: Files, order: Order) -> Said:
    """Do what the order says."""
    return _DEEDS[order.do](files, order)


def lie(files: Files, order: Order) -> SomethingElse:
    """Return another type than was declared."""
    return SomethingElse(text=order.number)


OBEY = Task("misbehaving:obey", Order, Said)
LIE = Task("misbehaving:lie", Order, Said)


def _digest(files: Files, order: Order) -> Said:
    data = b"".join(bytes(file) for file in files)
    return Said(text=hashlib.sha256(data).hexdigest(), number=len(data))


def _sleep(files: Files, order: Order) -> Said:
    time.sleep(order.seconds)
    return Said(text=order.text, number=os.getpid())


def _spin(files: Files, order: Order) -> Said:
    while True:
        pass


def _refuse(files: Files, order: Order) -> Said:
    raise UnreadableError(order.text, code="truncated")


def _fail(files: Files, order: Order) -> Said:
    raise KeyError(order.text)


def _leave(files: Files, order: Order) -> Said:
    raise SystemExit(3)


def _exit(files: Files, order: Order) -> Said:
    os._exit(order.number)


def _crash(files: Files, order: Order) -> Said:
    ctypes.string_at(0)
    return Said()


def _abort(files: Files, order: Order) -> Said:
    os.abort()


def _devour(files: Files, order: Order) -> Said:
    hoard = [bytearray(order.number)]
    while True:
        hoard.append(bytearray(order.number))


def _hoard(files: Files, order: Order) -> Said:
    _left_behind.append("x" * order.number)
    return Said()


def _fill(files: Files, order: Order) -> Said:
    """Use memory until the first byte of the file is changed."""
    held = b"x" * order.number
    while files[0][0] == ord("0"):
        time.sleep(0.005)
    return Said(number=len(held))


def _talk(files: Files, order: Order) -> Said:
    os.write(1, b"to standard output\n")
    os.write(2, b"to standard error\n")
    return Said()


def _babble(files: Files, order: Order) -> Said:
    return Said(data=bytes(order.number))


def _forge(files: Files, order: Order) -> Said:
    """Answer on the worker's own socket, past the worker."""
    for fd in range(3, 10):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, len(order.text).to_bytes(8, "big") + order.text.encode())
        except OSError:
            continue
    return Said()


def _touch(files: Files, order: Order) -> Said:
    """Read the last byte of a file once somebody has cut it short."""
    file = files[0]
    while file.size() == len(file):
        time.sleep(0.005)
    return Said(number=file[len(file) - 1])


def _poison(files: Files, order: Order) -> Said:
    """Leave something behind that kills the next call of this kind in the same process."""
    if _left_behind:
        os.abort()
    _left_behind.append(order.text)
    return Said(number=os.getpid())


def _pid(files: Files, order: Order) -> Said:
    return Said(number=os.getpid())


def _import(files: Files, order: Order) -> Said:
    return Said(text=str(importlib.import_module(order.text)))


def _thread(files: Files, order: Order) -> Said:
    heard: list[str] = []
    thread = threading.Thread(target=heard.append, args=(order.text,))
    thread.start()
    thread.join()
    return Said(text=heard[0])


def _environment(files: Files, order: Order) -> Said:
    return Said(text=" ".join(sorted(os.environ)))


def _descriptors(files: Files, order: Order) -> Said:
    open_ones = []
    for fd in range(64):
        try:
            os.fstat(fd)
        except OSError:
            continue
        open_ones.append(fd)
    return Said(number=len(open_ones), text=repr(open_ones))


def _attempt(files: Files, order: Order) -> Said:
    """Try something a worker must not be able to do; say what the system answered."""
    try:
        CRIMES[order.text]()
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        return Said(text=type(error).__name__)
    return Said(text="done")


def _clone() -> None:
    if os.fork() == 0:
        os._exit(0)


def _write_through_proc() -> None:
    os.write(os.open("/proc/self/mem", os.O_WRONLY), b"x")


def _syscall(number: int, *args: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *args) < 0:
        raise OSError(ctypes.get_errno(), "refused")


CRIMES = {
    "read a file": lambda: Path("/etc/passwd").read_bytes(),
    "list a folder": lambda: list(Path("/").iterdir()),
    "list home": lambda: list(Path(__file__).parent.iterdir()),
    "create a file": lambda: Path("/tmp/onecopy-was-here").write_bytes(b""),
    "write shared memory": lambda: Path("/dev/shm/onecopy-was-here").write_bytes(b"x"),
    "write its own memory": _write_through_proc,
    "remove a file": lambda: Path("/tmp/onecopy-was-here").unlink(),
    "make a folder": lambda: Path("/tmp/onecopy-was-here").mkdir(),
    "change a mode": lambda: Path("/tmp").chmod(0o777),
    "open a socket": lambda: socket.socket(),
    "open a datagram socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "open a unix socket": lambda: socket.socket(socket.AF_UNIX),
    "run a program": lambda: subprocess.run(["/bin/true"], check=True),
    "replace itself": lambda: os.execv("/bin/true", ["true"]),
    "fork": _clone,
    "kill its parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "trace its parent": lambda: _syscall(101, 16, os.getppid(), 0, 0),
    "limit its parent": lambda: importlib.import_module("resource").prlimit(
        os.getppid(), importlib.import_module("resource").RLIMIT_CPU, (1, 1)
    ),
    "make a file in memory": lambda: os.memfd_create("x"),
    "make a ring": lambda: _syscall(425, 8, 0),
}

_DEEDS = {
    "digest": _digest,
    "sleep": _sleep,
    "spin": _spin,
    "refuse": _refuse,
    "fail": _fail,
    "leave": _leave,
    "exit": _exit,
    "crash": _crash,
    "abort": _abort,
    "devour": _devour,
    "hoard": _hoard,
    "fill": _fill,
    "talk": _talk,
    "babble": _babble,
    "forge": _forge,
    "touch": _touch,
    "poison": _poison,
    "pid": _pid,
    "import": _import,
    "thread": _thread,
    "environment": _environment,
    "descriptors": _descriptors,
    "attempt": _attempt,
}
