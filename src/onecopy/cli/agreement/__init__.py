"""``onecopy agreement``: what agencies may see of each other. One module a command."""

import typer

from onecopy.cli.agreement.end import end
from onecopy.cli.agreement.list import listed
from onecopy.cli.agreement.make import make


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="agreement",
        help="Make, list and end agreements: whose images another agency's uploads may match.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for name, command in (("make", make), ("list", listed), ("end", end)):
        group.command(name)(command)
    return group
