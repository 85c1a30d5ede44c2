"""What others' rules say of the same files: PDQ within 31, pHash within 10, perception's SIFT matcher."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.ranking import CLASSES, NEVER, Histogram
from benchmarks.peers.tools import AbsentError, Python

HASHES = Python("hashes", (("pdqhash==0.2.8", "ImageHash==4.3.2", "pillow>=12", "pillow-heif>=1"),))
SIFT = Python("perception", (("perception[approximate-deduplication]==0.9.3",),))
_GOOD_ENOUGH = 50
"""Quality below which PDQ's authors advise against using it."""

Bits = npt.NDArray[np.uint8]


@dataclass(kw_only=True)
class Rule:
    """A rule and how often it calls two files duplicates.

    Attributes:
        name: Of the rule, with its limit.
        limit: The distance up to which it calls two files duplicates.
        pairs: By distance, how many pairs of each class there are.
        unread: Files of which it could make nothing.
    """

    name: str
    limit: int
    pairs: Histogram = field(default_factory=Histogram)
    unread: int = 0


Scans = Sequence[Mapping[str, Path]]
"""The files of each scan, by name; two originals (no ``~`` in the name) may be in several."""
Classes = Mapping[tuple[str, str], str]
"""``same`` or ``edited`` for the pairs of names that show one picture."""


def measure(scans: Scans, classes: Classes, *, sift: bool = True) -> list[Rule]:
    """Apply the rules to every two files of each scan; a tool that cannot be had is named aloud."""
    rules: list[Rule] = []
    for tool, apply in ((HASHES, _by_hash), (SIFT, _by_sift)):
        if tool is SIFT and not sift:
            continue
        try:
            tool.ready()
            rules += apply(scans, classes)
        except AbsentError as error:
            print(f"SKIPPED {tool.name}: {error}.", flush=True)
    return rules


def _ask(tool: Python, script: str, paths: Iterable[Path]) -> Any:
    command = [tool.python, Path(__file__).with_name(script)]
    asked = json.dumps([str(path) for path in paths])
    done = subprocess.run(command, input=asked, check=False, capture_output=True, text=True)
    if done.returncode:
        raise AbsentError((done.stderr.strip().splitlines() or ["it failed"])[-1])
    return json.loads(done.stdout.splitlines()[-1])


def _by_hash(scans: Scans, classes: Classes) -> list[Rule]:
    hashes = _ask(HASHES, "run_hashes.py", {path for files in scans for path in files.values()})
    pdq, phash = Rule(name="PDQ ≤ 31, quality ≥ 50", limit=31), Rule(name="pHash ≤ 10", limit=10)
    met: set[str] = set()
    for files in scans:
        names = sorted(files)
        read = [hashes.get(str(files[name])) for name in names]
        fine = np.array([one is not None for one in read])
        good = np.array([one is not None and one[1] >= _GOOD_ENOUGH for one in read])
        pdq.unread += sum(one is None for name, one in zip(names, read, strict=True) if name not in met)
        phash.unread = pdq.unread
        for rule, place, length, usable in ((pdq, 0, 64, good), (phash, 2, 16, fine)):
            words = [bytes.fromhex(one[place] if one else "0" * length) for one in read]
            distances = _distances(np.array([list(word) for word in words], np.uint8))
            distances[~usable] = distances[:, ~usable] = NEVER
            _count(rule, names, distances, classes, met)
        met |= {name for name in names if "~" not in name}
    return [pdq, phash]


def _distances(words: Bits) -> npt.NDArray[np.int64]:
    bits = np.unpackbits(words, axis=1).astype(np.float32)
    ones = bits.sum(axis=1)
    return np.rint(ones[:, None] + ones[None] - 2 * bits @ bits.T).astype(np.int64)


def _count(
    rule: Rule,
    names: Sequence[str],
    distances: npt.NDArray[np.int64],
    classes: Classes,
    met: set[str],
) -> None:
    """Add the pairs of one scan; two originals count in the first one only."""
    known = np.array([name in met for name in names])
    first, second = np.triu_indices(len(names), 1)
    kinds = _kinds(names, classes)[first, second]
    counted = ~(known[first] & known[second]) & (kinds >= 0)
    rule.pairs.add(distances[first, second][counted], kinds[counted])


def _kinds(names: Sequence[str], classes: Classes) -> npt.NDArray[np.int64]:
    """The class of each two files; -1 where both were made and show one original, which is not asked."""
    of = {name: place for place, name in enumerate(names)}
    shows = np.eye(len(names))
    for a, b in classes:
        if a in of and b in of:
            shows[of[b], of[a]] = 1
    kinds = np.where(shows @ shows.T > 0, -1, CLASSES.index("other"))
    for (a, b), kind in classes.items():
        if a in of and b in of:
            kinds[of[a], of[b]] = kinds[of[b], of[a]] = CLASSES.index(kind)
    return kinds


def _by_sift(scans: Scans, classes: Classes) -> list[Rule]:
    """It calls two files duplicates or not: distance 0, or never."""
    rule = Rule(name="perception's SIFT", limit=0)
    met: set[str] = set()
    for files in scans:
        names = sorted(files)
        of = {str(path): names.index(name) for name, path in files.items()}
        distances = np.full((len(names), len(names)), NEVER)
        for a, b in _ask(SIFT, "run_sift.py", files.values()):
            distances[of[a], of[b]] = distances[of[b], of[a]] = 0
        _count(rule, names, distances, classes, met)
        met |= {name for name in names if "~" not in name}
    return [rule]
