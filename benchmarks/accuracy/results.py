"""What came of each case, as rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.accuracy.scans import LINKABLE, Said, pair
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
    def was_compared(self) -> bool:
        """The two were compared; else nobody proposed them, or another comparison stood for theirs."""
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


def write(rows: Sequence[Row], extra: dict[str, object], path: Path) -> None:
    """All rows, and what else there is to say, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(extra | {"rows": [asdict(row) for row in rows]}, indent=0, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def read(told: dict[str, list[dict[str, object]]]) -> list[Row]:
    """The rows of what :func:`write` wrote."""
    return [Row(**row) for row in told["rows"]]  # type: ignore[arg-type]
