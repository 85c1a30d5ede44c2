"""Part one beside others' rules: every two files of a set, ranked by how alike they are said to be."""

import json
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.accuracy import rules
from benchmarks.accuracy.ranking import CLASSES, Histogram, distance, rule_table
from benchmarks.measure import title
from benchmarks.pictures import DATA

Key = tuple[str, str]
"""Set and path, as ``score.py`` has them."""


def measure(findings: Path, sets: Sequence[str]) -> None:
    """Print how well the findings of a scan and others' rules rank the pairs whose truth is known."""
    score = _score()
    truth = {name: rows for name, rows in score.load_truth(DATA).items() if not sets or name in sets}
    classes = {
        ((name, a), (name, b)): "edited" if score.is_changed(rows[a], rows[b]) else "same"
        for name, rows in truth.items()
        for a, b in combinations(sorted(rows), 2)
        if rows[a]["same_image"] == rows[b]["same_image"]
    }
    told = json.loads(findings.read_text(encoding="utf-8"))
    ours = _of_findings(told, truth, classes, score)
    files = [{f"{name}/{path}": DATA / name / path for path in rows} for name, rows in truth.items()]
    named = {("/".join(a), "/".join(b)): kind for (a, b), kind in classes.items()}
    made = rules.measure(files, named, sift=False)
    title("Part one beside others' rules, on the same files")
    lines = [("onecopy: links", 99, ours), ("onecopy: links or edited", 199, ours)]
    rule_table([*lines, *((one.name, one.limit, one.pairs) for one in made)])


def _score() -> ModuleType:
    spec = spec_from_file_location("score", DATA / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _of_findings(
    told: dict[str, Any], truth: dict[str, Any], classes: dict[tuple[Key, Key], str], score: ModuleType
) -> Histogram:
    """The pairs of a scan: by relation and confidence; those in one group, where that is nearer."""
    nearest: dict[tuple[Key, Key], int] = {}
    for one in told["relations"]:
        a, b = score.key_of(one["a"], truth), score.key_of(one["b"], truth)
        if a and b and a[0] == b[0]:
            nearest[min(a, b), max(a, b)] = distance(one["relation"], one["confidence"])
    for (a, b), said in score.claims_of(told, truth).items():
        if a[0] == b[0] and "linkable" in said:
            nearest[a, b] = min(nearest.get((a, b), 99), 99)
    far = distance("", 0)
    pairs = list(dict.fromkeys([*nearest, *classes]))
    made = Histogram()
    made.add(
        np.array([nearest.get(pair, far) for pair in pairs], np.int64),
        np.array([CLASSES.index(classes.get(pair, "other")) for pair in pairs], np.int64),
    )
    return made
