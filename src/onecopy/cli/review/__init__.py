"""``onecopy review``: answer questions in a terminal. One module a command."""

import typer

from onecopy.cli.review.answer import answer
from onecopy.cli.review.list import listed
from onecopy.cli.review.show import show
from onecopy.cli.review.undo import undo


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="review",
        help="List the questions that wait for a person, show one, answer it, and take an answer back.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for name, command in (("list", listed), ("show", show), ("answer", answer), ("undo", undo)):
        group.command(name)(command)
    return group
