"""Write the generated pages: the API, commands, settings, the findings' schema, the decisions."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CLI = ROOT / "docs" / "reference" / "cli.md"
DECISIONS = ROOT / "docs" / "decisions" / "README.md"
SETTINGS = ROOT / "docs" / "reference" / "settings.md"
SCHEMA = ROOT / "docs" / "reference" / "findings.schema.json"
HEAD = """# Commands

What each command prints with `--help`. This page is written by `make docs`; a test keeps it equal.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs could not be read, 130 interrupted.
"""
_PLAIN = {
    "COLUMNS": "100",
    "TERMINAL_WIDTH": "100",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "_TYPER_FORCE_DISABLE_TERMINAL": "1",
}


def commands() -> list[str]:
    """The names of all commands, in the order ``onecopy --help`` has them; ``policy check`` for a group's."""
    from onecopy.cli.app import build

    app = build()
    groups = [
        (f"{group.name or group.typer_instance.info.name} ", group.typer_instance)
        for group in app.registered_groups
    ]
    return [
        prefix + (command.name or command.callback.__name__)
        for prefix, one in [("", app), *groups]
        for command in one.registered_commands
        if command.callback
    ]


_ALL_HELP = """
import contextlib, io, json, sys
from onecopy.cli import main
shown = []
for command in json.load(sys.stdin):
    sys.argv = ["onecopy", *command, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            main()
        except SystemExit as ended:
            assert not ended.code, command
    shown.append(out.getvalue())
json.dump(shown, sys.stdout)
"""


def help_of(asked: list[tuple[str, ...]]) -> list[str]:
    """What ``onecopy COMMAND --help`` prints for each in a terminal 100 columns wide, all by one process."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("ONECOPY_", "FORCE_COLOR"))
    }
    done = subprocess.run(
        [sys.executable, "-c", _ALL_HELP],
        env=kept | _PLAIN,
        check=True,
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
    )
    return [
        "\n".join(line.rstrip() for line in one.splitlines()).strip("\n") for one in json.loads(done.stdout)
    ]


def cli_page() -> str:
    """The page of all commands."""
    asked = [(), *(tuple(name.split()) for name in commands())]
    parts = [HEAD]
    for command, shown in zip(asked, help_of(asked), strict=True):
        parts.append(f"## {' '.join(('onecopy', *command))}\n\n```text\n{shown}\n```\n")
    return "\n".join(parts)


SETTINGS_HEAD = """# Settings of the service

What `onecopy serve` can be told. Every setting has a default that works. A flag goes before a variable, a
variable before the file, the file before the default. `make docs` writes this page; a test keeps it equal.

The file is TOML. `--config FILE` or `ONECOPY_CONFIG` names it. Its keys are the names of the settings:

```toml
catalog = "postgresql://onecopy@db.city.example/onecopy"
vault = "s3://city-records/onecopy?region=us-west-2"
workers = 4
log_format = "json"
```

A setting without a flag is a secret: other programs see the flags of a process. Keep a file with secrets
readable by the service alone. Other commands take the catalog and the vault from the same file:
`onecopy --config FILE doctor`.
"""


_HEAD = "| name | flag | variable | default | what it is |\n|---|---|---|---|---|\n"


def settings_page() -> str:
    """The table of settings."""
    from itertools import groupby

    from onecopy.service.setting import flag, shown_default, variable
    from onecopy.service.settings import table

    parts = [SETTINGS_HEAD]
    for group, settings in groupby(table(), key=lambda one: str(one.metadata["group"])):
        parts.append(f"\n## {group}\n\n{_HEAD}")
        for one in settings:
            name = flag(one)
            shown = f"`{name}`" if name else "–"
            words = f"{one.metadata['help']}{_bounds(one.metadata)}"
            parts.append(f"| `{one.name}` | {shown} | `{variable(one)}` | {shown_default(one)} | {words} |\n")
    return "".join(parts)


def _bounds(said: Mapping[str, Any]) -> str:
    least, most = said["least"], said["most"]
    if least is None:
        return ""
    return f" From {least:,} to {most:,}." if most is not None else f" {least:,} or more."


def schema_page() -> str:
    """The JSON Schema of the findings."""
    from onecopy.report.data import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def decisions_page() -> str:
    """The page of decisions, with a list of those that are there."""
    head = DECISIONS.read_text(encoding="utf-8").partition("\n- [")[0].rstrip("\n")
    found = sorted(path for path in DECISIONS.parent.glob("*.md") if path != DECISIONS)
    titles = [path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in found]
    lines = [f"- [{title}]({path.name})" for title, path in zip(titles, found, strict=True)]
    return "\n".join([head, "", *lines]) + "\n"


if __name__ == "__main__":
    from api_page import API, api_page

    API.write_text(api_page(), encoding="utf-8")
    CLI.write_text(cli_page(), encoding="utf-8")
    SETTINGS.write_text(settings_page(), encoding="utf-8")
    SCHEMA.write_text(schema_page(), encoding="utf-8")
    DECISIONS.write_text(decisions_page(), encoding="utf-8")
