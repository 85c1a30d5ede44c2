"""Part two: real pictures, changed by the tools people use, scanned together with the originals."""

import multiprocessing
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from benchmarks.accuracy.making import Case, Made, batches, make_all
from benchmarks.accuracy.originals import Original, choose
from benchmarks.accuracy.recipe import Recipe
from benchmarks.accuracy.results import OTHERS, Row, judged
from benchmarks.accuracy.scans import Said, copy_catalog, scan
from benchmarks.pictures import CACHE


@dataclass(kw_only=True)
class Outcome:
    """What part two found.

    Attributes:
        rows: One for each case, and one for each two different pictures that were compared.
        unfit: Cases that a picture does not allow, with the reason.
        unreadable: Made files that could not be read.
        scans: The files of each scan, by name.
    """

    rows: list[Row] = field(default_factory=list)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    scans: list[dict[str, Path]] = field(default_factory=list)

    @property
    def classes(self) -> dict[tuple[str, str], str]:
        """``same`` or ``edited``, for each original and what was made of it."""
        return {(row.a, row.b): row.expected for row in self.rows if row.recipe != OTHERS}


class Changed:
    """A run of part two.

    Args:
        images: How many originals.
        each: How many of them get each recipe at each strength, at least.
        recipes: Which are followed.
        seed: Of all that is left to chance.
        keep: Where findings are left.
        after: Called after each scan.
    """

    def __init__(
        self,
        *,
        images: int,
        each: int,
        recipes: Sequence[Recipe],
        seed: int,
        keep: Path | None,
        after: Callable[[Outcome], None],
    ) -> None:
        self._originals = choose(images, seed)
        self._batches = batches(self._originals, recipes, each, seed)
        self._seed = seed
        self._keep = keep
        self._after = after
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Go through all batches; what was done before an interrupt stays in ``outcome``."""
        every = sum(map(len, self._batches))
        print(
            f"{len(self._originals)} originals, {every:,} cases in {len(self._batches)} scans; "
            f"made files are kept in {CACHE / 'accuracy'}",
            flush=True,
        )
        cv2.setNumThreads(1)  # no threads may be there when the processes are forked
        context = multiprocessing.get_context("fork")
        with (
            tempfile.TemporaryDirectory(prefix="onecopy-bench-") as work,
            ProcessPoolExecutor(2, context, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool,
        ):
            place = Path(work)
            originals = _folder(place / "originals", {one.name: one.path for one in self._originals})
            print("Scanning the originals alone …", flush=True)
            before = scan([originals], place / "base.db", place / "out")
            self._look_at_others(before, *self._of_originals())
            begun = time.monotonic()
            for number, cases in enumerate(self._batches):
                made = list(make_all(cases, self._seed, pool))
                self._scan(place, originals, made, number)
                self._tell(number, time.monotonic() - begun)
        return self.outcome

    def _of_originals(self) -> tuple[dict[str, set[str]], dict[str, Path]]:
        """What each shows: itself; and where it is."""
        return (
            {one.name: {one.name} for one in self._originals},
            {one.name: one.path for one in self._originals},
        )

    def _scan(self, place: Path, originals: Path, made: Sequence[Made], number: int) -> None:
        there = [one for one in made if one.path is not None]
        self.outcome.unfit += [(one.case.name, one.unfit) for one in made if one.path is None]
        files = {one.case.name: one.path for one in there if one.path}
        folder = _folder(place / "made", files)
        copy_catalog(place / "base.db", place / "batch.db")
        said = scan([originals, folder], place / "batch.db", place / "out")
        self.outcome.unreadable |= said.unreadable
        shown, everything = self._of_originals()
        everything |= files
        self.outcome.scans.append(everything)
        for one in there:
            case = one.case
            shown[case.name] = {case.original.name, *(other.name for other in case.others)}
            for original in (case.original, *case.others):
                self.outcome.rows.append(judged(_asked(case, original, files[case.name]), said))
        self._look_at_others(said, shown, everything)
        if self._keep is not None:
            shutil.copytree(place / "out", self._keep / f"batch-{number:03d}", dirs_exist_ok=True)
        shutil.rmtree(folder)
        for old in place.glob("batch.db*"):
            old.unlink()

    def _look_at_others(self, said: Said, shown: dict[str, set[str]], files: dict[str, Path]) -> None:
        """What is said of files that show nothing in common; of two originals only once."""
        met = {(row.a, row.b) for row in self.outcome.rows if row.recipe == OTHERS}
        for a, b in sorted({*said.compared, *said.claims, *said.grouped} - met):
            if a in shown and b in shown and not shown[a] & shown[b]:
                self.outcome.rows.append(judged(_different(a, b, files), said))

    def _tell(self, number: int, seconds: float) -> None:
        done, every = number + 1, len(self._batches)
        left = seconds / done * (every - done)
        rows = self.outcome.rows
        self._after(self.outcome)
        print(
            f"Scan {done} of {every}: {len(rows):,} pairs, {sum(row.right for row in rows):,} right, "
            f"{sum(row.lost for row in rows)} merged wrongly; "
            f"about {int(left) // 60}:{int(left) % 60:02d} left",
            flush=True,
        )


def _asked(case: Case, original: Original, path: Path) -> dict[str, object]:
    recipe = case.how
    return {
        "part": 2,
        "a": original.name,
        "b": case.name,
        "path_a": str(original.path),
        "path_b": str(path),
        "kind": original.kind,
        "recipe": case.recipe,
        "strength": case.strength,
        "expected": recipe.same,
        "unclear_is_right": original.kind != "photograph" and case.strength in recipe.unclear,
    }


def _different(a: str, b: str, files: dict[str, Path]) -> dict[str, object]:
    return {
        "part": 2,
        "a": a,
        "b": b,
        "path_a": str(files[a]),
        "path_b": str(files[b]),
        "kind": a.partition("-")[0],
        "recipe": OTHERS,
        "strength": "",
        "expected": "other",
    }


def _folder(place: Path, files: dict[str, Path]) -> Path:
    place.mkdir()
    for name, path in files.items():
        shutil.copyfile(path, place / (name + path.suffix))
    return place
