"""Tables and lists of what came of cases."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from benchmarks.accuracy.results import OTHERS, Row
from benchmarks.measure import table, title


def share(rows: Sequence[Row], test: Callable[[Row], bool]) -> str:
    """How many rows pass a test, in per cent."""
    return f"{sum(map(test, rows)) / len(rows):.1%}" if rows else "–"


_TESTS: dict[str, Callable[[Row], bool]] = {
    "compared": lambda row: row.was_compared,
    "found": lambda row: row.found,
    "right": lambda row: row.right,
    "unclear": lambda row: row.relation == "unclear",
}
HEAD = ["", "strength", "pairs", *_TESTS, "merged wrongly"]


def recipe_table(rows: Iterable[Row]) -> None:
    """One line for each recipe and strength."""
    cells: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        cells[row.expected, row.recipe, row.strength].append(row)
    for expected, words in _CLASSES.items():
        mine = {key[1:]: value for key, value in cells.items() if key[0] == expected}
        if not mine:
            continue
        title(words)
        order = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in mine))}
        ranks = ("weak", "middle", "default", "strong")
        lines = sorted(mine, key=lambda key: (order[key[0]], ranks.index(key[1])))
        table(HEAD, [_line(*key, mine[key]) for key in lines])
        every = [row for value in mine.values() for row in value]
        table(HEAD, [_line("all", "", every), *_by_kind(every), *_by_strength(every)])


def short_table(rows: Iterable[Row]) -> None:
    """One line for each recipe: the share that is right at each strength. For the documentation."""
    mine = [row for row in rows if row.part == 2 and row.recipe != OTHERS]
    for expected, words in _CLASSES.items():
        title(words)
        cells: dict[str, list[Row]] = defaultdict(list)
        for row in mine:
            if row.expected == expected:
                cells[row.recipe].append(row)
                cells[f"**{row.kind}s**"].append(row)
                cells["**all**"].append(row)
        order = sorted(cells, key=lambda name: (name.startswith("**"), name == "**all**", name))
        table(_SHORT, [_short(name, cells[name]) for name in order])


_CLASSES = {"same": "Encoded again: the same picture", "edited": "Changed"}
_SHORT = ["right", "weak", "middle", "strong", "pairs", "not compared", "unclear", "merged wrongly"]


def _short(name: str, rows: Sequence[Row]) -> list[str]:
    strengths = [[row for row in rows if row.strength in names] for names in _STRENGTHS]
    shares = [share(some, _TESTS["right"]) for some in strengths]
    counts = [sum(map(test, rows)) for test in (lambda row: not row.was_compared, _TESTS["unclear"], _lost)]
    return [name, *shares, f"{len(rows):,}", *map(str, counts)]


_STRENGTHS = ({"weak"}, {"middle", "default"}, {"strong"})


def _lost(row: Row) -> bool:
    return row.lost


def others_table(rows: Iterable[Row]) -> None:
    """What is said of files that show nothing in common."""
    mine = [row for row in rows if row.recipe == OTHERS]
    counts = Counter("merged" if row.lost else row.relation or row.compared for row in mine)
    title("Different pictures that were compared")
    table(["said", "pairs"], [[said, f"{count:,}"] for said, count in counts.most_common()])


def form_table(rows: Sequence[Row]) -> None:
    """One line for each resolution and change; and how scans of one sheet are recognised, by scanner."""
    _forms(rows, lambda row: (row.strength, row.recipe))
    title("Scanned again, by what the two went through")
    _forms([row for row in rows if row.expected == "same"], lambda row: (row.strength, row.kind))


def _forms(rows: Sequence[Row], key: Callable[[Row], tuple[str, str]]) -> None:
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        cells[key(row)].append(row)
    lines = []
    for dpi, what in sorted(cells, key=lambda cell: (int(cell[0].split()[0]), cell[1])):
        mine = cells[dpi, what]
        shares = [share(mine, _TESTS[name]) for name in ("compared", "right", "unclear")]
        lines.append([dpi, what, f"{len(mine):,}", *shares, str(sum(row.lost for row in mine))])
    table(["", "", "pairs", "compared", "right", "unclear", "merged wrongly"], lines)


def _by_kind(rows: Sequence[Row]) -> list[list[str]]:
    kinds = dict.fromkeys(row.kind for row in rows)
    return [_line(kind, "", [row for row in rows if row.kind == kind]) for kind in kinds]


def _by_strength(rows: Sequence[Row]) -> list[list[str]]:
    ranks = ("weak", "middle", "default", "strong")
    return [_line("all", rank, [row for row in rows if row.strength == rank]) for rank in ranks]


def _line(name: str, strength: str, rows: Sequence[Row]) -> list[str]:
    shares = [share(rows, test) for test in _TESTS.values()]
    return [name, strength, f"{len(rows):,}", *shares, str(sum(row.lost for row in rows))]


def failures(rows: Iterable[Row]) -> list[Row]:
    """What was not answered rightly: wrong merges first."""
    wrong = [row for row in rows if not row.right or row.lost]
    return sorted(wrong, key=lambda row: (not row.lost, row.recipe, row.strength, row.a))


def list_failures(rows: Iterable[Row]) -> None:
    """One line for each failure."""
    for row in failures(rows):
        mark = "MERGED " if row.lost else ""
        said = row.relation or row.compared or "never compared"
        print(f"  {mark}{row.recipe} {row.strength} ({row.expected}): {said} {row.confidence:.3f}")
        print(f"    {row.path_a}\n    {row.path_b}")
