"""What the pages of the administration have in common: the list of them at the side."""

from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from onecopy.service.pages.admin.entries import entries
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor


def show(request: Request, visitor: Visitor, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Answer with the page ``admin/<name>.html``."""
    return page(request, f"admin/{name}.html", status=status, side=entries(visitor.caller), **context)
