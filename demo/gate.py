"""Start ``onecopy serve``, send it files, ask and answer, stop it."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Gate:
    """A running gate: its address, and the token it asks for."""

    url: str
    token: str

    def send(self, path: Path, case: str, **fields: str) -> dict[str, Any]:
        """Upload a file, as ``curl -F case=… -F file=@…`` would, and return the reply."""
        border = secrets.token_hex(16)
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"case": case, **fields}.items()
        ]
        parts.append(
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "".join(parts).encode() + path.read_bytes() + f"\r\n--{border}--\r\n".encode()
        return self._ask("/v1/uploads", body, f"multipart/form-data; boundary={border}")

    def get(self, path: str) -> dict[str, Any]:
        """What is at an address of the API."""
        return self._ask(path)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send an object to an address of the API."""
        return self._ask(path, json.dumps(body).encode(), "application/json")

    def current(self, case: str) -> dict[str, Any]:
        """What counts now in a case."""
        return self.get(f"/v1/cases/{quote(case, safe='')}/current")

    def _ask(self, path: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Content-Type": kind} if kind else {})
        try:
            with urlopen(Request(f"{self.url}{path}", body, headers), timeout=120) as reply:
                return json.load(reply)
        except HTTPError as error:
            return json.load(error)


@contextmanager
def running(folder: Path, catalog: Path | None = None, *, port: int = 0) -> Iterator[Gate]:
    """A gate whose vault is in ``folder``, as is its catalog if none is given."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(24)
    command = [sys.executable, "-c", "from onecopy.cli import main; main()", "serve", "--port", str(port)]
    command += ["--catalog", str(catalog or folder / "catalog.db"), "--vault", str(folder / "vault")]
    log = folder / "gate.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            command, env=os.environ | {"ONECOPY_ADMIN_TOKEN": token}, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        yield Gate(_address(process, log), token)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: "subprocess.Popen[bytes]", log: Path, patience: float = 60) -> str:
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("onecopy listens on "):
                return line.rsplit(" ", 1)[1]
        time.sleep(0.1)
    raise SystemExit(f"The gate did not start:\n{log.read_text()}")
