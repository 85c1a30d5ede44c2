"""Messages over a Unix socket: a length, a body, and file descriptors. Both ends, no unpickling.

A message is eight bytes of length (big-endian), then the body. Descriptors follow the message that announces
how many there are, in batches, each attached to one byte.
"""

import os
import socket
import struct
import time
from collections.abc import Sequence

_LENGTH = struct.Struct("!Q")
_BATCH = 200  # the kernel takes 253 at once
_PIECE = 1 << 20


class ClosedError(Exception):
    """The other end is gone."""


def send(sock: socket.socket, body: bytes, *, deadline: float | None = None) -> None:
    """Send one message.

    Args:
        sock: A connected stream socket.
        body: The message.
        deadline: On the clock of :func:`time.monotonic`.

    Raises:
        ClosedError: if the other end is gone.
        TimeoutError: if the deadline passed.
    """
    _wait_until(sock, deadline)
    try:
        sock.sendall(_LENGTH.pack(len(body)) + body)
    except TimeoutError:
        raise
    except OSError as error:
        raise ClosedError(str(error)) from None


def receive(sock: socket.socket, *, at_most: int, deadline: float | None = None) -> bytes:
    """Receive one message.

    Raises:
        ClosedError: at the end of the stream.
        ValueError: if a message longer than ``at_most`` is announced.
        TimeoutError: if the deadline passed.
    """
    (length,) = _LENGTH.unpack(_exactly(sock, _LENGTH.size, deadline))
    if length > at_most:
        raise ValueError(f"a message of {length} bytes is longer than the {at_most} allowed")
    return _exactly(sock, length, deadline)


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = []
    while size:
        _wait_until(sock, deadline)
        try:
            part = sock.recv(min(size, _PIECE))
        except TimeoutError:
            raise
        except OSError as error:
            raise ClosedError(str(error)) from None
        if not part:
            raise ClosedError("the other end closed the connection")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _wait_until(sock: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def send_descriptors(sock: socket.socket, descriptors: Sequence[int]) -> None:
    """Send open files; the receiver gets its own descriptors of them."""
    for start in range(0, len(descriptors), _BATCH):
        try:
            socket.send_fds(sock, [b"\0"], descriptors[start : start + _BATCH])
        except TimeoutError:
            raise
        except OSError as error:
            raise ClosedError(str(error)) from None


def receive_descriptors(sock: socket.socket, count: int) -> list[int]:
    """Receive ``count`` descriptors sent by :func:`send_descriptors`.

    Raises:
        ClosedError: if fewer arrive (too many open files, or the end of the stream).
    """
    got: list[int] = []
    while len(got) < count:
        size = min(_BATCH, count - len(got))
        byte, batch, _, _ = socket.recv_fds(sock, 1, size, socket.MSG_CMSG_CLOEXEC)
        got += batch
        if not byte or len(batch) != size:
            for descriptor in got:
                os.close(descriptor)
            raise ClosedError("fewer files arrived than were announced")
    return got
