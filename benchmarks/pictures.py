"""Distinct pictures to measure on, made from real photographs and kept in a cache outside the repository.

The photographs come from installed packages, and from ``../shared/data`` where that is present. Each picture
is another photograph, or another part of one that overlaps no other; enlarged, with grain of its own, as a
camera would store it. So no two share content, and a scan compares few of them.
"""

import csv
import hashlib
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CACHE = Path(os.environ.get("ONECOPY_BENCH_CACHE", Path(tempfile.gettempdir()) / "onecopy-bench"))

_VERSION = 1
_PACKAGED = {
    "skimage": (
        "data",
        "astronaut.png brick.png camera.png cell.png chelsea.png coffee.png coins.png grass.png gravel.png"
        " hubble_deep_field.jpg ihc.png moon.png motorcycle_left.png retina.jpg rocket.jpg",
    ),
    "sklearn": ("datasets/images", "china.jpg flower.jpg"),
    "matplotlib": ("mpl-data/sample_data", "grace_hopper.jpg"),
}
_SHARED = ("listings", "houses", "views")
_FLAT = 12.0
"""Parts of photographs with less contrast than this (standard deviation, grey levels) are left out: sky."""


@dataclass(frozen=True)
class Part:
    """One of ``grid`` × ``grid`` parts of a photograph."""

    path: Path
    grid: int
    place: int

    def pixels(self) -> Pixels:
        """The part, cut to 4:3; shape (height, width, 3)."""
        whole = _read(self.path)
        row, column = divmod(self.place, self.grid)
        height, width = whole.shape[0] // self.grid, whole.shape[1] // self.grid
        part = whole[row * height : (row + 1) * height, column * width : (column + 1) * width]
        high, wide = min(height, width * 3 // 4), min(width, height * 4 // 3)
        top, left = (height - high) // 2, (width - wide) // 2
        return np.ascontiguousarray(part[top : top + high, left : left + wide], np.uint8)


@lru_cache(maxsize=2)
def _read(path: Path) -> Pixels:
    whole = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert whole is not None, path
    return np.asarray(whole, np.uint8)


@dataclass(frozen=True)
class Kind:
    """What is made of a part: JPEGs of one size."""

    name: str
    width: int
    height: int
    grain: float
    quality: int


LARGE = Kind("large", 4000, 3000, 8.0, 88)
SMALL = Kind("small", 500, 375, 4.0, 88)


def photographs() -> list[Path]:
    """Every photograph there is, those of different places first."""
    found = [
        Path(str(files(package).joinpath(folder, name)))
        for package, (folder, names) in _PACKAGED.items()
        for name in names.split()
    ]
    first, others = [], []
    for name in _SHARED:
        truth = DATA / name / "TRUTH.tsv"
        if truth.exists():
            places: set[str] = set()
            for row in _largest(truth):
                seen = row["lookalike"] in places
                (others if seen else first).append(truth.parent / row["path"])
                places.add(row["lookalike"] or row["same_image"])
    return found + first + others


def _largest(truth: Path) -> Iterator[dict[str, str]]:
    """The largest file of each picture of a set."""
    with truth.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    rows.sort(key=lambda row: (-int(row["width"]) * int(row["height"]), row["path"]))
    seen: set[str] = set()
    for row in rows:
        if row["same_image"] not in seen and min(int(row["width"]), int(row["height"])) >= 200:
            seen.add(row["same_image"])
            yield row


def parts(count: int) -> list[Part]:
    """So many parts of photographs, as large as that allows."""
    whole = photographs()
    grid = 1
    while True:
        all_parts = [Part(path, grid, place) for path in whole for place in range(grid * grid)]
        found = [part for part in all_parts if grid == 1 or part.pixels().std() >= _FLAT]
        found.sort(
            key=lambda part: part.place
        )  # whatever their number: parts of as many photographs as there are
        if len(found) >= count:
            return found[:count]
        grid += 1


def folder(kind: Kind, count: int) -> Path:
    """A folder with so many pictures, made now if it is not in the cache."""
    state = f"{_VERSION} {kind} {[path.name for path in photographs()]}"
    place = CACHE / f"{kind.name}-{count}-{hashlib.sha256(state.encode()).hexdigest()[:8]}"
    if place.is_dir():
        return place
    print(f"Making {count} pictures of {kind.width} × {kind.height} in {place} …", flush=True)
    unfinished = place.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    todo = [(kind, part, unfinished / f"{n:05d}.jpg", n) for n, part in enumerate(parts(count))]
    todo.sort(key=lambda one: one[1].path)  # each photograph is read once
    cv2.setNumThreads(1)  # no threads may be there when the processes are forked
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        list(pool.map(make, *zip(*todo, strict=True), chunksize=8))
    return unfinished.rename(place)


def make(kind: Kind, part: Part, path: Path, seed: int) -> None:
    """Write one picture."""
    size = (kind.width, kind.height)
    large = cv2.resize(part.pixels(), size, interpolation=cv2.INTER_CUBIC)
    random = np.random.default_rng(seed)
    # Grain of two pixels, as sensors give it after the colour filter.
    grain = random.standard_normal((kind.height // 2, kind.width // 2), dtype=np.float32) * kind.grain
    noise = cv2.resize(grain, size, interpolation=cv2.INTER_LINEAR).astype(np.int16)[..., None]
    pixels = np.clip(large.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    done, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, kind.quality])
    assert done
    path.write_bytes(encoded.tobytes())


def warm(place: Path) -> int:
    """Read every file once, so that what follows finds it in memory; returns bytes."""
    return sum(len(path.read_bytes()) for path in place.rglob("*") if path.is_file())
