"""Messages over a socket."""

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from onecopy.sandbox import wire

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    a, b = socket.socketpair()
    with a, b:
        yield a, b


@pytest.mark.parametrize("size", [0, 1, 1 << 16, 3 << 20])
def test_a_message_arrives_whole(pair: Pair, size: int) -> None:
    body = os.urandom(size)
    thread = threading.Thread(target=wire.send, args=(pair[0], body))
    thread.start()
    assert wire.receive(pair[1], at_most=size) == body
    thread.join()


def test_a_message_that_is_too_long_is_not_read(pair: Pair) -> None:
    wire.send(pair[0], b"four")
    with pytest.raises(ValueError, match="longer than the 3 allowed"):
        wire.receive(pair[1], at_most=3)


def test_the_end_of_the_stream_in_a_message(pair: Pair) -> None:
    pair[0].sendall(b"\0\0\0\0\0\0\0\4ab")
    pair[0].close()
    with pytest.raises(wire.ClosedError):
        wire.receive(pair[1], at_most=100)
    with pytest.raises(wire.ClosedError):
        wire.send(pair[1], b"x" * (1 << 20))


def test_a_deadline_holds_for_all_of_a_message(pair: Pair) -> None:
    pair[0].sendall(b"\0\0\0\0\0\0\0\4ab")
    with pytest.raises(TimeoutError):
        wire.receive(pair[1], at_most=100, deadline=time.monotonic() + 0.02)
    with pytest.raises(TimeoutError):
        wire.send(pair[1], b"x" * (8 << 20), deadline=time.monotonic() + 0.02)


def test_descriptors_travel_with_messages(pair: Pair) -> None:
    read, write = os.pipe()
    wire.send(pair[0], b"two")
    wire.send_descriptors(pair[0], [read, write])
    wire.send(pair[0], b"after")
    os.close(read)
    os.close(write)
    assert wire.receive(pair[1], at_most=9) == b"two"
    read, write = wire.receive_descriptors(pair[1], 2)
    assert wire.receive(pair[1], at_most=9) == b"after"
    os.write(write, b"through")
    assert os.read(read, 9) == b"through"
    os.close(read)
    os.close(write)


def test_missing_descriptors_are_noticed(pair: Pair) -> None:
    pair[0].sendall(b"\0")
    with pytest.raises(wire.ClosedError):
        wire.receive_descriptors(pair[1], 1)
