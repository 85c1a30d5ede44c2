"""``onecopy person list``: who may sign in."""

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.catalog.people import Person


@ends()
def listed(
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> Code:
    """List all who may sign in.

    [bold]Example[/bold]

      onecopy person list
    """
    import msgspec

    from onecopy.catalog import people
    from onecopy.catalog.store import Catalog

    with Catalog(catalog) as opened, opened.read() as connection:
        found = people.listed(connection)
    for one in found:
        typer.echo(json_module.dumps(msgspec.to_builtins(one)) if json else _line(one))
    return Code.DONE


def _line(one: "Person") -> str:
    whose = "every agency" if one.agency is None else one.agency or "the agency without a name"
    seen = "has signed in" if one.subject else "has not signed in yet"
    return f"{one.email}: {one.role} for {whose}, {seen}"
