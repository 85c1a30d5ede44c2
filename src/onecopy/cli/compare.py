"""``onecopy compare``: what two images are to each other, in words."""

import json as json_module
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.model import Verdict

WORDS = {
    "same-bytes": "the same file, byte by byte",
    "same-data": "the same picture data; only metadata or container differ",
    "same-image": "one picture, encoded again",
    "edited": "one picture, changed or cut differently",
    "unclear": "perhaps the same; a person has to look",
    "same-scene": "different captures of one scene",
    "same-form": "one form with different content",
    "distinct": "different pictures",
}


@ends()
def compare(
    a: Annotated[
        str,
        typer.Argument(metavar="A", help="An image: a path, or a locator such as plans.pdf#page=3&image=1."),
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Draw both, laid over each other, differences marked, into this PNG.")
    ] = None,
) -> Code:
    """Say what two images are to each other, and why.

    [bold]Examples[/bold]

      onecopy compare before.jpg after.jpg --picture difference.png

      onecopy compare photo.jpg 'permit.pdf#page=3&image=2' --json
    """
    from onecopy.engines.local import LocalEngine
    from onecopy.model import Limits
    from onecopy.pipelines import single

    limits = Limits()
    with LocalEngine(1, limits) as engine:
        first, second = single.choose(engine, a, limits), single.choose(engine, b, limits)
        verdict = single.compare(engine, first, second, limits)
        if picture:
            drawn = single.draw(engine, first, second, verdict, limits)
            picture.write_bytes(drawn)
    if json:
        typer.echo(json_module.dumps({"a": a, "b": b, **plain(verdict)}, ensure_ascii=False))
    else:
        for line in _lines(verdict, {"a": a, "b": b}, picture):
            typer.echo(line)
    return Code.DONE


def plain(verdict: "Verdict") -> dict[str, Any]:
    """A verdict as plain values, as it is stored."""
    from onecopy.catalog.rows import from_verdict

    return from_verdict(verdict)


def original(verdict: "Verdict", names: Mapping[str, str]) -> list[str]:
    """Which one is likelier the original, as a line, where that can be told; ``names`` has a's and b's."""
    which = verdict.evidence.original
    return [f"  likelier the original: {names[which]}"] if which else []


def _lines(verdict: "Verdict", names: Mapping[str, str], picture: Path | None) -> list[str]:
    lines = [f"{verdict.relation}: {WORDS[verdict.relation]} (confidence {verdict.confidence:.2f})"]
    lines += [f"  {words}" for words in verdict.evidence.words]
    lines += original(verdict, names)
    for region in verdict.evidence.regions:
        places = [f"{name} at {box}" for name, box in (("A", region.a), ("B", region.b)) if box]
        lines.append(f"  differs: {region.note or 'a region'}, {', '.join(places)}")
    if picture:
        lines.append(f"Picture: {picture}")
    return lines
