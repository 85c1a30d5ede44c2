"""What came of each case, as rows; tables and lists of them."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.accuracy.scans import LINKABLE, Said, pair
from benchmarks.measure import table, title
from benchmarks.pictures import CACHE

RESULTS = CACHE / "accuracy" / "results.json"
"""Where the rows of the last run are."""
OTHERS = "different pictures"
"""The recipe of rows about two files that show nothing in common."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Two files, what should be said of them and what was said.

    Attributes:
        part: Of the benchmark.
        a: The original.
        b: What was made of it.
        path_a: Where the original is.
        path_b: Where the made file is.
        kind: Of picture.
        recipe: What happened.
        strength: How strongly.
        expected: ``same``, ``edited``, or ``other`` for different pictures or forms.
        unclear_is_right: The poorer cannot show what would decide.
        relation: What was listed; empty if nothing.
        confidence: In it.
        compared: What the comparison said, listed or not; empty if the two were never compared.
        merged: The two are treated as one image.
        words: Why.
        measures: The numbers behind it.
    """

    part: int
    a: str
    b: str
    path_a: str
    path_b: str
    kind: str
    recipe: str
    strength: str
    expected: str
    unclear_is_right: bool = False
    relation: str = ""
    confidence: float = 0.0
    compared: str = ""
    merged: bool = False
    method: str = ""
    words: str = ""
    measures: dict[str, float] = field(default_factory=dict)

    @property
    def fairly_unclear(self) -> bool:
        """``unclear``, and nobody could say more."""
        return self.unclear_is_right and self.relation == "unclear"

    @property
    def proposed(self) -> bool:
        """The search brought the two together."""
        return bool(self.compared or self.relation)

    @property
    def found(self) -> bool:
        """Said to be of one picture."""
        return self.merged or self.relation in LINKABLE | {"edited"} or self.fairly_unclear

    @property
    def right(self) -> bool:
        """The right relation."""
        if self.expected == "same":
            return self.relation in LINKABLE or self.merged or self.fairly_unclear
        if self.expected == "edited":
            return self.relation == "edited" and not self.merged
        return not self.merged and (self.relation not in LINKABLE | {"unclear"} or self.fairly_unclear)

    @property
    def told_rightly(self) -> bool:
        """What was listed is true, to the letter."""
        true = {"same": LINKABLE, "edited": {"edited"}, "other": {"same-form", "same-scene"}}
        return self.relation in true[self.expected]

    @property
    def lost(self) -> bool:
        """A change would be taken for the same: a false merge."""
        return self.merged and self.expected != "same"


def judged(row: dict[str, object], said: Said) -> Row:
    """A row with what a scan says of its two files."""
    key = pair(str(row["a"]), str(row["b"]))
    claim = said.claims.get(key)
    told = {"compared": said.compared.get(key, ""), "merged": said.merged(key)}
    if claim is not None:
        told |= {
            name: getattr(claim, name) for name in ("relation", "confidence", "method", "words", "measures")
        }
    return Row(**(row | told))  # type: ignore[arg-type]


def share(rows: Sequence[Row], test: Callable[[Row], bool]) -> str:
    """How many rows pass a test, in per cent."""
    return f"{sum(map(test, rows)) / len(rows):.1%}" if rows else "–"


_TESTS: dict[str, Callable[[Row], bool]] = {
    "proposed": lambda row: row.proposed,
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
    for expected, words in (("same", "Encoded again: the same picture"), ("edited", "Changed")):
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
        shares = [share(mine, _TESTS[name]) for name in ("proposed", "right", "unclear")]
        lines.append([dpi, what, f"{len(mine):,}", *shares, str(sum(row.lost for row in mine))])
    table(["", "", "pairs", "proposed", "right", "unclear", "merged wrongly"], lines)


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


def write(rows: Sequence[Row], extra: dict[str, object], path: Path) -> None:
    """All rows, and what else there is to say, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(extra | {"rows": [asdict(row) for row in rows]}, indent=0, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def read(told: dict[str, list[dict[str, object]]]) -> list[Row]:
    """The rows of what :func:`write` wrote."""
    return [Row(**row) for row in told["rows"]]  # type: ignore[arg-type]
