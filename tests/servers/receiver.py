"""A receiver of webhooks, in a process of its own. It verifies with the library of Standard Webhooks.

Run it with a folder. It prints its port, reads its secrets from there, and writes a line of JSON a request
to ``log`` there. What it does is the first part of the path: ``ok``, ``fail`` (500),
``fail-once``, ``gone`` (410), ``busy`` (503, with Retry-After), ``move`` (302 to the rest of the path),
``slow``, ``endless``, ``drip``.
"""

import contextlib
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STATUS = {"fail": 500, "gone": 410, "busy": 503, "move": 302}


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    folder: Path
    seen: dict[tuple[str, str], int] = {}  # noqa: RUF012 - of the one server

    def do_POST(self) -> None:
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError

        body = self.rfile.read(int(self.headers["content-length"]))
        id = self.headers["webhook-id"]
        self.seen[self.path, id] = self.seen.get((self.path, id), 0) + 1
        how = self.path.split("/")[1]
        try:
            Webhook((self.folder / f"secret-{how}").read_text()).verify(body, dict(self.headers.items()))
            verified = True
        except (WebhookVerificationError, FileNotFoundError, RuntimeError):
            verified = False
        line = {"path": self.path, "id": id, "verified": verified, "body": json.loads(body)}
        line["headers"] = {name.lower(): value for name, value in self.headers.items()}
        with (self.folder / "log").open("a") as log:
            log.write(json.dumps(line) + "\n")
        with contextlib.suppress(OSError):
            self.answer(how, self.seen[self.path, id])

    def answer(self, how: str, times: int) -> None:
        if how == "slow":
            time.sleep(30)
        status = STATUS.get(how, 500 if how == "fail-once" and times == 1 else 204)
        self.send_response(200 if how in ("endless", "drip") else status)
        if how == "busy":
            self.send_header("Retry-After", "7")
        if how == "move":
            self.send_header("Location", self.path.removeprefix("/move/"))
        self.end_headers()
        while how in ("endless", "drip"):
            self.wfile.write(b"x" * (1 if how == "drip" else 1 << 16))
            self.wfile.flush()
            time.sleep(0.05 if how == "drip" else 0)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Receiver:
    """A running receiver, as tests see it."""

    folder: Path
    port: int
    scheme: str = "http"

    def url(self, path: str = "/ok", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def trust(self, secret: str, path: str = "/ok") -> None:
        """What is sent to a path is signed with this from now on."""
        (self.folder / f"secret-{path.split('/')[1]}").write_text(secret)

    def told(self, path: str = "/") -> list[dict[str, Any]]:
        """What came so far to paths that begin like this."""
        log = self.folder / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in map(json.loads, lines) if line["path"].startswith(path)]

    def wait(self, number: int, path: str = "/", seconds: float = 120) -> list[dict[str, Any]]:
        """Wait for so many requests."""
        end = time.monotonic() + seconds
        while len(found := self.told(path)) < number:
            assert time.monotonic() < end, f"only {len(found)} of {number} messages came to {path}"
            time.sleep(0.05)
        return found


@contextlib.contextmanager
def running(folder: Path, *, certificate: Path | None = None) -> Iterator[Receiver]:
    """Start a receiver, and stop it in the end."""
    command = [sys.executable, __file__, str(folder), *([str(certificate)] if certificate else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield Receiver(folder, port, "https" if certificate else "http")
        finally:
            process.kill()


def main() -> None:
    """The life of the process."""
    Handler.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
