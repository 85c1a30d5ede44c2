"""From a template to a response: what all pages have in common."""

from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

import onecopy
from onecopy.report import words as figures
from onecopy.service.pages import addresses, language, names, navigation, numbers, spoken, static, words
from onecopy.service.pages.visitor import CSRF, Visitor, current
from onecopy.service.roles import Permission

_NAMES = ("ROLES", "RELATIONS", "ACTIONS", "OUTCOMES", "EVENTS", "TOLD", "IMPORT_STATES", "FIELDS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Without any referrer browsers would not say which site a form comes from.
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}
"""Of every page: its own scripts and styles, from files alone; nothing of it in another site's frame."""


async def speaks(request: Request) -> None:
    """Speak a request's language while it is answered: words are put together before a template has them."""
    words.language.set(language.spoken(request))


def page(request: Request, template: str, *, status: int = HTTPStatus.OK, **context: Any) -> HTMLResponse:
    """Answer with a page.

    Args:
        request: The one that is answered.
        template: Its file in ``templates``.
        status: The answer's status.
        context: What the template names. All pages know ``visitor`` (or ``None``), ``navigation``, ``here``
            (the path), ``csrf()`` (the hidden field that every form has that is posted), ``static(name)``,
            the words' ``_`` and ``ngettext``, and the filters below.
    """
    visitor = current(request)
    speaks = words.language.set(language.spoken(request))
    try:
        text = (
            environment()
            .get_template(template)
            .render(
                visitor=visitor,
                navigation=navigation.entries(visitor.caller) if visitor else [],
                here=request.url.path,
                language=words.tag(),
                speaks=words.language.get(),
                languages=words.offered(),
                back=language.back(request),
                csrf=lambda: _csrf(visitor),
                **context,
            )
        )
    finally:
        words.language.reset(speaks)
    body = text.encode("utf-8", "backslashreplace")
    return HTMLResponse(body, status_code=status, headers=HEADERS)


@cache
def environment() -> Environment:
    """The templates."""
    made = Environment(
        loader=PackageLoader("onecopy.service"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Shown text is made safe to look at as well as safe to parse: nothing invisible in it.
        finalize=lambda value: value if isinstance(value, Markup) else figures.visible(str(value)),
    )
    made.install_gettext_callables(words.translated, words.counted, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "number": figures.number,
        "size": figures.size,
        "percent": numbers.percent,
        "confidence": numbers.confidence,
        "money": numbers.money,
        "exact": exact,
        "lines": lines,
        "day": day,
        "moment": moment,
        "ago": ago,
        "age": age,
        **spoken.FILTERS,
    }
    made.globals |= {"static": static.address, "version": onecopy.__version__, "MAY": Permission}
    made.globals |= {"at_case": addresses.case, "at_archive": addresses.archive}
    made.globals |= {name: getattr(names, name) for name in _NAMES}
    return made


def exact(value: object) -> Markup:
    """What somebody entered, for a field that gives it back: nothing in it is replaced."""
    return escape(value)


def lines(value: object) -> Markup:
    """Text of several lines, for an element that keeps them; other invisible characters are shown."""
    return Markup("\n").join(figures.visible(line) for line in str(value).split("\n"))


def day(at: datetime) -> Markup:
    """A day as people write it, and as programs read it."""
    return Markup('<time datetime="{}">{}</time>').format(at.date().isoformat(), numbers.day(at))


def moment(at: datetime) -> Markup:
    """A day and a time, in UTC."""
    text = numbers.moment(at)
    at = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


def _csrf(visitor: Visitor | None) -> Markup:
    value = visitor.csrf if visitor else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, value)


def ago(at: datetime, now: datetime | None = None) -> Markup:
    """How long ago something was, in the largest whole unit."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M} UTC", age((now or datetime.now(UTC)) - at)
    )


def age(duration: Any) -> str:
    """A duration in the largest whole unit: ``3 days``."""
    seconds = max(0, int(duration.total_seconds()))
    for one, many, unit in _UNITS:
        if seconds >= unit:
            count = seconds // unit
            return words.counted(one, many, count) % {"num": count}
    return words.translated("less than a minute")


_UNITS = (
    (*words.NN_("%(num)s day", "%(num)s days"), 86400),
    (*words.NN_("%(num)s hour", "%(num)s hours"), 3600),
    (*words.NN_("%(num)s minute", "%(num)s minutes"), 60),
)
