"""``onecopy serve``: the gate over HTTP. Its flags are the settings (:mod:`onecopy.service.settings`)."""

import inspect
from collections.abc import Callable
from dataclasses import Field
from pathlib import Path
from typing import Annotated, Any

import typer

from onecopy.cli.ending import Code, ends
from onecopy.errors import EnvironmentProblem
from onecopy.service import setting
from onecopy.service.settings import CONFIG, Settings, table


def _serve(**flags: Any) -> Code:
    """Say of each upload, before it is stored, whether the picture is held already.

    The first start prints a token, once; ONECOPY_ADMIN_TOKEN sets it instead. Stop with Ctrl-C: uploads
    under way are finished first. Every flag is also a variable and a line of the file; a flag goes before
    a variable, and that before the file. docs/reference/settings.md has all of them.

    Examples:
      onecopy serve

      onecopy serve --port 9000 --catalog /srv/onecopy/catalog.db --vault /srv/onecopy/vault

      onecopy serve --config /etc/onecopy/onecopy.toml --workers 4
    """
    try:
        from onecopy.service.run import serve as run
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("onecopy"):
            raise
        raise EnvironmentProblem(
            f"The service needs parts that are not installed ({error.name}). "
            "Install them with: pip install 'onecopy[service]'",
            code="needs-extra",
        ) from None
    run(Settings.load(flags, flags.pop("config")), say=lambda line: print(line, flush=True))
    return Code.DONE


def _option(one: "Field[Any]", name: str) -> inspect.Parameter:
    option = typer.Option(
        name,
        envvar=setting.variable(one),
        help=one.metadata["help"],
        metavar=one.metadata["metavar"],
        show_default=setting.shown_default(one),
        min=one.metadata["least"],
        max=one.metadata["most"],
        rich_help_panel=one.metadata["group"],
    )
    return _parameter(one.name, setting.kind(one), option)


def _parameter(name: str, kind: type, option: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def _with_flags(command: Callable[..., Code]) -> Callable[..., Code]:
    """Give a command a flag for every setting that has one, and ``--config``."""
    config = typer.Option(
        "--config", envvar=CONFIG, metavar="FILE", help="A TOML file with settings; see settings.md."
    )
    options = [_option(one, name) for one in table() if (name := setting.flag(one)) is not None]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [_parameter("config", Path, config), *options]
    )
    command.__name__ = "serve"
    return command


serve = ends(after_interrupt="Uploads under way were finished; start it again with: onecopy serve")(
    _with_flags(_serve)
)
