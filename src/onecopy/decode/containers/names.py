"""Names of members: which ones are litter, and how two of one name are told apart."""

import posixpath

from onecopy.locator import member

_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})


def litter(name: str) -> str | None:
    """Why a member is left out as an operating system's own bookkeeping, or ``None``."""
    parts = name.replace("\\", "/").split("/")
    if "__MACOSX" in parts[:-1]:
        return "macOS resource data, not a file of its own"
    base = posixpath.basename(parts[-1])
    if base.startswith("._"):
        return "macOS resource data, not a file of its own"
    return "an operating system's own folder data" if base.lower() in _LITTER else None


class Names:
    """Gives each member of one container its inner part, in order: the second ``a.jpg`` is ``a.jpg~2``."""

    def __init__(self, parent: str) -> None:
        self._parent = parent
        self._used: set[str] = set()
        self._times: dict[str | bytes, int] = {}

    def inner(self, name: str | bytes) -> str:
        """The inner part of the next member called ``name``."""
        found = member(self._parent, name)
        base = found
        while found in self._used:
            self._times[base] = self._times.get(base, 1) + 1
            found = f"{base}~{self._times[base]}"
        self._used.add(found)
        return found
