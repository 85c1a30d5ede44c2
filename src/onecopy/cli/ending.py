"""How a command ends: with an exit code, and with one sentence if something stood in the way."""

import errno
import functools
import json
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import NoReturn, ParamSpec

import typer

from onecopy.errors import OnecopyError, UsageError

P = ParamSpec("P")


class Code(IntEnum):
    """Exit codes, as restic has them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    """Done, but some inputs could not be read."""
    INTERRUPTED = 130


def ends(*, after_interrupt: str = "") -> Callable[[Callable[P, Code]], Callable[P, None]]:
    """Make a command of a function that returns its exit code.

    Args:
        after_interrupt: What to say when it is interrupted: how to go on.
    """

    def decorate(function: Callable[P, Code]) -> Callable[P, None]:
        @functools.wraps(function)
        def command(*args: P.args, **kwargs: P.kwargs) -> None:
            as_json = bool(kwargs.get("json"))
            try:
                code = function(*args, **kwargs)
            except KeyboardInterrupt:
                _end(Code.INTERRUPTED, "interrupted", f"Interrupted. {after_interrupt}".strip(), as_json)
            except UsageError as error:
                _end(Code.USAGE, error.code, error.message, as_json)
            except OnecopyError as error:
                _end(Code.FAILED, error.code, error.message, as_json)
            except BrokenPipeError:
                # Whoever read our output has seen enough; Python must not complain again at exit.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(Code.FAILED) from None
            except OSError as error:
                _end(Code.FAILED, "environment", _sentence(error), as_json)
            raise typer.Exit(code)

        return command

    return decorate


def _end(code: Code, name: str, message: str, as_json: bool) -> NoReturn:
    text = (
        json.dumps({"event": "error", "code": name, "message": message}) if as_json else f"onecopy: {message}"
    )
    typer.echo(text, err=True)
    raise typer.Exit(code)


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}. Free some space and run the command again."
    return f"{error.strerror or error}{where}. Check the path and its permissions."
