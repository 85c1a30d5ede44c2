"""``onecopy token list``: who may ask."""

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.catalog.tokens import Token


@ends()
def listed(
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> Code:
    """List all tokens, ended ones included. None can be had again: only digests are kept.

    [bold]Example[/bold]

      onecopy token list
    """
    import msgspec

    from onecopy.catalog import tokens
    from onecopy.catalog.store import Catalog

    with Catalog(catalog) as opened, opened.read() as connection:
        found = tokens.listed(connection, agency=None)
    for one in found:
        typer.echo(json_module.dumps(msgspec.to_builtins(one)) if json else _line(one))
    return Code.DONE


def _line(one: "Token") -> str:
    from datetime import UTC, datetime

    whose = "every agency" if one.agency is None else one.agency or "the agency without a name"
    if one.revoked_at is not None:
        state = f"revoked on {one.revoked_at:%Y-%m-%d}"
    elif one.expires_at is None:
        state = "does not end"
    else:
        word = "ends" if one.valid(datetime.now(UTC)) else "ended"
        state = f"{word} on {one.expires_at:%Y-%m-%d}"
    return f"{one.id}  {one.name}: {one.role} for {whose}, {state}"
