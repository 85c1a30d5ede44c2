"""Addresses of pages whose path has a name in it that people chose."""

from urllib.parse import quote, urlencode

_STEPS = frozenset({".", ".."})
"""Browsers take these out of a path, however they are written: such a name goes behind the question mark."""


def case(name: str, agency: str = "", **more: object) -> str:
    """The page of a case."""
    return _of_case("/cases/", name, agency, more)


def archive(name: str, agency: str = "") -> str:
    """A case as a ZIP."""
    return _of_case("/archives/", name, agency, {})


def _of_case(start: str, name: str, agency: str, more: dict[str, object]) -> str:
    if _STEPS & set(name.split("/")):
        return f"{start}?{urlencode({'case': name, 'agency': agency, **more})}"
    return f"{start}{quote(name)}?{urlencode({'agency': agency, **more})}"
