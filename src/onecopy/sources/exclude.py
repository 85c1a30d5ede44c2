"""Globs of what a scan leaves out."""

import fnmatch
import re
from collections.abc import Sequence


class Excluded:
    """Patterns as in a shell: ``*``, ``?``, ``[…]``.

    One without a slash matches the name of a file or folder at any depth (``*.tmp``, ``.git``); one with a
    slash matches the path inside the source (``2019/drafts/*``). A folder that matches is not entered.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        cleaned = [pattern.rstrip("/") for pattern in patterns if pattern.strip("/")]
        self._names = [(p, re.compile(fnmatch.translate(p))) for p in cleaned if "/" not in p]
        self._paths = [(p, re.compile(fnmatch.translate(p.lstrip("/")))) for p in cleaned if "/" in p]

    def __bool__(self) -> bool:
        return bool(self._names or self._paths)

    def by(self, name: str, folder: str) -> str | None:
        """The pattern that leaves out an entry, or ``None``.

        Args:
            name: Of the entry.
            folder: The path inside the source of the folder it is in, with a slash at its end if it has one.
        """
        for pattern, expression in self._names:
            if expression.match(name):
                return pattern
        for pattern, expression in self._paths:
            if expression.match(folder + name):
                return pattern
        return None
