"""The names of contents."""

import re
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_name(text: str) -> bool:
    """Whether it is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def checked(sha256: str) -> str:
    """The name itself, if it is one. It becomes a path or an address: it is never trusted.

    Raises:
        ValueError: It is none.
    """
    if not is_name(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
    return sha256


def sharded(folder: Path, sha256: str) -> Path:
    """Where a content's file is in a folder of many: two levels keep any one folder small."""
    return folder / sha256[:2] / sha256[2:4] / sha256
