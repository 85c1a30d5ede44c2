"""``onecopy review answer``: answer a question."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption
from onecopy.cli.review.common import SHORT, me, question_id
from onecopy.model import Answer


@ends()
def answer(
    id: Annotated[str, typer.Argument(metavar="ID", help="Which one; its beginning is enough.")],
    said: Annotated[Answer, typer.Argument(metavar="ANSWER", help=f"One of: {', '.join(Answer)}.")],
    keep: Annotated[
        int | None, typer.Option(min=0, help="The position of the one to keep, of what is the same.")
    ] = None,
    newer: Annotated[int | None, typer.Option(min=0, help="The position of the newer version.")] = None,
    apart: Annotated[
        list[int] | None, typer.Option(min=0, help="A position to take out; can be given several times.")
    ] = None,
    note: Annotated[str, typer.Option(help="Words for colleagues, kept with the answer.")] = "",
    to: Annotated[str | None, typer.Option(help="With ask-a-colleague: whom.")] = None,
    version: Annotated[
        int | None, typer.Option(help="As show printed it: refuse if the question has changed since.")
    ] = None,
    catalog: CatalogOption = None,
) -> Code:
    """Answer a question. Left is what was there first. An answer can be taken back: onecopy review undo.

    [bold]Examples[/bold]

      onecopy review answer 1c6bb1a4 same-keep-left --version 1

      onecopy review answer 1c6bb1a4 same-keep-left --keep 0 --apart 3

      onecopy review answer 1c6bb1a4 ask-a-colleague --to Ana --note 'Is this the north side?'
    """
    from onecopy.catalog.answers import Given
    from onecopy.catalog.store import Catalog
    from onecopy.review.decide import decide
    from onecopy.review.opened import found

    given = Given(answer=said, keep=keep, newer=newer, apart=tuple(apart or ()), note=note, to=to)
    with Catalog(catalog, durable=True, make=False) as opened:
        with opened.read() as connection:
            question = found(connection, question_id(connection, id), me())
        seen = question.version if version is None else version
        outcome = decide(opened, question.public_id, given, version=seen, by=me())
    typer.echo(outcome.words)
    for one in outcome.inherited:
        if one.conflicts_with is not None:
            typer.echo(f"  conflict: {one.field} is {one.conflicts_with!r}, the other says {one.value!r}")
    typer.echo(f"To take it back: onecopy review undo {outcome.answer.public_id[:SHORT]}")
    return Code.DONE
