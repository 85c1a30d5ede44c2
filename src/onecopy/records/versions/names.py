"""What a file's name says of the document in it: which sheet, what title, which revision, of which day.

Names are claims. They order versions that are known to be versions; they never make any.
"""

import functools
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST = 300
"""Characters that are looked at; what comes after them says nothing."""


class Agreement(StrEnum):
    """What two names say of whether they are one document's."""

    SAME = "same"
    """Both name a document, and it is one."""
    DIFFERENT = "different"
    """Both name a document, and not the same."""
    SILENT = "silent"
    """One of them names none, or not exactly enough: ``scan0001.pdf``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An explicit revision. Letters and numbers are two ways of counting, which do not compare."""

    letters: bool
    number: tuple[int, ...]
    label: str
    """As people write it: ``rev B``."""

    def after(self, other: "Revision") -> bool | None:
        """Whether it is the later one; ``None`` where that cannot be said."""
        if self.letters is not other.letters or self.number == other.number:
            return None
        return self.number > other.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name taken to pieces."""

    plain: str
    """The whole name in one form: two files have the same name if this is equal."""
    sheet: str = ""
    """The number of a drawing: ``a-2``."""
    words: frozenset[str] = frozenset()
    """What is left of the title."""
    revision: Revision | None = None
    day: date | None = None
    stage: int = 0
    """-1 for a draft, 1 for a correction, 2 for a final version."""
    camera: bool = False
    """It is the kind of name that cameras and telephones give."""

    @property
    def speaks(self) -> bool:
        """Whether it names a document at all."""
        return bool(self.sheet or self.words)


def agreement(one: Named, other: Named) -> Agreement:
    """Whether two names are those of one document."""
    if one.sheet and other.sheet:
        return Agreement.SAME if one.sheet == other.sheet else Agreement.DIFFERENT
    if not one.words or not other.words:
        return Agreement.SILENT
    if one.words == other.words:
        return Agreement.SAME
    # 'floor plan' may be the 'first floor plan', or that of the whole house.
    nested = one.words < other.words or other.words < one.words
    return Agreement.SILENT if nested else Agreement.DIFFERENT


_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{0,4}$")
_COPY = re.compile(r"\s*\(\d{1,3}\)\s*$|\s*[-–_ ]\s*copy(?:\s*\(?\d{0,3}\)?)?\s*$|^copy(?: \d+)? of\s+")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_. ]?([01]\d)[-_. ]?([0-3]\d)(?!\d)")
_AMERICAN = re.compile(r"(?<!\d)([01]?\d)[-_.]([0-3]?\d)[-_.]((?:19|20)\d\d)(?!\d)")
_REVISION = re.compile(
    r"(?<![a-z0-9])(?:(?:revision|rev|issue|version|ver)[ ._:#-]*(?:(\d{1,3}(?:\.\d{1,3})?)|([a-z]))"
    r"|(?<!^)[rv][ .]?(\d{1,3}(?:\.\d{1,3})?))(?![a-z0-9])"
)
_SHEET = re.compile(r"(?<![a-z0-9])([a-z]{1,2})-?(\d{1,3})(?:\.(\d{1,3}))?([a-z])?(?![a-z0-9])")
_CAMERA = re.compile(
    r"^(?:img|dsc[nf]?|pxl|dji|gopr|mvimg|image|photo|wp|snap)[-_ ]?\d{3,}|^p\d{4,}$|[-_ ]wa\d{4}$"
    r"|^screenshot\b|^signal[-_ ]\d"
)
_WORD = re.compile(r"[^\W_]+")
_SCANNER = re.compile(r"^(?:scan|scanned|img|doc|document|file|page|fax)[-_ ]?\d+(?:[-_ ]\d+)*$")

_STAGES = {
    "draft": -1, "preliminary": -1, "prelim": -1, "superseded": -1, "old": -1, "obsolete": -1, "void": -1,
    "corrected": 1, "correction": 1, "revised": 1, "updated": 1, "amended": 1, "new": 1, "signed": 1,
    "resubmitted": 1, "final": 2, "approved": 2, "stamped": 2,
}  # fmt: skip
_EMPTY = frozenset({
    "scan", "scanned", "img", "image", "photo", "picture", "doc", "document", "file", "attachment",
    "attached", "untitled", "unnamed", "page", "pages", "sheet", "pdf", "the", "a", "an", "of", "for", "and",
    "to", "with", "rev", "revision", "version", "ver", "copy", "resubmittal",
})  # fmt: skip
"""Words that every document could have."""
_NO_SHEETS = frozenset({"no", "of", "pg", "in", "at", "to", "wa"})


@functools.lru_cache(maxsize=20_000)
def parse(name: str) -> Named:
    """Take the name of a file to pieces.

    Args:
        name: As the uploader gave it; folders before it are passed over.
    """
    line = unicodedata.normalize("NFKC", name[-LONGEST:]).casefold().rsplit("/", 1)[-1]
    plain = " ".join(line.split())
    rest = _EXTENSION.sub("", plain) or plain
    camera = bool(_CAMERA.search(rest))
    rest = _COPY.sub("", rest)
    rest, day = _take_day(rest)
    rest, revision = _take_revision(rest)
    rest, sheet = _take_sheet("" if camera else rest)
    stages = [_STAGES[word] for word in _WORD.findall(rest) if word in _STAGES]
    words = frozenset(word for word in _WORD.findall(rest) if word not in _EMPTY and word not in _STAGES)
    titled = not _SCANNER.search(rest.strip()) and any(not word.isdigit() for word in words)
    return Named(
        plain=plain,
        sheet=sheet,
        words=words if titled else frozenset(),
        revision=revision,
        day=day,
        stage=0 if not stages else min(stages) if min(stages) < 0 else max(stages),
        camera=camera,
    )


def _take_day(text: str) -> tuple[str, date | None]:
    """The last day that the name gives; days of two numbers are read month first, as this country does."""
    found: list[tuple[re.Match[str], date]] = []
    for pattern, order in ((_ISO, (1, 2, 3)), (_AMERICAN, (3, 1, 2))):
        for match in pattern.finditer(text):
            try:
                found.append((match, date(*(int(match[part]) for part in order))))
            except ValueError:
                continue
    if not found:
        return text, None
    for match, _ in found:
        text = text.replace(match[0], " ")
    return text, max(day for _, day in found)


def _take_revision(text: str) -> tuple[str, Revision | None]:
    matches = list(_REVISION.finditer(text.replace("_", " ")))
    if not matches:
        return text, None
    last = matches[-1]
    number, letter = last[1] or last[3], last[2]
    rest = text[: last.start()] + " " + text[last.end() :]
    return rest, revision(letter or number)


def revision(text: str) -> Revision | None:
    """A revision as it is written in a field of its own: ``B``, ``3``, ``2.1``, ``rev C``."""
    match = re.fullmatch(r"(?:revision|rev|r|version|ver|v)?[ ._:#-]*(?:([a-z])|(\d{1,6}(?:\.\d{1,6}){0,3}))",
                         text.strip().casefold())  # fmt: skip
    if match is None:
        return None
    if match[1]:
        return Revision(letters=True, number=(ord(match[1]),), label=f"rev {match[1].upper()}")
    numbers = tuple(int(part) for part in match[2].split("."))
    return Revision(letters=False, number=numbers, label=f"rev {'.'.join(map(str, numbers))}")


def _take_sheet(text: str) -> tuple[str, str]:
    for match in _SHEET.finditer(text.replace("_", " ")):
        if match[1] in _NO_SHEETS:
            continue
        parts = [match[1], match[2].lstrip("0") or "0", *([match[3]] if match[3] else [])]
        sheet = "-".join(parts[:2]) + "".join(f".{part}" for part in parts[2:]) + (match[4] or "")
        return text[: match.start()] + " " + text[match.end() :], sheet
    return text, ""
