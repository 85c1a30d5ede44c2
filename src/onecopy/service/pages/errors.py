"""What goes wrong, as people see it: a page for a browser, where a program gets a problem."""

import json
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from onecopy.errors import OnecopyError
from onecopy.service.pages.render import page
from onecopy.service.pages.sign_in import ask
from onecopy.service.pages.visitor import SendAgainError, SignInNeededError, current
from onecopy.service.problems import Handler

_SIGNING_IN = "/v1/sign-in"


def for_people(handler: Handler) -> Handler:
    """Answer browsers with a page that says what the problem does."""

    def answer(request: Request, error: Exception) -> Response:
        if not wants_page(request):
            return handler(request, error)
        try:
            current(request)
        except OnecopyError:  # what went wrong may be just that
            request.state.visitor = None
        if isinstance(error, SignInNeededError):
            return _sign_in(request, error)
        if isinstance(error, SendAgainError):
            return page(request, "continue.html", status=error.status, kept=error.kept, again=True)
        problem = handler(request, error)
        said = json.loads(bytes(problem.body))
        shown = page(request, "error.html", status=problem.status_code, problem=said)
        for name in ("retry-after", "www-authenticate"):
            if name in problem.headers:
                shown.headers[name] = problem.headers[name]
        return shown

    return answer


def wants_page(request: Request) -> bool:
    """Whether a person looks: a browser asked for a page, and not for the API."""
    path = request.url.path
    if path.startswith("/v1/") and not path.startswith(_SIGNING_IN):
        return False
    return "text/html" in request.headers.get("accept", "")


def _sign_in(request: Request, error: SignInNeededError) -> Response:
    if error.kept is None and request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        address = "/sign-in" if wanted == "/" else f"/sign-in?{urlencode({'next': wanted})}"
        return RedirectResponse(address, status_code=303)
    return ask(request, kept=error.kept, status=error.status)
