"""Which real pictures are changed: photographs, receipts and plans that are no copies of each other."""

import csv
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.recipe import Kind
from benchmarks.pictures import CACHE, DATA

_SETS: dict[Kind, tuple[str, ...]] = {
    "photograph": ("houses", "listings", "views"),
    "receipt": ("receipts",),
    "plan": ("plans",),
}
_SHARES: dict[Kind, int] = {"photograph": 3, "receipt": 1, "plan": 1}
_SMALLEST = 400
_SHOW_THE_SAME = {
    f"plans/{number}" for number in ("0021.jpg", "0039.jpg", "0040.jpg", "0063.jpg", "0064.jpg")
}
"""Crops of 0014, 0038, 0045 and 0043, and the rendering of 0011: the truth counts them as other pictures."""


@dataclass(frozen=True)
class Original:
    """A picture to change.

    Attributes:
        name: Set and number; no other file of the benchmark begins with it.
        path: A copy in the cache, so that nothing can happen to the data.
        kind: What it is.
    """

    name: str
    path: Path
    kind: Kind


def choose(count: int, seed: int) -> list[Original]:
    """So many pictures (fewer, if there are not as many), the kinds in turn."""
    chance = random.Random(seed)
    left = {kind: list(_pictures(names)) for kind, names in _SETS.items()}
    for paths in left.values():
        chance.shuffle(paths)
    chosen: list[tuple[Path, Kind]] = []
    while len(chosen) < count and any(left.values()):
        for kind, share in _SHARES.items():
            chosen += [(left[kind].pop(), kind) for _ in range(min(share, len(left[kind])))]
    folder = CACHE / "accuracy" / "originals"
    folder.mkdir(parents=True, exist_ok=True)
    return [_copied(path, kind, folder) for path, kind in chosen[:count]]


def _pictures(names: tuple[str, ...]) -> Iterator[Path]:
    """The largest file of each picture."""
    for name in names:
        with (DATA / name / "TRUTH.tsv").open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
        rows.sort(key=lambda row: (-int(row["width"]) * int(row["height"]), row["path"]))
        seen: set[str] = set()
        for row in rows:
            new = row["same_image"] not in seen and f"{name}/{row['path']}" not in _SHOW_THE_SAME
            seen.add(row["same_image"])
            if new and min(int(row["width"]), int(row["height"])) >= _SMALLEST:
                yield DATA / name / row["path"]


def _copied(path: Path, kind: Kind, folder: Path) -> Original:
    name = f"{path.parent.name}-{path.stem}"
    copy = folder / (name + path.suffix.lower())
    if not copy.exists():
        shutil.copyfile(path, copy)
    return Original(name, copy, kind)
