"""``report.html``: one file that opens anywhere, needs nothing and calls nobody."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from onecopy.findings import Findings, Remark, Unreadable
from onecopy.model import LINKABLE, Relation
from onecopy.report import words
from onecopy.report.entries import SHOWN_PAIRS, Builder, choose_thumbnails
from onecopy.report.figures import figures, folder_of
from onecopy.report.staging import Staging
from onecopy.report.thumbnails import Album, Preview

_CSS = ("tokens.css", "report.css")
_JS = ("report.js",)

MOST_LINES = 500
"""Of each list of locators; ``findings.json`` has them all."""

PROBLEMS = {
    "truncated": "Cut off before the end",
    "corrupt": "Damaged",
    "too-many-pixels": "More pixels than the limit",
    "too-large": "Larger than the limit",
    "too-many-images": "More images inside than the limit",
    "unsupported-format": "A format that cannot be read",
    "needs-extra": "A format that needs an extra to be installed",
    "decode-timeout": "Took too long to read",
    "out-of-memory": "Needs more memory than the limit",
    "worker-died": "Stopped the program that read it",
    "encrypted": "Locked with a password",
    "nested-too-deep": "Containers nested too deep",
    "not-an-image": "Not an image",
    "no-access": "No permission to read",
    "vanished": "Gone before it could be read",
    "empty-file": "Empty",
    "not-a-file": "A link, pipe or device, not a file",
    "fault": "A fault in onecopy",
}


def write_html(
    findings: Findings,
    staging: Staging,
    *,
    price_per_tb_year: float,
    preview: Preview,
    threads: int,
    progress: Callable[[int, int], None] | None,
    written_on: date,
) -> None:
    """Write ``report.html``; see :func:`onecopy.report.write` for the arguments."""
    folder = folder_of(findings)
    entries = Builder(findings, folder).entries(findings)
    album = Album()
    choose_thumbnails(entries, album)
    album.fill(preview, threads, progress)
    page = _environment().get_template("report.html")
    stream = page.generate(
        findings=findings,
        figures=figures(findings, price_per_tb_year),
        entries=entries,
        album=album,
        unreadable=_by_code(findings.unreadable),
        unmatchable=_by_reason(findings.unmatchable),
        skipped=_by_reason(findings.skipped),
        written_on=f"{written_on:%B} {written_on.day}, {written_on.year}",
    )
    with staging.file("report.html") as file:
        file.writelines(piece.encode("utf-8", "backslashreplace") for piece in stream)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("onecopy.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Shown text is made safe to look at as well as safe to parse: nothing invisible in it.
        finalize=lambda value: value if isinstance(value, Markup) else words.visible(str(value)),
    )
    environment.filters |= {
        "number": words.number,
        "count": words.count,
        "size": words.size,
        "percent": words.percent,
        "confidence": words.confidence,
        "money": words.money,
        "title": words.title,
    }
    environment.globals |= {
        "NAMES": words.NAMES,
        "MEANINGS": words.MEANINGS,
        "PROBLEMS": PROBLEMS,
        "RELATIONS": [*(r for r in Relation if r in LINKABLE), *SHOWN_PAIRS],
        "MOST_LINES": MOST_LINES,
        "css": _parts(_CSS),
        "js": _parts(_JS),
        "csp": _policy(),
    }
    return environment


def _parts(names: Sequence[str]) -> Markup:
    # The project's own text, trusted as code is.
    folder = files("onecopy.report").joinpath("templates")
    return Markup("".join(folder.joinpath(name).read_text("utf-8") for name in names))  # noqa: S704


def _policy() -> str:
    """A content security policy that lets this page's own style and script run, and nothing else."""

    def source(names: Sequence[str]) -> str:
        digest = hashlib.sha256(_parts(names).encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    return (
        f"default-src 'none'; img-src data:; style-src {source(_CSS)}; "
        f"script-src {source(_JS)}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _by_code(problems: Iterable[Unreadable]) -> list[tuple[str, dict[str, list[str]]]]:
    """Problems by code, most frequent first; within a code, locators by message."""
    table: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        table[problem.code][problem.message].append(problem.locator)
    return sorted(table.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0]))


def _by_reason(remarks: Iterable[Remark]) -> list[tuple[str, list[str]]]:
    table: dict[str, list[str]] = defaultdict(list)
    for remark in remarks:
        table[remark.reason].append(remark.locator)
    return sorted(table.items(), key=lambda item: (-len(item[1]), item[0]))
