"""``onecopy agreement end``: agencies see nothing of each other again."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends


@ends()
def end(
    id: Annotated[str, typer.Argument(metavar="ID", help="Which one, as onecopy agreement list shows it.")],
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """End an agreement. Uploads that begin from now on go without it; what was told stays told.

    [bold]Example[/bold]

      onecopy agreement end 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10
    """
    from onecopy.catalog import agreements
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.errors import UsageError

    with Catalog(catalog, make=False) as opened, opened.write() as connection:
        if not agreements.end(connection, id, holder=None, by=actor()):
            raise UsageError(f"There is no agreement '{id}'. See: onecopy agreement list", code="not-found")
    typer.echo("It has ended.")
    return Code.DONE
