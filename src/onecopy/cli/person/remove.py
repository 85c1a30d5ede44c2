"""``onecopy person remove``: somebody may sign in no more."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends


@ends()
def remove(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Whom, as onecopy person list shows them.")],
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """Let somebody sign in no more; their sessions end at once.

    [bold]Example[/bold]

      onecopy person remove reviewer@example.gov
    """
    from onecopy.catalog import people
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.errors import UsageError

    with Catalog(catalog, make=False) as opened, opened.write() as connection:
        if not people.remove(connection, email, by=actor()):
            raise UsageError(f"Nobody signs in as '{email}'. See: onecopy person list", code="not-found")
    typer.echo("They may sign in no more.")
    return Code.DONE
