"""``onecopy review undo``: take an answer back."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption
from onecopy.cli.review.common import answer_id, me


@ends()
def undo(
    id: Annotated[
        str,
        typer.Argument(metavar="ANSWER", help="Which answer, as show prints it; its beginning is enough."),
    ],
    batch: Annotated[
        bool, typer.Option("--batch", help="Take back all that was answered at once with it, too.")
    ] = False,
    catalog: CatalogOption = None,
) -> Code:
    """Take an answer back: everything is as it was before. If something later rests on it, that is named.

    [bold]Example[/bold]

      onecopy review undo 8f9a6a1e
    """
    from onecopy.catalog import answers
    from onecopy.catalog.store import Catalog
    from onecopy.review.undo import undo as take_back
    from onecopy.review.undo import undo_all

    with Catalog(catalog, durable=True, make=False) as opened:
        with opened.read() as connection:
            one = answers.get(connection, answer_id(connection, id))
        assert one is not None
        if batch and one.batch is not None:
            done = undo_all(opened, one.batch, by=me())
            typer.echo(f"{len(done)} answers were taken back; everything is as it was before.")
        else:
            typer.echo(take_back(opened, one.public_id, by=me()).words)
    return Code.DONE
