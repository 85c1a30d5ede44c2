"""The words of the pages: English in the templates, other languages from gettext catalogues.

Templates say ``{{ _("Sign in") }}``; modules mark what a template will translate with :func:`N_`. A request
is answered in the language that somebody chose (:mod:`onecopy.service.pages.language`), else in the first
of its ``Accept-Language`` that there is a catalogue of, in ``languages/<language>/LC_MESSAGES/onecopy.mo``.
``qps-ploc`` is a made-up one: every text that comes from the catalogue is in ⟦brackets⟧ there, so that one
that does not is seen.
"""

import gettext
import re
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

DOMAIN = "onecopy"
PSEUDO = "qps-ploc"
ENGLISH = "en"
FOLDER = files("onecopy.service").joinpath("languages")
"""Where catalogues are, in gettext's own order."""
_WIDER = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")

language: ContextVar[str] = ContextVar("language", default=ENGLISH)
"""The language that is spoken at the moment."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for the catalogue, without translating it here."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark a text for one and for many for the catalogue."""
    return one, many


def translated(text: str) -> str:
    """A text in the language spoken at the moment."""
    return _catalogue(language.get()).gettext(text)


def counted(one: str, many: str, number: int) -> str:
    """One of two texts, as the number wants it, in the language spoken at the moment."""
    return _catalogue(language.get()).ngettext(one, many, number)


def wanted(accepts: str, chosen: str = "") -> str:
    """The language to answer in; English if there is none better.

    Args:
        accepts: An ``Accept-Language`` header.
        chosen: The language that somebody chose; it goes first, if there is such a one.
    """
    for offer in [chosen[:20], *accepts[:200].split(",")]:
        tag = offer.partition(";")[0].strip()
        if tag == PSEUDO or tag.partition("-")[0] in {ENGLISH, *languages()}:
            return tag if tag == PSEUDO else tag.partition("-")[0]
    return ENGLISH


def tag() -> str:
    """The language spoken at the moment as pages name it (BCP 47); ``es-US`` says how numbers are written."""
    spoken = language.get()
    return _catalogue(spoken).info().get("language", spoken).replace("_", "-")


def offered() -> dict[str, str]:
    """The languages there are, each with what it calls itself."""
    return {one: _catalogue(one).gettext(_ITSELF) for one in (ENGLISH, *sorted(languages()))}


_ITSELF = N_("English")
"""Translated by the name of the language that it is translated to."""


@cache
def languages() -> frozenset[str]:
    """Those that there are catalogues of."""
    return frozenset(one.name for one in FOLDER.iterdir()) if FOLDER.is_dir() else frozenset()


class _Pseudo(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        # Placeholders stay as they are; letters get accents, so that missing glyphs and cut lines show.
        pieces = re.split(r"(%\(\w+\)s|<[^>]*>)", message)
        return "⟦" + "".join(p if n % 2 else p.translate(_WIDER) for n, p in enumerate(pieces)) + "⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def _catalogue(tag: str) -> gettext.NullTranslations:
    if tag == PSEUDO:
        return _Pseudo()
    return gettext.translation(DOMAIN, str(FOLDER), [tag], fallback=True)
