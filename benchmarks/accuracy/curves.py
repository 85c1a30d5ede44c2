"""``python -m benchmarks.accuracy.curves``: the last run as curves and short tables, for the docs."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from benchmarks.accuracy.ranking import Histogram, of_onecopy
from benchmarks.accuracy.results import RESULTS, Row, read
from benchmarks.accuracy.tables import form_table, short_table
from benchmarks.measure import ROOT

IMAGES = ROOT / "docs" / "images"
_COLOURS = ("#0b6e4f", "#c8553d", "#3d5a80", "#8d6a9f")
_EDGES = (0.0, 0.6, 0.75, 0.85, 0.92, 0.96, 0.985, 0.995, 1.0)
_WIDE = 1_000
_TITLES = {"same": "Encoded again", "edited": "Changed"}


def draw(rows: Sequence[Row], rules: Mapping[str, tuple[int, Histogram]], folder: Path) -> list[Path]:
    """Write the pictures.

    Args:
        rows: Of part two, and of part three if there are any.
        rules: By name: the limit that a rule names duplicates by, and its pairs by distance.
        folder: Where to.
    """
    mpl.rcParams.update({"svg.hashsalt": "onecopy", "font.size": 9, "axes.spines.top": False})
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _recall([row for row in rows if row.part == 2], rules, folder / "recall.png"),
        _reliability(rows, folder / "reliability.png"),
    ]


def _recall(rows: Sequence[Row], rules: Mapping[str, tuple[int, Histogram]], path: Path) -> Path:
    lines = {"onecopy": (99, of_onecopy(rows)), **rules}
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
    for panel, (kind, words) in zip(panels, _TITLES.items(), strict=True):
        for colour, (name, (limit, pairs)) in zip(_COLOURS, lines.items(), strict=False):
            _line(panel, pairs, kind, limit, colour, name)
        panel.set_title(words)
        panel.set_xscale("symlog", linthresh=1)
        panel.set_xlim(left=-0.1)
        panel.set_ylim(0, 1.02)
        panel.set_xlabel("different pictures called duplicates (pairs)")
        panel.grid(alpha=0.25)
    panels[0].set_ylabel("recall")
    panels[1].legend(loc="lower right", frameon=False, title="dot: the usual limit")
    return _save(figure, path)


def _line(panel: Axes, pairs: Histogram, kind: str, limit: int, colour: str, name: str) -> None:
    points = [(0, 0.0), *pairs.curve(kind)]
    points.append((max(points[-1][0], _WIDE), points[-1][1]))  # beyond, it calls nothing else a duplicate
    wrong, recall = zip(*points, strict=True)
    panel.step(wrong, recall, where="post", color=colour, label=name, linewidth=1.6)
    at = pairs.within(limit)
    panel.plot(at["other"], at[kind] / max(1, pairs.all()[kind]), "o", color=colour, markersize=5)


def _reliability(rows: Sequence[Row], path: Path) -> Path:
    """Of the verdicts with a confidence, how many are right."""
    figure, panel = plt.subplots(figsize=(4.6, 4.2), layout="constrained")
    panel.plot((0.4, 1), (0.4, 1), color="#999", linewidth=1, linestyle="--")
    groups = {
        "same-image": [row for row in rows if row.relation in {"same-image", "same-data"}],
        "edited": [row for row in rows if row.relation == "edited"],
        "same-form, same-scene": [row for row in rows if row.relation in {"same-form", "same-scene"}],
    }
    for colour, (name, mine) in zip(_COLOURS, groups.items(), strict=False):
        sure = np.array([row.confidence for row in mine])
        right = np.array([row.told_rightly for row in mine], float)
        bins = np.digitize(sure, _EDGES[1:-1])
        used = [n for n in range(len(_EDGES)) if (bins == n).any()]
        shares = [(sure[bins == n].mean(), right[bins == n].mean(), (bins == n).sum()) for n in used]
        for x, y, count in shares:
            panel.annotate(f"{count:,}", (x, y), fontsize=7, xytext=(3, -9), textcoords="offset points")
        if shares:
            panel.plot(*zip(*[one[:2] for one in shares], strict=True), "o-", color=colour, label=name)
    panel.set_xlabel("confidence")
    panel.set_ylabel("share that is right")
    panel.grid(alpha=0.25)
    panel.legend(loc="upper left", frameon=False)
    return _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> Path:
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
    return path


def main() -> None:
    results = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    if not results.exists():
        raise SystemExit(f"There is no {results}; `make bench-accuracy` writes it.")
    told = json.loads(results.read_text(encoding="utf-8"))
    rules = {
        one["name"]: (one["limit"], Histogram(np.array(one["pairs"], np.int64)))
        for one in told.get("rules", ())
    }
    rows = read(told)
    short_table(rows)
    forms = [row for row in rows if row.part == 3]
    if forms:
        form_table(forms)
    for path in draw(rows, rules, IMAGES):
        print(path)


if __name__ == "__main__":
    main()
