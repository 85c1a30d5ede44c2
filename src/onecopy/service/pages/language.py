"""``/language``: the language that somebody chooses, kept in a cookie; a form, so no script is needed."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from onecopy.service.api.people import own_path, set_cookie
from onecopy.service.pages import words
from onecopy.service.pages.form import read

router = APIRouter(include_in_schema=False)

COOKIE = "onecopy_language"
_YEAR = 365 * 86400


@router.post("/language")
async def choose(request: Request) -> Response:
    """Speak another language from now on, and go back to the page that it was chosen on."""
    fields = await read(request)
    reply = RedirectResponse(own_path(fields.get("back"), "/"), status_code=303)
    if (to := fields.get("to")) in words.offered():
        set_cookie(request, reply, COOKIE, to, _YEAR)
    return reply


def spoken(request: Request) -> str:
    """The language to answer a request in."""
    return words.wanted(request.headers.get("accept-language", ""), request.cookies.get(COOKIE, ""))


def back(request: Request) -> str:
    """The address of the page that somebody looks at; behind a form, of the page that the form is on."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came = urlsplit(request.headers.get("referer", ""))
    return own_path(came.path + (f"?{came.query}" if came.query else ""), "/")
