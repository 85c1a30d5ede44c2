"""``onecopy person``: who may sign in, and as what. One module a command."""

import typer

from onecopy.cli.person.add import add
from onecopy.cli.person.list import listed
from onecopy.cli.person.remove import remove


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="person",
        help="Say who may sign in, and as what.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for name, command in (("add", add), ("list", listed), ("remove", remove)):
        group.command(name)(command)
    return group
