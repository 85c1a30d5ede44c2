"""``onecopy webhook``: whom an agency wants told of what. One module a command."""

import typer

from onecopy.cli.webhook.change import delete, enable, rotate
from onecopy.cli.webhook.create import create
from onecopy.cli.webhook.deliveries import deliveries
from onecopy.cli.webhook.list import listed
from onecopy.cli.webhook.send import ping, redeliver


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="webhook",
        help="Make, list, try and delete webhooks: addresses that are told what becomes of uploads.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    group.command("create")(create)
    group.command("list")(listed)
    group.command("ping")(ping)
    group.command("deliveries")(deliveries)
    group.command("redeliver")(redeliver)
    group.command("rotate")(rotate)
    group.command("enable")(enable)
    group.command("delete")(delete)
    return group
