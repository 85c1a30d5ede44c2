"""Peak memory of a scan, by number of files: all its processes together, shared pages counted once."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ONECOPY, catalog, table, title
from benchmarks.pictures import SMALL, folder

_LOOK_SECONDS = 0.05


def measure(few: int, many: int) -> None:
    peaks = {count: _peaks(folder(SMALL, count)) for count in (few, many)}
    title("Peak memory of a scan on two workers, by number of images")
    rows = [
        [f"{count:,} images", f"{whole / 1e6:.0f} MB", f"{parent / 1e6:.0f} MB"]
        for count, (whole, parent) in peaks.items()
    ]
    each = [(peaks[many][n] - peaks[few][n]) / (many - few) for n in (0, 1)]
    rows.append(["for each further image", *(f"{one / 1000:.1f} kB" for one in each)])
    table(["", "all processes", "the main one"], rows)


def _peaks(place: Path) -> tuple[int, int]:
    """Most bytes that all processes of a scan used at once, and the main one alone."""
    with catalog() as store:
        command = [ONECOPY, "scan", place, "--workers", "2", "--catalog", store, "--quiet"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        looks: list[tuple[int, int]] = []
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(_LOOK_SECONDS):
                looks.append((sum(map(_used, _family(process.pid))), _used(process.pid)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = process.wait()
        ended.set()
        watcher.join()
        assert code == 0, code
        return max(whole for whole, _ in looks), max(parent for _, parent in looks)


def _family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = tasks.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _used(pid: int) -> int:
    """Bytes a process uses, its share of what it shares; without the files it maps; 0 if it is gone."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    kinds = {line.split()[0]: int(line.split()[1]) << 10 for line in told.splitlines()[1:]}
    return kinds["Pss:"]
