"""Processes of a service end with the one that started them."""

import os
import signal
import time
from pathlib import Path


def family(pid: int) -> set[int]:
    """The processes below one, at any depth."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    below, before = {pid}, 0
    while len(below) > before:
        before = len(below)
        below |= {child for child, parent in parents.items() if parent in below}
    return below - {pid}


def test_killing_the_supervisor_leaves_no_process(make_service):
    service = make_service(arguments=("--workers", "2")).start()
    with service.client() as client:
        assert client.get("/healthz").status_code == 200
    below = family(service.process.pid)
    assert len(below) >= 2
    os.kill(service.process.pid, signal.SIGKILL)
    service.process.wait()
    until = time.monotonic() + 20
    while time.monotonic() < until and any(Path(f"/proc/{pid}/exe").exists() for pid in below):
        time.sleep(0.1)
    assert not [pid for pid in below if Path(f"/proc/{pid}/exe").exists()]
