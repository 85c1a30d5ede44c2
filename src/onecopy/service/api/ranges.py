"""Which bytes of a content a request is for (RFC 9110, 13 and 14): conditions first, then one range."""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

from onecopy.service.problems import ProblemError

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a content's bytes: ``size`` of them, from ``start`` on, of ``whole``."""

    start: int
    size: int
    whole: int

    def header(self) -> str:
        """As ``Content-Range`` says it."""
        return f"bytes {self.start}-{self.start + self.size - 1}/{self.whole}"


def tag(sha256: str) -> str:
    """The strong entity tag of a content: what has it has these bytes."""
    return f'"{sha256}"'


def unchanged(headers: Headers, etag: str) -> bool:
    """Whether the client holds the content already (``If-None-Match``)."""
    said = ",".join(headers.getlist("if-none-match"))
    return said.strip() == "*" or etag in _TAG.findall(said)


def part(headers: Headers, size: int, etag: str) -> Part | None:
    """The one range that is asked for; ``None`` for all of it.

    More than one range, and what is no range of bytes, may be answered with the whole, and is.

    Raises:
        ProblemError: 416: it begins beyond the end.
    """
    match = _RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or headers.get("if-range", etag) != etag or match[1] == match[2] == "":
        return None
    if match[1] == "":
        start, end = max(0, size - int(match[2])), size
        beyond = match[2].strip("0") == ""
    else:
        start = int(match[1])
        end = min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < start:
            return None
        beyond = start >= size
    if beyond:
        detail = f"The range begins beyond the end: the content has {size:,} bytes."
        raise ProblemError(416, "range-not-satisfiable", detail, headers={"Content-Range": f"bytes */{size}"})
    return Part(start=start, size=end - start, whole=size) if size else None
