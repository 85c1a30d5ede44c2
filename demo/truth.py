"""Hold what a scan found against what was planted."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from demo.archive import Item

LINKABLE = {"same-bytes", "same-data", "same-image"}
BESIDE = {"edited", "unclear"}


@dataclass
class Score:
    """How a scan did. ``wrong`` and ``missed`` are sentences; both must be empty."""

    copies: int = 0
    changed: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.wrong and not self.missed and self.copies > 0


def score(findings: dict[str, Any], items: list[Item], root: str) -> Score:
    """Compare ``findings.json`` of a scan of ``root`` with the truth."""
    known = {f"{root}/{item.locator}": item for item in items}
    result = Score()
    groups = [[group["keep"], *(m["locator"] for m in group["members"])] for group in findings["groups"]]
    related: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for tie in findings["relations"]:
        related[tie["a"]].add((tie["relation"], tie["b"]))
        related[tie["b"]].add((tie["relation"], tie["a"]))
    _false_merges(result, groups, findings["relations"], known)
    _copies(result, groups, related, known)
    _changed(result, related, known)
    _unreadable(result, findings, known)
    for locator in known.keys() - _mentioned(findings):
        result.missed.append(f"{locator} is in none of the lists")
    return result


def _mentioned(findings: dict[str, Any]) -> set[str]:
    lists = ("images", "containers", "unreadable", "unmatchable", "skipped")
    return {entry["locator"] for name in lists for entry in findings[name]}


def _false_merges(
    result: Score, groups: list[list[str]], relations: list[dict[str, Any]], known: dict[str, Item]
) -> None:
    pairs = {frozenset(pair) for members in groups for pair in combinations(members, 2)}
    pairs |= {frozenset((tie["a"], tie["b"])) for tie in relations if tie["relation"] in LINKABLE}
    for one, other in sorted(tuple(sorted(pair)) for pair in pairs):
        a, b = known.get(one), known.get(other)
        if a is None or b is None or a.content != b.content:
            result.wrong.append(f"{one} and {other} are not one image")


def _copies(
    result: Score,
    groups: list[list[str]],
    related: dict[str, set[tuple[str, str]]],
    known: dict[str, Item],
) -> None:
    group_of = {locator: number for number, members in enumerate(groups) for locator in members}
    firsts: dict[str, str] = {}
    for locator, item in known.items():
        if item.error:
            continue
        first = firsts.setdefault(item.content, locator)
        if first == locator:
            continue
        together = group_of.get(locator) is not None and group_of.get(locator) == group_of.get(first)
        asked = item.how == "scanned again" and ("unclear", first) in related[locator]
        if together or asked:
            result.copies += 1
        else:
            result.missed.append(f"{locator} is a copy of {first} ({item.how})")


def _changed(result: Score, related: dict[str, set[tuple[str, str]]], known: dict[str, Item]) -> None:
    for locator, item in known.items():
        if item.error or item.content == item.picture:
            continue
        if any(
            relation in BESIDE and known[other].picture == item.picture
            for relation, other in related[locator]
        ):
            result.changed += 1
        else:
            result.missed.append(f"{locator} shows part of, or more than, an image held ({item.how})")


def _unreadable(result: Score, findings: dict[str, Any], known: dict[str, Item]) -> None:
    codes = {entry["locator"]: entry["code"] for entry in findings["unreadable"]}
    for locator, item in known.items():
        if item.error and codes.get(locator) != item.error:
            result.missed.append(f"{locator} must be reported as {item.error}, not {codes.get(locator)}")
