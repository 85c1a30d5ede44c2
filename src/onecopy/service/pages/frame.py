"""All pages together, as the application takes them in."""

from fastapi import FastAPI

from onecopy.service.pages import sign_in, static
from onecopy.service.pages.desk import cases, desk, live, queue


def install(app: FastAPI) -> None:
    """Add the pages. They are for people, and not in the API's description."""
    for part in (static, sign_in, live, queue, desk, cases):
        app.include_router(part.router)
