"""``onecopy agreement list``: what agencies may see of each other."""

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.catalog.agreements import Agreement


@ends()
def listed(
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> Code:
    """List all agreements, ended ones included.

    [bold]Example[/bold]

      onecopy agreement list
    """
    import msgspec

    from onecopy.catalog import agreements
    from onecopy.catalog.store import Catalog

    with Catalog(catalog) as opened, opened.read() as connection:
        found = agreements.listed(connection, agency=None)
    for one in found:
        typer.echo(json_module.dumps(msgspec.to_builtins(one)) if json else _line(one))
    return Code.DONE


def _line(one: "Agreement") -> str:
    holder, seeker = (name or "the agency without a name" for name in (one.holder, one.seeker))
    state = "in force" if one.ended_at is None else f"ended on {one.ended_at:%Y-%m-%d}"
    since = f"since {one.made_at:%Y-%m-%d}"
    return f"{one.id}  {seeker} learns of matches with {holder}: {one.reveals}, {since}, {state}"
