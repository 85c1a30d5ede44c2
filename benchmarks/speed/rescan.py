"""A second scan of an unchanged tree beside a bare walk of it, in one process.

``python -m benchmarks.speed.rescan FOLDER CATALOG ROUNDS`` prints the times as JSON.
"""

import json
import os
import shutil
import sys
import time
import zlib
from pathlib import Path

from benchmarks.measure import catalog, middle, run, scan, table, title
from benchmarks.pictures import CACHE

GOAL = 5.0
_IN_A_FOLDER = 200


def tree(count: int) -> Path:
    """A tree of so many distinct, tiny pictures (too small to be matched by looks: only files count here)."""
    place = CACHE / f"tree-{count}"
    if place.is_dir():
        return place
    print(f"Making a tree of {count:,} files in {place} …", flush=True)
    unfinished = place.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    for number in range(count):
        inside = unfinished / f"{number // _IN_A_FOLDER:04d}"
        if number % _IN_A_FOLDER == 0:
            inside.mkdir(parents=True)
        (inside / f"IMG_{number:06d}.png").write_bytes(_png(number))
    return unfinished.rename(place)


def _png(number: int) -> bytes:
    """A picture of 8 × 8 pixels that no other number gives."""
    row = b"\0" + number.to_bytes(3, "big") * 8
    chunks = (
        (b"IHDR", (8).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])),
        (b"IDAT", zlib.compress(row * 8)),
        (b"IEND", b""),
    )
    made = b"\x89PNG\r\n\x1a\n"
    for name, body in chunks:
        made += len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
    return made


def walk(folder: str) -> int:
    """The least that finding out whether anything changed can cost: list all, ask for every state."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                count += walk(entry.path)
            else:
                entry.stat(follow_symlinks=False)
                count += 1
    return count


def measure(count: int, rounds: int) -> None:
    place = tree(count)
    with catalog() as store:
        first = scan(place, store)
        again = [scan(place, store).seconds for _ in range(2)]
        command = [sys.executable, "-m", "benchmarks.speed.rescan", place, store, str(rounds)]
        times = run(command).lines[-1][1]
    title(f"A tree of {count:,} small files, unchanged since the last scan; median of {rounds} rounds")
    bare, rescan = middle(times["walk"]), middle(times["rescan"])
    rows = [
        ["first scan, the whole command", f"{first.seconds:.2f} s", ""],
        ["bare os.scandir and stat", f"{bare:.3f} s", "1.0"],
        ["rescan, without start-up", f"{rescan:.3f} s", f"{middle(times['ratio']):.1f}"],
        ["rescan, the whole command", f"{min(again):.3f} s", ""],
    ]
    table(["", "time", f"walks (goal ≤ {GOAL:.0f})"], rows)


def main(folder: str, store: str, rounds: str) -> None:
    from onecopy.pipelines.scan.run import Scan

    walks, rescans = [], []
    for _ in range(int(rounds)):
        begun = time.monotonic()
        walk(folder)
        between = time.monotonic()
        with Scan([folder], catalog=store) as one:
            scanned = one.run()
        rescans.append(time.monotonic() - between)
        walks.append(between - begun)
        assert not scanned.changes.read, "the tree changed"
    ratios = [rescan / bare for bare, rescan in zip(walks, rescans, strict=True)]
    print(json.dumps({"walk": walks, "rescan": rescans, "ratio": ratios}))


if __name__ == "__main__":
    main(*sys.argv[1:])
