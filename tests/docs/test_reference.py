"""The reference is complete and equal to what the programs say."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from onecopy.errors import UnreadableError


@pytest.fixture(scope="module")
def generator(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("pages", root / "tools" / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_commands_are_as_help_says(generator: ModuleType) -> None:
    assert _words(generator.CLI.read_text(encoding="utf-8")) == _words(generator.cli_page()), "run: make docs"


def test_settings_are_those_there_are(generator: ModuleType) -> None:
    assert generator.SETTINGS.read_text(encoding="utf-8") == generator.settings_page(), "run: make docs"


def _words(text: str) -> list[str]:
    """Without the boxes, which another release of the help formatter may draw in another way."""
    return re.sub(r"[╭╮╰╯─│┌┐└┘]", " ", text).split()


def test_decisions_are_listed(generator: ModuleType) -> None:
    assert generator.DECISIONS.read_text(encoding="utf-8") == generator.decisions_page(), "run: make docs"


def test_every_command_is_used_somewhere(generator: ModuleType, root: Path) -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in [root / "README.md", *(root / "docs").rglob("*.md")]
    ]
    elsewhere = "\n".join(text for text in texts if "written by `make docs`" not in text)
    missing = [name for name in generator.commands() if f"onecopy {name}" not in elsewhere]
    assert missing == [], "these commands are in no tutorial and no how-to"


def test_every_code_says_what_to_do(root: Path) -> None:
    page = (root / "docs" / "reference" / "error-codes.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (root / "src").rglob("*.py"))
    used = set(re.findall(r"""\bcode(?:: str)? ?= ?"([a-z-]+)\"""", source))
    used |= set(re.findall(r"""\bproblem(?:_body)?\(\s*\d{3},\s*"([a-z-]+)\"""", source))
    used |= set(re.findall(r"``([a-z-]+)``", (UnreadableError.__doc__ or "").partition("Codes in use")[2]))
    assert used - listed == set(), "codes without a line in error-codes.md"
    assert listed - used - _MADE_ELSEWHERE == set(), "codes that nothing raises any more"


_MADE_ELSEWHERE = {"collided", "interrupted"}
"""Written as an argument, where the pattern does not see it."""


def test_every_make_target_is_real(root: Path) -> None:
    rules = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", rules, re.MULTILINE))
    for page in [*root.glob("*.md"), *(root / "docs").rglob("*.md")]:
        for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert target in targets, f"{page.name} speaks of make {target}"
