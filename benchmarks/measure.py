"""Run a program and say what it cost; print tables."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ONECOPY = Path(sys.executable).with_name("onecopy")
ROOT = Path(__file__).resolve().parent.parent

_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Byte code is kept, as where a program is installed: else every start would measure the compiler."""


@dataclass(kw_only=True)
class Ran:
    """What a program cost.

    Attributes:
        seconds: From start to end.
        cpu: Processor time of it and of all its children, in seconds.
        lines: Its JSON lines, each with the time it came.
        others: How many other lines it printed.
        code: How it exited.
    """

    seconds: float
    cpu: float
    lines: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    others: int = 0
    code: int = 0


def run(command: Sequence[str | Path], *, check: bool = True) -> Ran:
    """Run a program that prints JSON lines (others are only counted)."""
    begun = time.monotonic()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL, cwd=ROOT, env=_INSTALLED
        ) as process,
    ):
        assert process.stdout is not None
        lines, others = [], 0
        for line in process.stdout:
            if line.startswith(b"{"):
                lines.append((time.monotonic() - begun, json.loads(line)))
            else:
                others += 1
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        said.seek(0)
        if check and process.returncode not in (0, 3):
            sys.stderr.write(said.read().decode(errors="replace"))
            raise SystemExit(f"{' '.join(map(str, command))} failed with exit code {process.returncode}.")
    cpu = used.ru_utime + used.ru_stime
    return Ran(seconds=seconds, cpu=cpu, lines=lines, others=others, code=process.returncode)


@contextmanager
def catalog() -> Iterator[Path]:
    """A new catalog, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="onecopy-bench-") as folder:
        yield Path(folder) / "catalog.db"


def scan(place: Path, store: Path, *, workers: int = 2) -> Ran:
    """``onecopy scan`` as a person would run it, with JSON lines."""
    return run([ONECOPY, "scan", place, "--workers", str(workers), "--catalog", store, "--json"])


def stage(ran: Ran, name: str) -> float:
    """How many seconds a stage of a scan took: from the end of the one before to its own."""
    before = 0.0
    for at, line in ran.lines:
        if line.get("stage") == name:
            return at - before
        before = at
    return 0.0


def machine() -> str:
    """The machine in general words, and what else it is doing."""
    load = os.getloadavg()[0]
    words = f"{len(os.sched_getaffinity(0))} processors, load {load:.1f} at the start"
    return words + (", SHA instructions" if "sha_ni" in _flags() else ", no SHA instructions")


def _flags() -> str:
    try:
        return Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""


def title(words: str) -> None:
    """The heading of a table."""
    print(f"\n{words}\n", flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a head, the first column to the left, the others to the right."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    for line in lines:
        first, *others = line
        cells = [first.ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
