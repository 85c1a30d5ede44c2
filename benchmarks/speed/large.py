"""12-megapixel JPEGs: the whole scan beside the bare scaled decoder."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Ran, catalog, middle, run, scan, stage, table, title
from benchmarks.pictures import LARGE, folder, warm

GOAL = 0.80


@dataclass(frozen=True)
class Round:
    """One round, interleaved, so that whatever else the machine does falls on all alike."""

    colour: dict[str, Any]
    grey: dict[str, Any]
    alone: Ran
    whole: Ran

    @property
    def identify(self) -> float:
        """Seconds of the scan's reading: digests, decode, fingerprints, catalog."""
        return stage(self.whole, "Reading")

    @property
    def work(self) -> float:
        """Seconds of the scan but for start-up."""
        return self.whole.seconds - self.alone.seconds

    @property
    def cpu(self) -> float:
        """Processor seconds of the scan but for start-up."""
        return self.whole.cpu - self.alone.cpu


def measure(count: int, rounds: int) -> None:
    place, one = folder(LARGE, count), folder(LARGE, 1)
    size = warm(place) + warm(one)
    made = [_round(place, one) for _ in range(rounds)]
    title(f"{count} JPEGs of 12 megapixels, {size / count / 1e6:.1f} MB each; median of {rounds} rounds")
    _times(count, made)
    _ratios(made)


def _round(place: Path, one: Path) -> Round:
    decoder = [sys.executable, "-m", "benchmarks.speed.decoder", place]
    colour = run([*decoder, "RGB"]).lines[-1][1]
    with catalog() as first, catalog() as second:
        alone, whole = scan(one, first), scan(place, second)
    return Round(colour=colour, grey=run([*decoder, "L"]).lines[-1][1], alone=alone, whole=whole)


def _times(count: int, made: list[Round]) -> None:
    done = made[-1].whole.lines[-1][1]["totals"]
    compared = sum(done["by_relation"].values())

    def row(name: str, seconds: list[float], cpu: list[float] | None, images: int) -> list[str]:
        each = middle(cpu) / images * 1000 if cpu else None
        return [
            name,
            f"{middle(seconds):.2f} s",
            f"{min(seconds):.2f} s",
            f"{images / middle(seconds):.0f}",
            f"{each:.1f} ms" if each else "",
        ]

    rows = [
        row(
            "bare decoder at 1/8, colour",
            [r.colour["seconds"] for r in made],
            [r.colour["cpu"] for r in made],
            count,
        ),
        row(
            "bare decoder at 1/8, grey",
            [r.grey["seconds"] for r in made],
            [r.grey["cpu"] for r in made],
            count,
        ),
        row("onecopy scan, whole", [r.whole.seconds for r in made], [r.whole.cpu for r in made], count),
        row("  of it: reading", [r.identify for r in made], None, count),
        row("  without start-up", [r.work for r in made], [r.cpu for r in made], count),
        row(
            "onecopy scan of one (start-up)", [r.alone.seconds for r in made], [r.alone.cpu for r in made], 1
        ),
    ]
    table(["two processes each", "median", "best", "images/s", "CPU an image"], rows)
    print(f"The scan compared {compared} pairs by their pixels.\n")


def _ratios(made: list[Round]) -> None:
    def row(name: str, against: str, key: str) -> list[str]:
        whole = [getattr(r, against)["seconds"] / r.whole.seconds for r in made]
        work = [getattr(r, against)["seconds"] / r.work for r in made]
        read = [getattr(r, against)["seconds"] / r.identify for r in made]
        cpu = [getattr(r, against)["cpu"] / r.cpu for r in made]
        return [name, *(f"{middle(values):.2f}" for values in (whole, work, read, cpu)), f"≥ {GOAL:.2f}"]

    rows = [row("colour", "colour", ""), row("grey", "grey", "")]
    head = [
        "share of the decoder's speed",
        "whole",
        "without start-up",
        "reading",
        "CPU, without start-up",
        "goal",
    ]
    table(head, rows)
