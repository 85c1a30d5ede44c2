"""Cursors: where the next page of a list begins. They name a thing on the page before, and grant nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from onecopy.service.problems import ProblemError

LONGEST = 2000
"""Characters of a cursor: room for the longest names of an agency and a case."""


def made(*place: str) -> str:
    """The cursor of a place."""
    return urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def place(cursor: str, parts: int) -> tuple[str, ...]:
    """The place that a cursor names.

    Raises:
        ProblemError: 422: it is none of ours.
    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found = msgspec.json.decode(urlsafe_b64decode(padded), type=tuple[str, ...])
    except (ValueError, RecursionError):
        found = ()
    if len(found) != parts or any("\0" in part for part in found):
        raise refused()
    return found


def refused() -> ProblemError:
    """That a cursor cannot be followed."""
    return ProblemError(422, "bad-cursor", "The cursor is not one of this list. Begin again without one.")


def link(path: str, asked: Mapping[str, str]) -> str:
    """The ``Link`` header (RFC 8288) to a next page."""
    return f'<{path}?{urlencode(asked)}>; rel="next"'
