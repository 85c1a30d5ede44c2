"""``onecopy agreement make``: let another agency's uploads match one's own images."""

from typing import Annotated, Literal

import typer

from onecopy.cli.ending import Code, ends


@ends()
def make(
    holder: Annotated[str, typer.Option(help="Whose images may be matched.")],
    seeker: Annotated[str, typer.Option(help="Whose uploads may match them.")],
    reveals: Annotated[
        Literal["nothing", "held-elsewhere", "occurrence"],
        typer.Option(
            help="What the seeker learns: nothing; that it is held elsewhere; or agency, case and name."
        ),
    ],
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """Let the uploads of one agency match the images of another; in this direction only.

    It takes the place of an earlier agreement between the two, and is recorded in the audit log.

    [bold]Example[/bold]

      onecopy agreement make --holder fire --seeker building --reveals held-elsewhere
    """
    from onecopy.catalog import agreements
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.pipelines.gate.context import one_line

    one = agreements.Agreement(
        holder=one_line("holder", holder),
        seeker=one_line("seeker", seeker),
        reveals=agreements.Reveals(reveals),
        made_by=actor(),
    )
    with Catalog(catalog) as opened, opened.write() as connection:
        agreements.make(connection, one)
    typer.echo(f"It is in force. Its id is {one.id}.")
    return Code.DONE
