"""Bring the pages' translations up to date: ``python tools/languages.py``, or with a new language's tag.

People translate ``languages/<language>/LC_MESSAGES/onecopy.po`` in ``src/onecopy/service``. Texts that are
new come into it with nothing beside them, those that are gone leave it, and beside it ``onecopy.mo`` is made
anew: that is what the service reads. ``--check`` changes nothing; either way it says what is missing, and
where a translation has other placeholders than its text.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from strings import SERVICE, texts

LANGUAGES = SERVICE / "languages"
_IDLE = re.compile(rb'#|"(Project-Id|Report|Last|Language-Team|Generated|[\w-]+-Date)')
"""Lines that would make each run a change, or say nothing."""
_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
_HOLE = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?\w+>")


def template() -> Catalog:
    """All texts there are to translate. Where each is used is not told: every edit would change that."""
    made = Catalog(charset="utf-8")
    for text in sorted(texts(), key=lambda one: one if isinstance(one, str) else one[0]):
        made.add(text, flags=["python-format"] if "%(" in str(text) else [])
    return made


def read(path: Path, language: str) -> Catalog:
    """A language as people left it; an empty one, if there is no file yet."""
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, charset="utf-8")  # its head says the language and how it counts


def updated(catalog: Catalog) -> Catalog:
    """A language with the texts of today; a translation is of exactly its own text, never of one like it."""
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def files(catalog: Catalog) -> tuple[bytes, bytes]:
    """What people translate, and what the service reads."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, width=0, omit_header=False, sort_output=True)
    text = b"".join(one for one in po.getvalue().splitlines(keepends=True) if not _IDLE.match(one))
    compiled = read_po(io.BytesIO(text), charset="utf-8")
    compiled.creation_date = compiled.revision_date = _ALWAYS
    write_mo(mo, compiled)
    return text, mo.getvalue()


def mistakes(catalog: Catalog) -> Iterator[str]:
    """What is missing, and what has other placeholders than its text."""
    for message in catalog:
        if not message.id:
            continue
        ones = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(said) or len(said) != (catalog.num_plurals if len(ones) > 1 else 1):
            yield f"missing: {ones[0]}"
        for text, wanted in zip(said, (ones[0], *ones[1:] * len(said)), strict=False):
            # One thing may go without its number: "one day" for "%(num)s day".
            allowed = [holes(wanted), holes(wanted) - {"%(num)s", "%(count)s"}]
            if text and holes(text) not in (allowed if len(ones) > 1 and wanted == ones[0] else allowed[:1]):
                yield f"other placeholders: {wanted} → {text}"


def holes(text: str) -> set[str]:
    """The placeholders of a text."""
    return set(_HOLE.findall(text))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("language", nargs="*", help="only these; one that there is not is begun")
    asked.add_argument("--check", action="store_true", help="change nothing")
    given = asked.parse_args()
    wrong = 0
    for language in given.language or sorted(one.name for one in LANGUAGES.iterdir()):
        folder = LANGUAGES / language / "LC_MESSAGES"
        catalog = updated(read(folder / "onecopy.po", language))
        for mistake in mistakes(catalog):
            print(f"{language}: {mistake}")
            wrong = 1
        for name, data in zip(("onecopy.po", "onecopy.mo"), files(catalog), strict=True):
            path = folder / name
            if given.check and (not path.exists() or path.read_bytes() != data):
                print(f"{language}: {name} is not up to date. Run: python tools/languages.py")
                wrong = 1
            elif not given.check:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
