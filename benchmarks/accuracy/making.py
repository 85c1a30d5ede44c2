"""Cases: one picture and what happened to it, as files in the cache."""

import hashlib
import math
import random
import sys
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.originals import Original
from benchmarks.accuracy.recipe import Recipe, UnfitError, Work
from benchmarks.accuracy.recipes import ALL
from benchmarks.pictures import CACHE

_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Case:
    """A picture, a recipe and how strongly it is followed.

    Attributes:
        original: The picture.
        recipe: Its name.
        strength: Of the recipe.
        others: Further pictures that the result shows.
    """

    original: Original
    recipe: str
    strength: str
    others: tuple[Original, ...] = ()

    @property
    def name(self) -> str:
        """The made file's, without suffix."""
        return f"{self.original.name}~{self.recipe}~{self.strength}"

    @property
    def how(self) -> Recipe:
        """The recipe."""
        return ALL[self.recipe]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A case and its file, or why there is none."""

    case: Case
    path: Path | None
    unfit: str = ""


def batches(
    originals: Sequence[Original], recipes: Sequence[Recipe], each: int, seed: int
) -> list[list[Case]]:
    """Cases in batches, of which each changes every picture once.

    So no batch holds two copies of one picture, and a scan compares little beyond what is asked. Every recipe
    gets at least ``each`` pictures at every strength, where there are so many.
    """
    chance = random.Random(seed)
    planned: list[list[Case]] = []
    for kind in ("photograph", "receipt", "plan"):
        mine = [one for one in originals if one.kind == kind]
        slots = [(one, strength) for one in recipes if kind in one.kinds for strength in one.strengths]
        chance.shuffle(slots)
        if not mine or not slots:
            continue
        share = math.ceil(each * len(mine) / len(originals))
        rounds = min(len(slots), math.ceil(share * len(slots) / len(mine)))
        for number in range(rounds):
            if len(planned) <= number:
                planned.append([])
            for place, original in enumerate(mine):
                recipe, strength = slots[(place + number * len(mine)) % len(slots)]
                others = _others(originals, original, recipe, strength, seed)
                case = Case(original=original, recipe=recipe.name, strength=strength, others=others)
                planned[number].append(case)
    return planned


def _others(
    originals: Sequence[Original], original: Original, recipe: Recipe, strength: str, seed: int
) -> tuple[Original, ...]:
    count = recipe.shows(recipe.strengths[strength])
    left = [one for one in originals if one.kind == original.kind and one is not original]
    chance = random.Random(f"{seed} {original.name} {recipe.name} {strength}")
    return tuple(chance.sample(left, min(count, len(left))))


def make_all(cases: Sequence[Case], seed: int, pool: Executor) -> Iterator[Made]:
    """The files of cases; those in the cache are not made again."""
    return pool.map(make, cases, [seed] * len(cases))


def make(case: Case, seed: int) -> Made:
    """The file of one case."""
    folder = CACHE / "accuracy" / "made" / case.recipe
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{case.name}~{_digest(case, seed)}"
    for known in folder.glob(f"{stem.name}.*"):
        if known.suffix == ".unfit":
            return Made(case=case, path=None, unfit=known.read_text(encoding="utf-8"))
        if known.suffix != ".part":
            return Made(case=case, path=known)
    chance = np.random.default_rng(zlib.crc32(f"{seed} {case.name}".encode()))
    others = tuple(one.path for one in case.others)
    work = Work(value=case.how.strengths[case.strength], random=chance, others=others)
    try:
        unfinished = case.how.make(case.original.path, stem.with_name(f"unfinished~{stem.name}"), work)
    except UnfitError as error:
        stem.with_name(f"{stem.name}.unfit").write_text(str(error), encoding="utf-8")
        return Made(case=case, path=None, unfit=str(error))
    return Made(case=case, path=unfinished.rename(stem.with_name(stem.name + unfinished.suffix)))


def _digest(case: Case, seed: int) -> str:
    """Of all that a file depends on: made again when its recipe's code changes."""
    code = [Path(str(sys.modules[name].__file__)).read_bytes() for name in sorted(case.how.modules())]
    others = [one.name for one in case.others]
    state = f"{_VERSION} {seed} {case.name} {case.how.strengths[case.strength]!r} {others}"
    return hashlib.sha256(b"".join([state.encode(), *code])).hexdigest()[:8]
