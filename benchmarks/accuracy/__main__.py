"""``python -m benchmarks.accuracy [SET…]``: how often relations are right, where that is known."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy import collection, results, tables
from benchmarks.accuracy.changed import Changed, Outcome
from benchmarks.accuracy.results import RESULTS, Row
from benchmarks.accuracy.scans import ScanError
from benchmarks.measure import machine, title
from benchmarks.pictures import DATA


def main() -> int:
    asked = _arguments()
    title(f"Accuracy ({machine()})")
    if not (DATA / "score.py").exists():
        print(
            "SKIPPED parts 1 and 2: there is no ../shared/data here, so no real picture whose truth is known."
        )
        asked.part = [part for part in asked.part if part == 3]
    rows: list[Row] = []
    extra: dict[str, object] = {}
    try:
        if 1 in asked.part:
            title("Part one: a collection whose truth is known")
            collection.measure(
                asked.sets,
                workers=asked.workers,
                out=asked.out,
                detailed=asked.list,
                rules=not asked.no_rules,
                costs=asked.cost,
            )
        if 2 in asked.part:
            _changed(asked, rows, extra)
        if 3 in asked.part:
            _refilled(asked, rows)
    except KeyboardInterrupt:
        print("Interrupted; nothing more is measured.", file=sys.stderr)
        return 130
    except ScanError as error:
        print(f"{error}\nWhat was measured before that is above and in {asked.json}.", file=sys.stderr)
        return 1
    finally:
        if rows:
            results.write(rows, extra, asked.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("sets", nargs="*", help="part one: only these sets; by default everything")
    parser.add_argument("--part", type=_parts, default=[1, 2, 3], help="as 1 or 2,3; by default all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="part one: keep the report here")
    parser.add_argument("--list", action="store_true", help="list every failure")
    parser.add_argument("--cost", action="store_true", help="part one: what judging a pair costs")
    parser.add_argument("--images", type=int, default=280, help="part two: how many originals")
    parser.add_argument(
        "--each", type=int, default=8, help="part two: pairs for each recipe and strength, at least"
    )
    parser.add_argument("--only", type=lambda text: text.split(","), help="part two: recipes, as crop,jpeg")
    parser.add_argument("--sheets", type=int, default=6, help="part three: of each template and resolution")
    parser.add_argument("--no-rules", action="store_true", help="leave out others' rules")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the findings of every scan here")
    parser.add_argument(
        "--json", type=Path, default=RESULTS, help=f"write every pair and what was said of it here: {RESULTS}"
    )
    return parser.parse_args()


def _parts(text: str) -> list[int]:
    parts = text.split(",")
    if not set(parts) <= {"1", "2", "3"}:
        raise argparse.ArgumentTypeError(f"there are parts 1, 2 and 3, not {text}")
    return [int(part) for part in parts]


def _changed(asked: argparse.Namespace, rows: list[Row], extra: dict[str, object]) -> None:
    from benchmarks.accuracy.recipes import wanted

    def save(found: Outcome) -> None:
        extra.update(unfit=found.unfit, unreadable=found.unreadable)
        results.write(found.rows, extra, asked.json)

    title("Part two: real pictures, changed by the tools people use")
    one = Changed(
        images=asked.images,
        each=asked.each,
        recipes=wanted(asked.only),
        seed=asked.seed,
        keep=asked.keep,
        after=save,
    )
    try:
        one.run()
    finally:
        found = one.outcome
        rows += found.rows
        tables.recipe_table(found.rows)
        tables.others_table(found.rows)
        print(
            f"Cases that a picture did not allow: {len(found.unfit)}. "
            f"Made files that could not be read: {len(found.unreadable)}."
        )
        _list(found.rows, detailed=asked.list)
    if not asked.no_rules:
        _rules(found, extra)


def _rules(found: Outcome, extra: dict[str, object]) -> None:
    from benchmarks.accuracy import rules
    from benchmarks.accuracy.ranking import of_onecopy, rule_table

    made = rules.measure(found.scans, found.classes)
    extra["rules"] = [
        {"name": one.name, "limit": one.limit, "pairs": one.pairs.counts.tolist()} for one in made
    ]
    title("Beside others' rules, on the same files")
    ours = of_onecopy(found.rows)
    lines = [("onecopy: links", 99, ours), ("onecopy: links or edited", 199, ours)]
    rule_table([*lines, *((one.name, one.limit, one.pairs) for one in made)])
    print("A changed picture that is called a duplicate is found, and lost: it is taken for the same.\n")


def _list(rows: Sequence[Row], *, detailed: bool) -> None:
    for row in rows:
        if row.lost:
            print(f"  MERGED ({row.recipe} {row.strength}): {row.path_a}  {row.path_b}")
    if detailed:
        tables.list_failures(rows)


def _refilled(asked: argparse.Namespace, rows: list[Row]) -> None:
    from benchmarks.accuracy.refilled import Refilled

    title("Part three: forms that differ in a character, a digit or a tick")
    one = Refilled(sheets=asked.sheets, seed=asked.seed, keep=asked.keep)
    try:
        one.run()
    finally:
        rows += one.rows
        tables.form_table(one.rows)
        _list(one.rows, detailed=asked.list)


if __name__ == "__main__":
    sys.exit(main())
