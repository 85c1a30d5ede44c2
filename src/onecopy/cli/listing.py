"""What the ``list`` commands share: rows of a catalog, a line each or as JSON lines."""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

RowT = TypeVar("RowT")

CatalogOption = Annotated[
    str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]


def show(
    catalog: str | None,
    read: "Callable[[Connection], Iterable[RowT]]",
    line: Callable[[RowT], str],
    *,
    as_json: bool,
) -> None:
    """Print what ``read`` finds in a catalog.

    Args:
        catalog: Path or URL; by default the one in the user's data folder.
        read: Gives the rows: dataclasses of plain values and times.
        line: A row in words.
        as_json: Whether to print JSON lines instead.

    Raises:
        EnvironmentProblem: The catalog cannot be opened.
    """
    import msgspec

    from onecopy.catalog.store import Catalog

    with Catalog(catalog, make=False) as opened, opened.read() as connection:
        found = list(read(connection))
    if not (found or as_json):
        typer.echo("There is none.", err=True)
    for one in found:
        typer.echo(json.dumps(msgspec.to_builtins(one)) if as_json else line(one))
