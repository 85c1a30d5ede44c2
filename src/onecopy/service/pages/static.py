"""Style sheets, scripts and pictures of the pages. Their address changes with them, so browsers keep them."""

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

from onecopy.service.problems import ProblemError

router = APIRouter(include_in_schema=False)

_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_YEAR = "public, max-age=31536000, immutable"


@cache
def _all() -> dict[str, bytes]:
    folder = files("onecopy.service").joinpath("static")
    found = [one for one in folder.iterdir() if one.name.rpartition(".")[2] in _KINDS]
    found.append(files("onecopy.report").joinpath("templates", "tokens.css"))  # they look alike
    return {one.name: one.read_bytes() for one in sorted(found, key=lambda one: one.name)}


@cache
def version() -> str:
    """A name for what all of them are now."""
    together = hashlib.sha256()
    for name, body in _all().items():
        together.update(f"{name} {len(body)}\n".encode())
        together.update(body)
    return together.hexdigest()[:12]


def address(name: str) -> str:
    """Where one is served.

    Raises:
        KeyError: There is none of this name.
    """
    _all()[name]
    return f"/static/{version()}/{name}"


@router.get("/static/{of}/{name}")
def static(of: str, name: str) -> Response:
    """One of them, whatever version was asked for: a page of yesterday finds today's, not kept for long."""
    body = _all().get(name)
    if body is None:
        raise ProblemError(404, "not-found", "There is nothing at this address.")
    keep = _YEAR if of == version() else "no-cache"
    return Response(body, media_type=_KINDS[name.rpartition(".")[2]], headers={"Cache-Control": keep})
