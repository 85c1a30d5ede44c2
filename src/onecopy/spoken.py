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
