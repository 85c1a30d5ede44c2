"""Start ``onecopy serve``, send it files, stop it."""

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
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Gate:
    """A running gate: its address, and the token it asks for."""

    url: str
    token: str

    def send(self, path: Path, case: str) -> dict[str, Any]:
        """Upload a file, as ``curl -F case=… -F file=@…`` would, and return the reply."""
        border = secrets.token_hex(16)
        head = (
            f'--{border}\r\nContent-Disposition: form-data; name="case"\r\n\r\n{case}\r\n'
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + path.read_bytes() + f"\r\n--{border}--\r\n".encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": f"multipart/form-data; boundary={border}",
        }
        try:
            with urlopen(Request(f"{self.url}/v1/uploads", body, headers), timeout=120) as reply:
                return json.load(reply)
        except HTTPError as error:
            return json.load(error)


@contextmanager
def running(folder: Path) -> Iterator[Gate]:
    """A gate on a free port whose catalog and vault are in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(24)
    command = [sys.executable, "-c", "from onecopy.cli import main; main()", "serve", "--port", "0"]
    command += ["--catalog", str(folder / "catalog.db"), "--vault", str(folder / "vault")]
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
