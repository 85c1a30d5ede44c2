"""Write the generated pages: docs/reference/cli.md from ``--help``, the findings' schema, the decisions."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLI = ROOT / "docs" / "reference" / "cli.md"
DECISIONS = ROOT / "docs" / "decisions" / "README.md"
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


def help_of(*command: str) -> str:
    """What ``onecopy COMMAND --help`` prints in a terminal 100 columns wide."""
    asked = [sys.executable, "-c", "from onecopy.cli import main; main()", *command, "--help"]
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("ONECOPY_", "FORCE_COLOR"))
    }
    shown = subprocess.run(asked, env=kept | _PLAIN, check=True, capture_output=True, text=True).stdout
    return "\n".join(line.rstrip() for line in shown.splitlines()).strip("\n")


def cli_page() -> str:
    """The page of all commands."""
    parts = [HEAD]
    for command in [(), *(tuple(name.split()) for name in commands())]:
        parts.append(f"## {' '.join(('onecopy', *command))}\n\n```text\n{help_of(*command)}\n```\n")
    return "\n".join(parts)


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
    CLI.write_text(cli_page(), encoding="utf-8")
    SCHEMA.write_text(schema_page(), encoding="utf-8")
    DECISIONS.write_text(decisions_page(), encoding="utf-8")
