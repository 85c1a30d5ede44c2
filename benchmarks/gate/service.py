"""A gate that runs as a person would run it, and what it costs."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.measure import ONECOPY, ROOT

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Service:
    """A gate that answers."""

    url: str
    token: str
    pid: int

    def cpu(self) -> float:
        """Processor seconds of it and of everything that it started, so far."""
        return sum(_cpu(pid) for pid in _family(self.pid))

    def metrics(self) -> dict[str, float]:
        """Its figures, by name and labels as they are written."""
        request = Request(f"{self.url}/metrics", headers={"Authorization": f"Bearer {self.token}"})
        with urlopen(request, timeout=60) as reply:
            lines = [line.rsplit(" ", 1) for line in reply.read().decode().splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines}


@contextmanager
def running(*arguments: str, folder: Path | None = None) -> Iterator[Service]:
    """``onecopy serve`` with a new catalog and vault, or those of a folder."""
    with tempfile.TemporaryDirectory(prefix="onecopy-bench-") as made:
        place = folder or Path(made)
        token = secrets.token_urlsafe(24)
        command = [ONECOPY, "serve", "--port", "0", "--requests-per-minute", "0", "--log-level", "warning"]
        command += ["--catalog", place / "catalog.db", "--vault", place / "vault", *arguments]
        with subprocess.Popen(
            command,
            env=os.environ | {"ONECOPY_ADMIN_TOKEN": token},
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as process:
            try:
                yield Service(_address(process), token, process.pid)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(90)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if line.startswith("onecopy listens on "):
            url = line.split()[-1]
        if "/v1/uploads" in line:
            return url
    sys.exit("The gate did not start; its message is above.")


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except OSError:
        return


def _cpu(pid: int) -> float:
    """Of a process and of those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[n]) for n in (11, 12, 13, 14)) / _TICK
