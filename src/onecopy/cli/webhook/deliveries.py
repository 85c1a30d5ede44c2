"""``onecopy webhook deliveries``: what a webhook was told, and what came of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption, JsonOption, show
from onecopy.cli.webhook.found import IdArgument, state, webhook

if TYPE_CHECKING:
    from onecopy.catalog.deliveries import Delivery


@ends()
def deliveries(
    id: IdArgument,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, at most.")] = 20,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed for good or was dropped.")
    ] = False,
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> Code:
    """List what a webhook was told in the last thirty days, newest first.

    [bold]Example[/bold]

      onecopy webhook deliveries 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10 --failed
    """
    from onecopy.catalog import deliveries as held
    from onecopy.catalog.deliveries import State

    states = [State.FAILED, State.DROPPED] if failed else []
    show(
        catalog,
        lambda connection: held.listed(connection, webhook(connection, id), limit=limit, states=states),
        _line,
        as_json=json,
    )
    return Code.DONE


def _line(one: "Delivery") -> str:
    return f"{one.id}  {one.created_at:%Y-%m-%d %H:%M:%S} {one.kind}: {state(one)}"
