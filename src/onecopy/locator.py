"""Locators: where an occurrence lives, as one printable string.

Grammar (DESIGN, "Words")::

    photos/a.jpg                     a file
    plans.zip!/sheet1.tif            a member of an archive (nests: a.zip!/b.zip!/c.png)
    permit.pdf#page=3&image=2        an image of a page
    scan.tif#page=4                  a page, only where there is more than one

``%``, ``#``, ``!``, control characters, those that turn the direction of writing (they can make ``gpj.exe``
look like ``exe.jpg``) and bytes that are not UTF-8 are percent-encoded in names, so a locator splits
unambiguously and prints safely. File names are handled as the operating system gives them
(``os.fsdecode``), so any name survives the round trip.
"""

import os
import re

_ESCAPED = re.compile(r"[%#!\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def quote(name: str | bytes) -> str:
    """Percent-encode a file or member name (or path) for use in a locator.

    Args:
        name: As ``os.fsdecode`` gives it (undecodable bytes as lone surrogates), or raw bytes.

    Returns:
        Printable text without ``#``, ``!`` or a bare ``%``; ``/`` is kept.
    """
    text = os.fsdecode(name)
    if _ESCAPED.search(text) is None:
        return text

    def escape(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape"))

    return _ESCAPED.sub(escape, text)


def unquote(text: str) -> str:
    """Invert :func:`quote`; undecodable bytes come back as the lone surrogates ``os.fsencode`` expects."""
    raw = _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), text.encode("utf-8"))
    return raw.decode("utf-8", "surrogateescape")


def member(parent: str, name: str | bytes) -> str:
    """The locator (or inner part) of an archive member: ``parent!/name``."""
    return f"{parent}!/{quote(name)}"


def page(parent: str, *, page: int | None = None, image: int | None = None) -> str:
    """The locator (or inner part) of a page, an image, or an image on a page; both count from 1."""
    parts = [f"{key}={n}" for key, n in (("page", page), ("image", image)) if n is not None]
    return f"{parent}#{'&'.join(parts)}" if parts else parent


def split(locator: str) -> tuple[str, str]:
    """Split into the (quoted) file part and the inner part, which is ``""`` for the file itself."""
    match = re.search(r"[!#]", locator)
    return (locator, "") if match is None else (locator[: match.start()], locator[match.start() :])


def steps(inner: str) -> list[tuple[str, str]]:
    """Take an inner part to pieces, outermost first.

    Returns:
        ``("member", name)`` with the name unquoted, or ``("page", "page=3&image=2")``.
    """
    found = re.findall(r"!/([^!#]*)|#([^!#]*)", inner)
    return [("page", where) if where else ("member", unquote(name)) for name, where in found]
