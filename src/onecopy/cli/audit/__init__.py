"""``onecopy audit``: prove the log of what was done, and take it out. One module a command."""

import typer

from onecopy.cli.audit.export import export
from onecopy.cli.audit.verify import verify


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="audit",
        help="Prove the log of what was done, and take it out.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    group.command()(verify)
    group.command()(export)
    return group
