"""The zygote: a small process that imports the libraries once and forks a worker whenever one is wanted.

Started by :mod:`onecopy.sandbox.process` as a fresh interpreter, so the caller's script needs no
``__main__`` guard and its threads are never forked. It sees no byte of any file. It ends when the caller
does, however that ends, and its workers with it.
"""

import contextlib
import gc
import os
import resource
import select
import signal
import socket
import sys

import msgspec

from onecopy.model import Limits
from onecopy.sandbox import kernel, wire, worker
from onecopy.sandbox.lockdown import readable
from onecopy.sandbox.messages import Fork, Forked, Reap, Reaped

_MESSAGE_BYTES = 1 << 20
_SOCKET = 3  # where a worker has its only connection


def main(descriptor: int, parent: int, names: tuple[str, ...] = ()) -> None:
    """Answer requests on the socket until it is closed or the parent process is gone.

    Args:
        descriptor: The socket.
        parent: The parent's process number.
        names: What workers will want, imported before the first request comes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(Exception):  # whoever forks imports it again, and says what is wrong
        _import(names)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    decoder = msgspec.msgpack.Decoder(Fork | Reap)
    waiter = _waiter(control, parent)
    with contextlib.suppress(wire.ClosedError):
        while _is_wanted(waiter, control, parent):
            request = decoder.decode(wire.receive(control, at_most=_MESSAGE_BYTES))
            answer = _reap(request.pid) if isinstance(request, Reap) else _fork(control, request)
            wire.send(control, msgspec.msgpack.encode(answer))
    os._exit(0)


def _waiter(control: socket.socket, parent: int) -> select.poll:
    """Wakes on a request and on the parent's end.

    A parent killed while a child of it holds a copy of the socket would leave no end of stream, so the
    process itself is watched, too. (A parent-death signal would not do: it fires when the *thread* ends
    that started the zygote.)
    """
    waiter = select.poll()
    waiter.register(control, select.POLLIN)
    with contextlib.suppress(OSError, AttributeError):
        waiter.register(os.pidfd_open(parent), select.POLLIN)
    return waiter


def _is_wanted(waiter: select.poll, control: socket.socket, parent: int) -> bool:
    ready = [fd for fd, _ in waiter.poll()]
    return os.getppid() == parent and control.fileno() in ready


def _fork(control: socket.socket, request: Fork) -> Forked:
    (descriptor,) = wire.receive_descriptors(control, 1)
    try:
        _import(request.names)
        zygote = os.getpid()
        pid = os.fork()
    except Exception as error:
        os.close(descriptor)
        return Forked(problem=f"{type(error).__name__}: {error}"[:1000])
    if pid == 0:
        _become_worker(control, descriptor, zygote, request.limits)
    os.close(descriptor)
    return Forked(pid=pid)


def _import(names: tuple[str, ...]) -> None:
    before = len(sys.modules)
    for name in names:
        worker.resolve(name)
    readable()
    if len(sys.modules) > before:
        if "cv2" in sys.modules:
            sys.modules["cv2"].setNumThreads(1)
        gc.collect()
        gc.freeze()  # so that the collector of a worker does not touch, and copy, the pages it shares


def _become_worker(control: socket.socket, descriptor: int, zygote: int, limits: Limits) -> None:
    """Never returns."""
    code = 1
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == zygote:
            control.detach()
            os.dup2(0, 2)
            os.dup2(descriptor, _SOCKET)
            os.closerange(_SOCKET + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
            worker.serve(socket.socket(fileno=_SOCKET), limits)
            code = 0
    finally:
        os._exit(code)


def _reap(pid: int) -> Reaped:
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return Reaped(exitcode=0)
    return Reaped(exitcode=os.waitstatus_to_exitcode(status) if done else None)
