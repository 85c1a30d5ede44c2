"""Scans of folders as a person runs them, and what they say of each pair of files."""

import json
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.measure import ONECOPY

LINKABLE = frozenset({"same-bytes", "same-data", "same-image"})
_ORDER = ("same-bytes", "same-data", "same-image", "edited", "unclear", "same-scene", "same-form", "distinct")

Pair = tuple[str, str]
"""Names of two files without suffix, in order."""


class ScanError(Exception):
    """A scan failed; the message is its own."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a scan says of two files.

    Attributes:
        relation: The strongest one listed, where a file holds several images.
        confidence: In it.
        method: How it was found.
        words: Why.
        measures: The numbers behind it.
    """

    relation: str
    confidence: float
    method: str
    words: str
    measures: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a scan says.

    Attributes:
        claims: The relations it lists.
        grouped: Pairs of files that share a group.
        compared: The relation of every pair that was compared, also of those that are not listed.
        unreadable: Files that could not be read, with the reason.
    """

    claims: dict[Pair, Claim]
    grouped: set[Pair]
    compared: dict[Pair, str]
    unreadable: dict[str, str]

    def merged(self, pair: Pair) -> bool:
        """Whether two files are treated as one image."""
        claim = self.claims.get(pair)
        return pair in self.grouped or (claim is not None and claim.relation in LINKABLE)


def pair(one: str, other: str) -> Pair:
    """Two names as a key."""
    return (one, other) if one <= other else (other, one)


def name(locator: str) -> str:
    """Of the file in which an image lies, without folder, suffix and digest."""
    file = locator.partition("#")[0].partition("!")[0].rpartition("/")[2]
    return file.rpartition(".")[0]


def scan(folders: Iterable[Path], store: Path, out: Path) -> Said:
    """``onecopy scan``, and its findings.

    Raises:
        ScanError: It failed.
    """
    command = [ONECOPY, "scan", *folders, "--catalog", store, "--out", out, "--all-relations", "--quiet"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 3):
        raise ScanError(f"The scan ended with exit code {done.returncode}: {done.stderr[-2000:]}")
    found = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    claims: dict[Pair, Claim] = {}
    for one in found["relations"]:
        key = pair(name(one["a"]), name(one["b"]))
        if key not in claims or _rank(one["relation"]) < _rank(claims[key].relation):
            claims[key] = _claim(one)
    grouped = set()
    for group in found["groups"]:
        files = sorted({name(group["keep"]), *(name(one["locator"]) for one in group["members"])})
        grouped.update(combinations(files, 2))
    unreadable = {name(one["locator"]): one["code"] for one in found["unreadable"]}
    return Said(claims=claims, grouped=grouped, compared=_compared(store), unreadable=unreadable)


def _claim(one: dict) -> Claim:  # type: ignore[type-arg]
    seen = one["evidence"]
    return Claim(
        relation=one["relation"],
        confidence=one["confidence"],
        method=seen["method"],
        words=" ".join(seen.get("words", ())),
        measures=seen.get("measures", {}),
    )


def _rank(relation: str) -> int:
    return _ORDER.index(relation)


def _compared(store: Path) -> dict[Pair, str]:
    """From the catalog: findings do not list pairs that have nothing to do with each other."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        files: dict[int, set[str]] = defaultdict(set)
        query = "select image.id, locator from image join occurrence on occurrence.content = image.content"
        for number, locator in database.execute(query):
            files[number].add(name(locator))
        compared: dict[Pair, str] = {}
        for a, b, relation in database.execute("select a, b, relation from verdict"):
            for key in {pair(x, y) for x in files[a] for y in files[b] if x != y}:
                if key not in compared or _rank(relation) < _rank(compared[key]):
                    compared[key] = relation
    database.close()
    return compared


def copy_catalog(store: Path, to: Path) -> None:
    """A catalog that nobody has open, with all that it knows."""
    shutil.copyfile(store, to)
