"""``onecopy policy``: check, explain, try and publish what becomes of uploads. One module a command."""

import typer

from onecopy.cli.policy.attempt import attempt
from onecopy.cli.policy.check import check
from onecopy.cli.policy.document import document
from onecopy.cli.policy.explain import explain


def build() -> typer.Typer:
    """The group with its commands."""
    group = typer.Typer(
        name="policy",
        help="Check, explain, try and publish a policy: what becomes of uploads.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for name, command in (("check", check), ("explain", explain), ("try", attempt), ("document", document)):
        group.command(name)(command)
    return group
