"""Puts the commands together. A new command is a module with a function, and a line here."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from onecopy import __version__
from onecopy.cli.agreement import build as agreement
from onecopy.cli.audit import build as audit
from onecopy.cli.case import case
from onecopy.cli.compare import compare
from onecopy.cli.doctor import doctor
from onecopy.cli.find import find
from onecopy.cli.fingerprint import fingerprint
from onecopy.cli.import_ import import_
from onecopy.cli.person import build as person
from onecopy.cli.policy import build as policy
from onecopy.cli.review import build as review
from onecopy.cli.scan import scan
from onecopy.cli.token import build as token
from onecopy.cli.vault import build as vault
from onecopy.cli.webhook import build as webhook
from onecopy.errors import UsageError
from onecopy.service.setting import PREFIX
from onecopy.service.settings import CONFIG, Settings


def build() -> typer.Typer:
    """The application with all its commands."""
    app = typer.Typer(
        help="Find every copy of an image before it is kept: a hash proposes, pixels decide.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for command in (scan, find, compare, fingerprint, case, doctor):
        app.command()(command)
    app.command("import")(import_)
    if find_spec("onecopy.cli.serve"):
        from onecopy.cli.serve import serve

        app.command()(serve)
    for group in (review(), policy(), agreement(), token(), person(), webhook(), audit(), vault()):
        app.add_typer(group)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"onecopy {__version__}")
        raise typer.Exit


def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            envvar=CONFIG,
            metavar="FILE",
            help="The service's settings, for the commands that look at its catalog and vault.",
        ),
    ] = None,
) -> None:
    """Let a file say what no variable says; flags come before both."""
    if config is None:
        return
    if context.invoked_subcommand == "serve":  # which reads it itself, unless its own flag names another
        os.environ[CONFIG] = str(config)
        return
    try:
        settings = Settings.load({}, config)
    except UsageError as error:
        raise typer.BadParameter(error.message) from None
    for name, value in (("CATALOG", settings.catalog), ("VAULT", settings.vault)):
        if value is not None:
            os.environ[PREFIX + name] = value
