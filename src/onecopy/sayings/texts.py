"""The English texts of all sentences, by code; what they call "the first" is a placeholder in them."""

from onecopy.sayings.decided import DECIDED
from onecopy.sayings.questions import QUESTIONS
from onecopy.sayings.seen import SEEN

Text = str | tuple[str, str]
"""A text, or one for a single thing and one for many; ``%`` is doubled."""

FIRST, SECOND = "the first", "the second"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PAIR = "%(one)s and %(other)s"

TEXTS: dict[str, Text] = SEEN | QUESTIONS | DECIDED
