"""``onecopy token``: who may ask the gate, as what, and for whom. One module a command."""

import typer

from onecopy.cli.token.create import create
from onecopy.cli.token.list import listed
from onecopy.cli.token.revoke import revoke


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="token",
        help="Make, list and revoke tokens: who may ask the gate, as what, and for whom.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for name, command in (("create", create), ("list", listed), ("revoke", revoke)):
        group.command(name)(command)
    return group
