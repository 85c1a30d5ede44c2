"""Stored sentences, said in the language of the page; in English where nothing but the words is known.

Templates show them with ``|aloud``, which says of English on a page of another language that it is that
(WCAG 3.1.2).
"""

from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from onecopy.catalog.questions import Question
from onecopy.model import Evidence, Problem
from onecopy.report.words import visible
from onecopy.sayings import Saying, Speaker, all_of, heard, say
from onecopy.service.pages import numbers, words
from onecopy.service.pages.names import PROBLEMS


class Untranslated(str):
    """Text that there is in English alone."""

    __slots__ = ()


class _Page(Speaker):
    """Says sentences in the language of the request."""

    @property
    def is_english(self) -> bool:  # type: ignore[override]
        return words.language.get() == words.ENGLISH

    def text(self, text: str) -> str:
        return words.translated(text)

    def counted(self, one: str, many: str, number: int) -> str:
        return words.counted(one, many, number)

    def share(self, share: float) -> str:
        return numbers.percent(round(share, 2))

    def day(self, at: datetime) -> str:
        return numbers.day(at)

    def moment(self, at: datetime) -> str:
        return numbers.moment(at)


_PAGE = _Page()


def spoken(text: str) -> str:
    """A stored text that is the same each time, translated."""
    said = words.translated(text)
    return said if said != text or _PAGE.is_english else Untranslated(text)


def sentence(one: Saying, first: str = "", second: str = "") -> str:
    """What a sentence says."""
    said = say(one, _PAGE, first=first, second=second)
    return said if one.code != "quoted" or _PAGE.is_english else Untranslated(said)


def sentences(evidence: Evidence, first: str = "", second: str = "") -> list[str]:
    """What evidence says of two images, with other words for its first and second."""
    return [sentence(one, first, second) for one in all_of(evidence.said, evidence.words)]


def asked(question: Question) -> str:
    """What a question asks, in a line."""
    title = heard(_said(question).get("title"))
    return sentence(title) if title is not None else spoken(question.title)


def reasons(question: Question, first: str = "", second: str = "") -> list[str]:
    """Why an answer is proposed, in sentences."""
    found = [one for plain in _said(question).get("reasons", ()) if (one := heard(plain)) is not None]
    return [sentence(one, first, second) for one in all_of(found, question.reasons)]


def trouble(problem: Problem) -> str:
    """Why something could not be read: the message itself, and in other languages what its code says."""
    text = PROBLEMS.get(problem.code)
    if _PAGE.is_english or text is None:
        return spoken(problem.message)
    return words.translated(text)


def aloud(text: str) -> Markup:
    """A text of which somebody else chose words, apart from what is around it and with its language."""
    mark = Markup(' lang="en"') if isinstance(text, Untranslated) else ""
    return Markup("<bdi{}>{}</bdi>").format(mark, escape(visible(str(text))))


def _said(question: Question) -> dict[str, Any]:
    said = question.details.get("said")
    return said if isinstance(said, dict) else {}


FILTERS = {"aloud": aloud, "asked": asked, "spoken": spoken, "sentences": sentences, "trouble": trouble}
