"""``onecopy webhook rotate``, ``enable`` and ``delete``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption
from onecopy.cli.webhook.found import IdArgument, webhook

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from onecopy.catalog.webhooks import Webhook

T = TypeVar("T")


@ends()
def rotate(id: IdArgument, catalog: CatalogOption = None) -> Code:
    """Make a new secret and print it, this once. For a day both sign, so that receivers can change over.

    [bold]Example[/bold]

      onecopy webhook rotate 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10
    """
    from onecopy.catalog import webhooks

    typer.echo(_change(id, catalog, lambda connection, one, by: webhooks.rotate(connection, one, by=by)))
    typer.echo("Shown this once. For 24 hours messages are signed with the former one, too.", err=True)
    return Code.DONE


@ends()
def enable(id: IdArgument, catalog: CatalogOption = None) -> Code:
    """Tell a webhook again that was disabled. What it missed can be sent again, one by one.

    [bold]Example[/bold]

      onecopy webhook enable 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10
    """
    from onecopy.catalog import webhooks

    _change(id, catalog, lambda connection, one, by: webhooks.enable(connection, one, by=by))
    typer.echo(f"It is enabled. What it missed: onecopy webhook deliveries {id} --failed")
    return Code.DONE


@ends()
def delete(id: IdArgument, catalog: CatalogOption = None) -> Code:
    """Delete a webhook, with its secret and what waits to be sent to it.

    [bold]Example[/bold]

      onecopy webhook delete 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10
    """
    from onecopy.catalog import webhooks

    _change(id, catalog, lambda connection, one, by: webhooks.delete(connection, one, by=by))
    typer.echo("It is told nothing any more.")
    return Code.DONE


def _change(id: str, where: str | None, change: "Callable[[Connection, Webhook, str], T]") -> T:
    from onecopy.catalog.store import Catalog
    from onecopy.catalog.webhooks import SCOPE
    from onecopy.cli.actor import actor

    with Catalog(where, make=False) as catalog, catalog.write([SCOPE]) as connection:
        return change(connection, webhook(connection, id), actor())
