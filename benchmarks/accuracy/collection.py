"""Part one: scan ``../shared/data``, and score the findings as it says."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy import beside, cost
from benchmarks.measure import table
from benchmarks.pictures import DATA
from onecopy.findings import Findings
from onecopy.model import Relation
from onecopy.pipelines.scan.run import Scan
from onecopy.report import write


class Stages:
    """Progress that remembers how long each stage took and how much it did."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float, int]] = []
        self._now: tuple[str, float] | None = None
        self._items = 0

    def stage(self, name: str, *, items: int | None = None, bytes_: int | None = None) -> None:
        self.end()
        self._now, self._items = (name, time.monotonic()), items or 0

    def advance(self, items: int = 1, bytes_: int = 0) -> None:
        pass

    def end(self) -> None:
        if self._now is not None:
            name, begun = self._now
            self.taken.append((name, time.monotonic() - begun, self._items))
        self._now = None


def measure(
    sets: Sequence[str], *, workers: int, out: Path | None, detailed: bool, rules: bool, costs: bool
) -> None:
    """Scan, score and print.

    Args:
        sets: Only these; by default everything.
        workers: Of the scan.
        out: Where the report is kept.
        detailed: List every false merge and loss.
        rules: Apply others' rules to the same files.
        costs: Judge some of the pairs again, for what that costs.
    """
    wanted = [DATA / name for name in sets] or [DATA]
    with tempfile.TemporaryDirectory(prefix="onecopy-bench-") as folder:
        kept = out or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        findings = _scan(wanted, Path(folder) / "catalog.db", kept, workers)
        _score(kept / "findings.json", sets, detailed=detailed)
        _candidates(findings)
        if costs:
            cost.measure(Path(folder) / "catalog.db")
        if rules:
            beside.measure(kept / "findings.json", sets)


def _scan(sources: list[Path], store: Path, out: Path, workers: int) -> Findings:
    stages = Stages()
    with Scan(sources, catalog=store, workers=workers) as one:
        findings = one.run(stages).findings
        stages.end()
        write(findings, out, price_per_tb_year=0, preview=one.preview)
    totals = findings.totals
    head = [f"{totals.files:,} files, {totals.images:,} images", "time", "items"]
    rows = [
        [name, f"{seconds:.1f} s", f"{items:,}" if items else ""] for name, seconds, items in stages.taken
    ]
    table(head, [*rows, ["in all", f"{sum(seconds for _, seconds, _ in stages.taken):.1f} s", ""]])
    return findings


def _score(findings: Path, sets: Sequence[str], *, detailed: bool) -> None:
    command = [sys.executable, DATA / "score.py", findings]
    scored = json.loads(subprocess.run([*command, "--json"], check=True, capture_output=True).stdout)
    shown = [one for one in scored["sets"] if not sets or one["set"] in sets]
    rows = [_row(one["set"], str(one["files"]), one) for one in shown]
    if not sets:
        whole = scored["all"]
        for word in ("pictures", "worst"):
            shares = {key: whole[key][word] for key in ("again", "again_linkable", "changed")}
            rows.append(_row(word, "", shares))
        rows.append(_row("all", "", whole | dict.fromkeys(("again", "again_linkable", "changed"))))
    head = ["set", "files", "again", "linkable", "changed", "losses", "false merges", "false edited"]
    table(head, rows)
    print(f"Linked across sets (each to be looked at): {scored['all']['across_sets']}\n")
    if detailed:
        text = subprocess.run([*command, "--list"], check=True, capture_output=True, text=True).stdout
        print("\n".join(line for line in text.splitlines() if line.startswith("  ")))


def _row(name: str, files: str, one: dict[str, float | None]) -> list[str]:
    shares = [one.get(key) for key in ("again", "again_linkable", "changed")]
    counts = [one.get(key) for key in ("losses", "false_merges", "false_edited")]
    return [
        name,
        files,
        *("–" if share is None else f"{share:.1%}" for share in shares),
        *("" if count is None else str(count) for count in counts),
    ]


def _candidates(findings: Findings) -> None:
    """What became of the pairs that were compared; occurrences that share all their bytes are left out."""
    counts = dict(findings.totals.by_relation)
    counts.pop(Relation.SAME_BYTES, None)
    compared = sum(counts.values())
    images = len({one.sha256 for one in findings.images})
    if not compared:
        return
    rows = [
        [relation, f"{counts[relation]:,}", f"{counts[relation] / compared:.1%}"]
        for relation in Relation
        if relation in counts
    ]
    rows.append(["compared", f"{compared:,}", f"{compared / max(1, images):.1f} for each distinct image"])
    table(["pairs that were compared", "pairs", "share"], rows)
