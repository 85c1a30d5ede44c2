"""``Repr-Digest`` (RFC 9530): what a file's bytes must be, said before them or with them."""

import binascii
import re
from base64 import b64decode, b64encode

from fastapi import Request

from onecopy.service.problems import ProblemError

_ENTRY = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)\s*=\s*:([A-Za-z0-9+/=]*):\s*(?:;[^,]*)?")


def header(sha256: str) -> str:
    """The header's value for a content."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"


def given(request: Request) -> str | None:
    """The SHA-256, in hexadecimal, that a request says its file has; ``None`` where it says none.

    Other algorithms are left aside, as the RFC has it.

    Raises:
        ProblemError: 400: the header cannot be read.
    """
    values = request.headers.getlist("repr-digest")
    found: str | None = None
    for entry in ",".join(values).split(",") if values else ():
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise _unreadable()
        if match[1] == "sha-256":
            found = _hexadecimal(match[2])
    return found


def refuse_other(sha256: str, wanted: str | None) -> None:
    """Let no file pass that is not what its request says it is.

    Raises:
        ProblemError: 400.
    """
    if wanted is not None and sha256 != wanted:
        detail = "The file that came is not the one that Repr-Digest names. Nothing was kept: send it again."
        raise ProblemError(400, "digest-mismatch", detail)


def _hexadecimal(text: str) -> str:
    try:
        raw = b64decode(text, validate=True)
    except binascii.Error:
        raise _unreadable() from None
    if len(raw) != 32:
        raise _unreadable()
    return raw.hex()


def _unreadable() -> ProblemError:
    detail = (
        "Repr-Digest cannot be read. It looks like: sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"
    )
    return ProblemError(400, "bad-digest", detail)
