"""Two things happen to one picture: what people do in a row."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.accuracy.recipe import Recipe, Work

_PAIRS = (
    "resize+jpeg",
    "thumbnail+webp",
    "tone+jpeg",
    "grey+resize",
    "turn+cjpeg",
    "enlarge+sharpen",
    "rescan+jpeg",
    "pdf-page+jpeg",
    "crop+jpeg",
    "crop+resize",
    "crop+grey",
    "crop+tone",
    "crop+turn",
    "crop+date-stamp",
    "mirror+crop",
    "mirror+jpeg",
    "border+resize",
    "border+caption",
    "letter-box+jpeg",
    "stretch+jpeg",
    "rotate+jpeg",
    "perspective+tone",
    "date-stamp+jpeg",
    "watermark+jpeg",
    "watermark+resize",
    "stamp+rescan",
    "signature+rescan",
    "redaction+rescan",
    "redaction+jpeg",
    "collage+jpeg",
    "viewer+jpeg",
    "viewer+crop",
    "retouch+jpeg",
    "tone+partial-blur",
)
_ORDINARY = "middle"


def chains(known: Mapping[str, Recipe]) -> list[Recipe]:
    """Recipes of two steps each, both at middle strength."""
    return [_chain(*(known[name] for name in pair.split("+"))) for pair in _PAIRS]


def _chain(first: Recipe, second: Recipe) -> Recipe:
    def make(source: Path, stem: Path, work: Work) -> Path:
        with tempfile.TemporaryDirectory() as folder:
            step = replace(work, value=first.strengths[_ORDINARY])
            between = first.make(source, Path(folder, "between"), step)
            return second.make(between, stem, replace(work, value=second.strengths[_ORDINARY]))

    edited = "edited" in {first.same, second.same}
    return Recipe(
        name=f"{first.name}+{second.name}",
        same="edited" if edited else "same",
        make=make,
        strengths={_ORDINARY: (first.strengths[_ORDINARY], second.strengths[_ORDINARY])},
        kinds=first.kinds & second.kinds,
        needs=(*first.needs, *second.needs),
        unclear=first.unclear | second.unclear,
        shows=lambda values: first.shows(values[0]),
        parts=(first, second),
    )
