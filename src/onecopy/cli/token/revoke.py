"""``onecopy token revoke``: end a token at once."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends


@ends()
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="Which one, as onecopy token list shows it.")],
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """End a token at once. It stays in the list, and its name is never given again.

    [bold]Example[/bold]

      onecopy token revoke 5f1c4a569a53
    """
    from onecopy.catalog import tokens
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.errors import UsageError

    with Catalog(catalog, make=False) as opened, opened.write() as connection:
        if not tokens.revoke(connection, id, agency=None, by=actor()):
            raise UsageError(f"There is no token '{id}'. See: onecopy token list", code="not-found")
    typer.echo("It has ended.")
    return Code.DONE
