"""``onecopy find``: where else an image appears, among all that was scanned."""

import json as json_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onecopy.cli.compare import WORDS, original, plain
from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.pipelines.find import Found


@ends()
def find(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="An image: a path, or a locator such as plans.pdf#page=3&image=1."
        ),
    ],
    catalog: Annotated[
        str | None,
        typer.Option(
            envvar="ONECOPY_CATALOG", help="Path or URL of the catalog. By default in your data folder."
        ),
    ] = None,
    forms: Annotated[
        bool, typer.Option("--forms", help="List other filled copies of the same form, too.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="How many comparisons at once. By default one for each processor."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> Code:
    """Say where else an image appears: copies, edits, crops, pages and collages that hold it.

    Asks everything that was scanned into the catalog; the file itself need not be there.

    [bold]Examples[/bold]

      onecopy scan archive --catalog archive.db

      onecopy find photo.jpg --catalog archive.db

      onecopy find 'permit.pdf#page=3&image=2' --forms --json
    """
    from onecopy.catalog.store import Catalog
    from onecopy.engines.local import LocalEngine
    from onecopy.model import Limits, Relation
    from onecopy.pipelines.find import Finder
    from onecopy.pipelines.single import choose

    limits = Limits()
    with LocalEngine(workers, limits) as engine, Catalog(catalog, make=False) as held:
        asked = choose(engine, file, limits)
        finder = Finder(held, engine, limits)
        found = finder.find(asked)
    same_form = [one for one in found if one.verdict.relation is Relation.SAME_FORM]
    shown = found if forms else [one for one in found if one not in same_form]
    if json:
        for one in shown:
            typer.echo(json_module.dumps(_object(one), ensure_ascii=False))
        return Code.DONE
    for line in _lines(shown):
        typer.echo(line)
    typer.echo(_sum(len(finder), shown, 0 if forms else len(same_form)))
    return Code.DONE


def _object(one: "Found") -> dict[str, Any]:
    return {"locators": one.locators, **plain(one.verdict)}


def _lines(found: list["Found"]) -> list[str]:
    lines = []
    for one in found:
        verdict = one.verdict
        lines.append(one.locators[0])
        lines.append(f"  {verdict.relation}: {WORDS[verdict.relation]} (confidence {verdict.confidence:.2f})")
        lines += [f"  {words}" for words in verdict.evidence.words]
        lines += original(verdict, {"a": "the one that was asked about", "b": "this one"})
        lines += [f"  also at {locator}" for locator in one.locators[1:]]
    return lines


def _sum(held: int, shown: list["Found"], forms: int) -> str:
    if not held:
        return "The catalog holds no images. Scan a folder into it first: onecopy scan FOLDER"
    have = "has" if len(shown) == 1 else "have"
    told = f"{len(shown) or 'None'} of {held} different images {have} to do with it."
    return f"{told} {forms} more share a form with it: --forms lists them." if forms else told
