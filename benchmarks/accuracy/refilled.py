"""Part three: forms that differ in a character, a digit or a tick, scanned; and scanned again."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from demo import paper
from PIL import Image

from benchmarks.accuracy.forms import CHANGES, TEMPLATES, Filled, changed, drawn, filled
from benchmarks.accuracy.results import Row, judged
from benchmarks.accuracy.scans import scan

RESOLUTIONS = (100, 150, 300)
_UNCHANGED = ("first", "again")
_POOR = 100
"""Dots an inch at which ``unclear`` is a right answer."""


@dataclass(frozen=True)
class Scanner:
    """A way to get a sheet into a file."""

    name: str
    skew: float
    noise: float
    suffix: str


SCANNERS = (
    Scanner("rendered", 0.0, 0.0, ".png"),
    Scanner("clean", 0.4, 1.2, ".png"),
    Scanner("noisy", 1.8, 3.0, ".jpg"),
    Scanner("threshold", 0.8, 1.5, ".tif"),
)


@dataclass(frozen=True)
class Scanned:
    """One file: whose sheet, how it was changed, and through which scanner it went."""

    form: Filled
    change: str
    scanner: str
    path: Path


class Refilled:
    """A run of part three.

    Args:
        sheets: How many of each template at each resolution.
        seed: Of all that is left to chance.
        keep: Where the scanned sheets and the findings are left.
    """

    def __init__(self, *, sheets: int, seed: int, keep: Path | None) -> None:
        self._batches = [(dpi, number) for number in range(sheets) for dpi in RESOLUTIONS]
        self._seed = seed
        self._keep = keep
        self.rows: list[Row] = []

    def run(self) -> None:
        """Go through all batches; what was done before an interrupt stays in ``rows``."""
        begun = time.monotonic()
        for number, (dpi, batch) in enumerate(self._batches):
            with tempfile.TemporaryDirectory(prefix="onecopy-bench-") as work:
                place = (self._keep or Path(work)) / f"forms-{dpi}-{batch}"
                (place / "sheets").mkdir(parents=True, exist_ok=True)
                files = list(self._made(place / "sheets", dpi, batch))
                said = scan([place / "sheets"], Path(work) / "catalog.db", place / "out")
                self.rows += [
                    judged(_asked(a, b, dpi), said) for a, b in combinations(files, 2) if _alike(a, b)
                ]
            left = (time.monotonic() - begun) / (number + 1) * (len(self._batches) - number - 1)
            print(
                f"Scan {number + 1} of {len(self._batches)} ({dpi} dpi): {len(self.rows):,} pairs, "
                f"{sum(row.right for row in self.rows):,} right, {sum(row.lost for row in self.rows)} merged "
                f"wrongly; about {int(left) // 60}:{int(left) % 60:02d} left",
                flush=True,
            )

    def _made(self, folder: Path, dpi: int, batch: int) -> Iterator[Scanned]:
        """Of each template a sheet, scanned again by every scanner; its changes; and another sheet."""
        for template in TEMPLATES:
            random = np.random.default_rng((self._seed, dpi, batch, TEMPLATES.index(template)))
            form = filled(template, random)
            again = [("again", form, scanner) for scanner in SCANNERS[1:]]
            changes = [(how, changed(form, how, random), _any(random)) for how in CHANGES]
            versions = [("first", form, _any(random)), *again, *changes]
            versions.append(("another", filled(template, random), _any(random)))
            for change, version, scanner in versions:
                name = f"{template}-{dpi}-{batch}-{change.replace(' ', '-')}-{scanner.name}"
                path = _scan(version, scanner, dpi, folder / (name + scanner.suffix), random)
                yield Scanned(version, change, scanner.name, path)


def _any(random: np.random.Generator) -> Scanner:
    return SCANNERS[int(random.integers(len(SCANNERS)))]


def _scan(form: Filled, scanner: Scanner, dpi: int, path: Path, random: np.random.Generator) -> Path:
    sheet = drawn(form)
    if scanner.name == "rendered":
        size = (round(sheet.width * dpi / paper.DPI), round(sheet.height * dpi / paper.DPI))
        sheet.resize(size, Image.Resampling.LANCZOS).save(path, dpi=(dpi, dpi))
        return path
    skew = float(random.uniform(0.3, 1)) * scanner.skew * float(random.choice((-1, 1)))
    page = paper.scan(sheet, int(random.integers(1 << 30)), dpi=dpi, skew=skew, noise=scanner.noise)
    if scanner.name == "threshold":
        _, black = cv2.threshold(page, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        Image.fromarray(black).convert("1").save(path, compression="group4", dpi=(dpi, dpi))
        return path
    options = {"quality": 75} if scanner.suffix == ".jpg" else {}
    Image.fromarray(page).save(path, dpi=(dpi, dpi), **options)
    return path


def _alike(a: Scanned, b: Scanned) -> bool:
    """Whether a row is made of two files: those of one template are."""
    return a.form.template == b.form.template


def _asked(a: Scanned, b: Scanned, dpi: int) -> dict[str, object]:
    first, second = sorted((a, b), key=lambda one: (one.change not in _UNCHANGED, one.path.name))
    if a.form == b.form:
        what = "scanned again"
    elif "another" in {a.change, b.change}:
        what = "filled in anew"
    else:
        what = second.change if first.change in _UNCHANGED else "several changes"
    return {
        "part": 3,
        "a": first.path.stem,
        "b": second.path.stem,
        "path_a": str(first.path),
        "path_b": str(second.path),
        "kind": " and ".join(sorted((first.scanner, second.scanner))),
        "recipe": what,
        "strength": f"{dpi} dpi",
        "expected": "same" if a.form == b.form else "other",
        "unclear_is_right": dpi <= _POOR,
    }
