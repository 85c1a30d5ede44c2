"""``onecopy review list``: what waits for a person."""

from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption, JsonOption
from onecopy.cli.listing import show as show_rows
from onecopy.cli.review.common import SHORT

if TYPE_CHECKING:
    from onecopy.catalog.questions import Question


@ends()
def listed(
    agency: Annotated[str | None, typer.Option(help="Only this agency's.")] = None,
    case: Annotated[str | None, typer.Option(help="Only of this case.")] = None,
    answered: Annotated[bool, typer.Option("--answered", help="Those that were answered, instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list.")] = 50,
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> Code:
    """List the questions that wait for a person, the most urgent first.

    [bold]Examples[/bold]

      onecopy review list

      onecopy review list --case 24016-00002 --json
    """
    from onecopy.catalog import queue
    from onecopy.catalog.questions import State
    from onecopy.catalog.queue import Filter, Order

    state = State.ANSWERED if answered else State.OPEN
    wanted = Filter(agency=agency, case_id=case, state=state)
    show_rows(
        catalog,
        lambda connection: queue.page(connection, wanted, order=Order.PRIORITY, after=None, limit=limit),
        _line,
        as_json=json,
    )
    return Code.DONE


def _line(one: "Question") -> str:
    from datetime import UTC, datetime

    said = f"{one.public_id[:SHORT]}  {one.title}"
    if one.answered_at is not None:
        return f"{said}: {one.answer} by {one.answered_by} on {one.answered_at:%Y-%m-%d}"
    claimant = one.claimant(datetime.now(UTC))
    return f"{said}, due {one.due_at:%Y-%m-%d}" + (f", with {claimant}" if claimant else "")
