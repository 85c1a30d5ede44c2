"""How a setting is declared, and how its value is read from a flag, a variable or a line of a file."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, field
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args

from onecopy.errors import UsageError

PREFIX = "ONECOPY_"
"""Begins the name of every variable."""

_YES = dict.fromkeys(("1", "yes", "true", "on"), True) | dict.fromkeys(("0", "no", "false", "off"), False)


def setting(
    default: Any,
    help: str,
    *,
    group: str,
    metavar: str | None = None,
    least: float | None = None,
    most: float | None = None,
    unset: str = "",
    secret: bool = False,
) -> Any:
    """Declare a setting, as a field of a dataclass. Its type is what its value is read as.

    Args:
        default: Its value where nobody gives one.
        help: What it is, in a sentence.
        group: The part of the table that it stands in.
        metavar: What stands for its value in ``--help``.
        least: The least number that it may be.
        most: The greatest.
        unset: What is done where its default is ``None``.
        secret: It has no flag (other programs see the flags of a process), and is never shown.
    """
    said = {"help": help, "group": group, "metavar": metavar, "least": least, "most": most}
    return field(default=default, metadata=said | {"unset": unset, "secret": secret})


def variable(one: "Field[Any]") -> str:
    """The environment variable of a setting."""
    return PREFIX + one.name.upper()


def flag(one: "Field[Any]") -> str | None:
    """The flag of a setting; secrets have none."""
    return None if one.metadata["secret"] else f"--{one.name.replace('_', '-')}"


def kind(one: "Field[Any]") -> type:
    """The type of a setting's value, where it has one."""
    said = one.type
    if isinstance(said, UnionType):
        (said,) = (part for part in get_args(said) if part is not type(None))
    assert isinstance(said, type)
    return said


def from_environment(settings: Iterable["Field[Any]"], environment: Mapping[str, str]) -> dict[str, Any]:
    """The values that variables give; an empty one is as none.

    Raises:
        UsageError: One cannot be read.
    """
    given = ((one, environment.get(variable(one), "")) for one in settings)
    return {one.name: parsed(one, text, variable(one)) for one, text in given if text}


def from_file(settings: Iterable["Field[Any]"], path: Path) -> dict[str, Any]:
    """The values that a TOML file gives, under the names of the settings.

    Raises:
        UsageError: There is no such file, it is not TOML, or it says what no setting is.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The settings in {path} cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}.") from None
    known = {one.name: one for one in settings}
    for name in said:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else "See docs/reference/settings.md."
            raise UsageError(f"{path} says {name!r}, which is no setting. {hint}")
    return {name: parsed(known[name], value, f"{name!r} in {path}") for name, value in said.items()}


def parsed(one: "Field[Any]", value: object, named: str) -> Any:
    """A value as its setting's type, whatever gave it.

    Args:
        one: The setting.
        value: A text, or what TOML made of it.
        named: What the message calls it.

    Raises:
        UsageError: It is no such value, or too low or high.
    """
    wanted = kind(one)
    if wanted is bool:
        found: Any = value if isinstance(value, bool) else _YES.get(str(value).lower())
        if found is None:
            raise UsageError(f"{named} must be yes or no, not {_shown(one, value)}.")
        return found
    if isinstance(value, bool | list | dict):
        raise UsageError(f"{named} must be a single value, not {_shown(one, value)}.")
    if issubclass(wanted, Enum):
        return _choice(one, wanted, str(value), named)
    if wanted in (int, float):
        return _number(one, wanted, value, named)
    return Path(str(value)).expanduser() if wanted is Path else str(value)


def _choice(one: "Field[Any]", wanted: type[Enum], value: str, named: str) -> Enum:
    try:
        return wanted(value)
    except ValueError:
        choices = ", ".join(str(choice.value) for choice in wanted)
        raise UsageError(f"{named} must be one of {choices}, not {_shown(one, value)}.") from None


def _number(one: "Field[Any]", wanted: type, value: object, named: str) -> Any:
    whole = wanted is int
    try:
        found = wanted(str(value).replace("_", ""))
    except ValueError:
        raise UsageError(
            f"{named} must be a {'whole ' if whole else ''}number, not {_shown(one, value)}."
        ) from None
    least, most = one.metadata["least"], one.metadata["most"]
    if (least is not None and not found >= least) or (most is not None and not found <= most):
        bounds = f"from {least:,} to {most:,}" if most is not None else f"{least:,} or more"
        raise UsageError(f"{named} must be {bounds}, not {_shown(one, value)}.")
    return found


def _shown(one: "Field[Any]", value: object) -> str:
    return "this" if one.metadata["secret"] else repr(value)


def shown_default(one: "Field[Any]") -> str:
    """A setting's default, for people."""
    assert one.default is not MISSING
    if one.default is None:
        return str(one.metadata["unset"])
    if isinstance(one.default, bool):
        return "yes" if one.default else "no"
    return f"{one.default:,}" if isinstance(one.default, int) and one.default > 9999 else str(one.default)
