"""What there is to translate: the texts of templates, and those that modules mark. See ``languages.py``."""

import ast
from collections.abc import Iterator
from pathlib import Path

from onecopy.parts import parts
from onecopy.policy.document import PLACES, WORDS
from onecopy.sayings.texts import FIRST, NUMBERS, PAIR, SECOND, TEXTS
from onecopy.service.pages.render import environment

SERVICE = Path(__file__).resolve().parent.parent / "src" / "onecopy" / "service"
MARKS = {"N_", "NN_", "translated", "counted"}
ERRORS = {"ProblemError", "UsageError", "Refused"}
"""What is raised: pages show its message."""

Text = str | tuple[str, str]
"""A text, or one for a single thing and one for many."""


def texts() -> dict[Text, list[str]]:
    """All texts, each with the places that it is at."""
    found: dict[Text, list[str]] = {}
    for path in sorted(SERVICE.rglob("*.html")):
        for line, text in in_template(path):
            found.setdefault(text, []).append(f"{path.relative_to(SERVICE)}:{line}")
    for path in sorted((SERVICE / "pages").rglob("*.py")):
        for line, text in in_module(path, MARKS):
            found.setdefault(text, []).append(f"{path.relative_to(SERVICE)}:{line}")
    for folder in ("service", "review", "catalog", "pipelines/gate", "policy"):
        for path in sorted((SERVICE.parent / folder).rglob("*.py")):
            for line, text in in_module(path, ERRORS):
                found.setdefault(text, []).append(f"{path.relative_to(SERVICE.parent)}:{line}")
    for code, text in {**TEXTS, "first": FIRST, "second": SECOND, "pair": PAIR}.items():
        found.setdefault(text, []).append(f"sayings {code}")
    for text in (*WORDS.values(), *PLACES.values(), *(purpose for _, purpose, _ in parts())):
        found.setdefault(text, []).append("shown as it is")
    for number in NUMBERS:
        found.setdefault(number, []).append("sayings number")
    return found


def in_template(path: Path) -> Iterator[tuple[int, Text]]:
    """What a template gives to ``_`` and ``ngettext``."""
    for line, function, said in environment().extract_translations(path.read_text("utf-8")):
        if function == "ngettext" and isinstance(said, tuple):
            yield line, (str(said[0]), str(said[1]))
        elif isinstance(said, str):
            yield line, said
        elif isinstance(said, tuple) and isinstance(said[0], str):
            yield line, said[0]


def in_module(path: Path, marks: set[str]) -> Iterator[tuple[int, Text]]:
    """What a module marks with ``N_`` or ``NN_``, translates itself, or raises with."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in marks:
            said = [one.value for one in node.args if isinstance(one, ast.Constant)]
            texts = [one for one in said if isinstance(one, str)]
            if marks is ERRORS:
                texts = [one for one in texts if " " in one][-1:]
            if len(texts) == 1:
                yield node.lineno, texts[0]
            elif len(texts) == 2:
                yield node.lineno, (texts[0], texts[1])
