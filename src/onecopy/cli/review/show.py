"""``onecopy review show``: one question with all that is known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption
from onecopy.cli.review.common import SHORT, me, question_id

if TYPE_CHECKING:
    from onecopy.review.show import Shown


@ends()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Which one; its beginning is enough.")],
    catalog: CatalogOption = None,
) -> Code:
    """Show a question: its pictures by their positions, what the pixels showed, and what was said.

    [bold]Example[/bold]

      onecopy review show 1c6bb1a4
    """
    from onecopy.catalog.store import Catalog
    from onecopy.review.opened import found
    from onecopy.review.show import show as shown

    with Catalog(catalog, make=False) as opened, opened.read() as connection:
        by = me()
        question = found(connection, question_id(connection, id), by)
        for line in _lines(shown(connection, question, to=by.name)):
            typer.echo(line)
    return Code.DONE


def _lines(shown: "Shown") -> Iterator[str]:
    from onecopy.review.words import moment, who_said
    from onecopy.spoken import shown as fit

    one = shown.question
    yield one.title
    yield f"  {one.state}, due {moment(one.due_at)}, {one.reviewers} to agree, version {one.version}"
    for member in shown.members:
        seen = member.occurrence
        name = "another agency's, not shown" if seen is None else f"'{fit(seen.name)}' {member.member.inner}"
        where = "" if seen is None else f" in case {fit(seen.case_id or '')}, {moment(seen.seen_at)}"
        yield f"  {member.member.position}  {member.member.role}: {name.rstrip()}{where}"
    for pair in shown.pairs:
        verdict = pair.verdict
        yield f"  {pair.a} and {pair.b} are {verdict.relation} ({verdict.confidence:.2f})"
        for word in verdict.evidence.words[:3]:
            yield f"     {word}"
    if one.proposal is not None:
        chosen = "".join(f" {word} {position}" for word, position in one.proposed.items())
        yield f"  proposed: {one.proposal}{chosen}"
        yield from (f"     {reason}" for reason in one.reasons)
    for given in shown.answers:
        said = f"{given.answer.by} answered" if given.sealed else who_said(given.answer)
        back = " (taken back)" if given.answer.undone_at is not None else ""
        yield f"  {given.answer.public_id[:SHORT]}  {said}{back}"
