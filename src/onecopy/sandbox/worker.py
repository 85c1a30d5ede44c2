"""The life of a worker: locked down first, then one call after the other until the caller hangs up.

Runs in a process forked by :mod:`onecopy.sandbox.zygote`. What the files make it do, it does here.
"""

import functools
import importlib
import mmap
import os
import socket
from collections.abc import Callable
from typing import Any

import msgspec

from onecopy.errors import UnreadableError
from onecopy.model import Limits
from onecopy.sandbox import wire
from onecopy.sandbox.lockdown import limit_cpu, lock_down
from onecopy.sandbox.messages import Fault, Ready, Refused, Request, Result

_REQUEST_BYTES = 1 << 30  # from the caller, who is trusted; against a broken stream only
_CV2_NO_MEMORY = -4

TaskFunction = Callable[[list[mmap.mmap | bytes], Any], object]


def serve(sock: socket.socket, limits: Limits) -> None:
    """Lock down, say so, and answer calls until the other end is closed."""
    words = lock_down(limits)
    wire.send(sock, msgspec.msgpack.encode(Ready(protection=words)))
    while True:
        try:
            body = wire.receive(sock, at_most=_REQUEST_BYTES)
            request = msgspec.msgpack.decode(body, type=Request)
            reply = _answer(request, wire.receive_descriptors(sock, request.files))
            wire.send(sock, reply)
        except wire.ClosedError:
            return


def _answer(request: Request, descriptors: list[int]) -> bytes:
    """Run one call; whatever happens inside becomes a reply."""
    limit_cpu(2 * request.seconds + 5)
    try:
        files = [_map(fd) for fd in descriptors]
        function, args_type = resolve(request.function), resolve(request.args_type)
        args = msgspec.msgpack.decode(request.args, type=args_type)
        result = msgspec.Raw(msgspec.msgpack.encode(function(files, args)))
        return msgspec.msgpack.encode(Result(value=result))
    except UnreadableError as error:
        return msgspec.msgpack.encode(Refused(code=error.code, message=error.message))
    except BaseException as error:
        return _fault(error)


def _fault(error: BaseException) -> bytes:
    # OpenCV has an exception of its own for a lack of memory.
    no_memory = isinstance(error, MemoryError) or getattr(error, "code", None) == _CV2_NO_MEMORY
    text = str(error).strip().partition("\n")[0]
    fault = Fault(kind=type(error).__name__, text=text[:300], no_memory=no_memory)
    return msgspec.msgpack.encode(fault)


def _map(descriptor: int) -> mmap.mmap | bytes:
    """Map a file for reading and let go of the descriptor."""
    try:
        size = os.fstat(descriptor).st_size
        if not size:
            return b""
        return mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    except ValueError:
        raise UnreadableError(
            "The file became shorter while it was opened. Scan again.", code="vanished"
        ) from None
    finally:
        os.close(descriptor)


@functools.cache
def resolve(name: str) -> Any:
    """Look up ``package.module:name``."""
    module, _, attribute = name.partition(":")
    return functools.reduce(getattr, attribute.split("."), importlib.import_module(module))
