"""Values as people write them: days, and names that fit on a line."""

import re
from datetime import datetime

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_LONGEST = 80


def day(moment: datetime) -> str:
    """A day as people write it, whatever the machine's language: ``3 May 2026``."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def shown(text: str) -> str:
    """A name fit for one line: no control characters, not endless."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", " ", text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def called(sentence: str, first: str, second: str) -> str:
    """A sentence of evidence with other words for its "the first" and "the second".

    Args:
        sentence: As evidence has it: "The second is the first, cropped on the left by 25%."
        first: What to call the first: "the left one".
        second: What to call the second.
    """
    names = {"first": first, "second": second}

    def name(match: re.Match[str]) -> str:
        said = names[match[2]]
        return said[:1].upper() + said[1:] if match[1] == "T" else said

    return re.sub(r"\b([Tt])he (first|second)\b", name, sentence)
