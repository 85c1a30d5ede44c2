"""Clients over connections that stay open: ``python -m benchmarks.gate.clients URL TOKEN N``.

Paths come on standard input; what each upload took comes as JSON. A process of its own, so that what clients
cost is not taken for what the gate costs.
"""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from benchmarks.gate.service import Service
from benchmarks.measure import ROOT

_BORDER = "b" * 40


def send(
    service: Service, paths: Sequence[Path], clients: int, *, case: str = "", agency: str = ""
) -> dict[str, Any]:
    """Upload every file once, so many at a time.

    Args:
        service: Where to.
        paths: The files.
        clients: How many at a time.
        case: The one case of all of them; by default each has its own.
        agency: Whose they are; by default the token's.

    Returns:
        ``seconds`` from the first to the last, ``each`` the seconds of every upload, and ``decisions``.
    """
    command = [
        sys.executable,
        "-m",
        "benchmarks.gate.clients",
        service.url,
        service.token,
        str(clients),
        case,
        agency,
    ]
    asked = "\n".join(map(str, paths))
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _upload(connection: http.client.HTTPConnection, token: str, path: Path, fields: dict[str, str]) -> str:
    head = "".join(
        f'--{_BORDER}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
        if value
    )
    head += f'--{_BORDER}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = head.encode() + path.read_bytes() + f"\r\n--{_BORDER}--\r\n".encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={_BORDER}",
    }
    connection.request("POST", "/v1/uploads", body, headers)
    with connection.getresponse() as response:
        said = json.load(response)
    if response.status not in (200, 201, 202):
        raise SystemExit(f"{path.name}: {response.status} {said}")
    return str(said["decision"])


def main(url: str, token: str, clients: str, case: str, agency: str) -> None:
    todo: SimpleQueue[Path] = SimpleQueue()
    for line in sys.stdin:
        todo.put(Path(line.rstrip("\n")))
    each: list[float] = []
    decisions: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=300)
        while True:
            try:
                path = todo.get_nowait()
            except Empty:
                return
            begun = time.monotonic()
            fields = {"case": case or path.stem, "agency": agency}
            decisions.append(_upload(connection, token, path, fields))
            each.append(time.monotonic() - begun)

    threads = [Thread(target=work) for _ in range(int(clients))]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump({"seconds": time.monotonic() - begun, "each": each, "decisions": decisions}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
