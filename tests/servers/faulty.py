"""A proxy before an HTTP server that does to single requests what networks and stores do on bad days."""

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator

Fault = str | None
"""``500``, ``503`` and so on: the proxy answers so itself. ``reset``: the connection breaks before the
request is passed on. ``lost``: it breaks after the server has done what was asked. ``hang``: no answer for a
while. ``cut``: half of the reply comes. ``flip``: one byte of the request's body is another. ``wrong``: one
byte of the reply's body is."""

HANG_SECONDS = 3.0


class Faulty:
    """Passes requests on to ``upstream``, except for what ``choose(method, path)`` says.

    ``seen`` lists every request and what was done to it.
    """

    def __init__(self, upstream: str) -> None:
        host, _, port = upstream.removeprefix("http://").partition(":")
        self._upstream = (host, int(port))
        self.choose: Callable[[str, str], Fault] = lambda method, path: None
        self.seen: list[tuple[str, str, Fault]] = []
        self.endpoint = ""

    def once(self, fault: Fault, method: str, part: str = "") -> None:
        """Do it to the next such request only."""
        left = [fault]

        def choose(asked: str, path: str) -> Fault:
            return left.pop() if left and asked == method and part in path else None

        self.choose = choose

    def always(self, fault: Fault, *methods: str) -> None:
        """Do it to all such requests."""
        self.choose = lambda asked, path: fault if asked in methods else None

    @contextlib.contextmanager
    def running(self) -> Iterator["Faulty"]:
        """Listen on a free port."""
        faulty = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    faulty._handle(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        with Server(("127.0.0.1", 0), Handler) as server:
            self.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def _handle(self, client: socket.socket) -> None:
        head, body = _request(client)
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        fault = self.choose(method, path)
        self.seen.append((method, path, fault))
        if fault == "reset":
            _reset(client)
            return
        if fault == "hang":
            time.sleep(HANG_SECONDS)
        elif fault is not None and fault.isdecimal():
            client.sendall(
                f"HTTP/1.1 {fault} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
            return
        reply = self._ask(head, _flipped(body) if fault == "flip" else body)
        if fault == "lost":
            _reset(client)
        elif fault == "cut":
            start, _, rest = reply.partition(b"\r\n\r\n")
            client.sendall(start + b"\r\n\r\n" + rest[: len(rest) // 2])
            _reset(client)
        elif fault == "wrong":
            start, _, rest = reply.partition(b"\r\n\r\n")
            client.sendall(start + b"\r\n\r\n" + _flipped(rest))
        else:
            client.sendall(reply)

    def _ask(self, head: bytes, body: bytes) -> bytes:
        """The server's whole reply, after which it closes the connection."""
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        with socket.create_connection(self._upstream, 30) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
            reply = bytearray()
            while piece := server.recv(1 << 16):
                reply += piece
        return bytes(reply)


def _request(client: socket.socket) -> tuple[bytes, bytes]:
    read = bytearray()
    while b"\r\n\r\n" not in read:
        piece = client.recv(1 << 16)
        if not piece:
            raise ConnectionError("gone before it asked")
        read += piece
    head, _, body = bytes(read).partition(b"\r\n\r\n")
    names = (line.partition(b":") for line in head.split(b"\r\n"))
    length = next((int(value) for name, _, value in names if name.lower() == b"content-length"), 0)
    rest = bytearray(body)
    while len(rest) < length:
        rest += client.recv(1 << 16)
    return head, bytes(rest)


def _flipped(body: bytes) -> bytes:
    return body[:-1] + bytes([body[-1] ^ 1]) if body else body


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
