"""``onecopy vault``: keep less of what shares its image data, and the way back. One module a command."""

import typer

from onecopy.cli.vault.pack import pack
from onecopy.cli.vault.unpack import unpack


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="vault",
        help="Keep recipes instead of bytes that are kept already, and the way back.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for command in (pack, unpack):
        group.command()(command)
    return group
