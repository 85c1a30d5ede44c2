"""The pages of the administration, each for those who may see it."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from onecopy.service.auth import Caller
from onecopy.service.pages.navigation import Entry
from onecopy.service.pages.visitor import Looks
from onecopy.service.pages.words import N_
from onecopy.service.roles import MAY, Permission

router = APIRouter(include_in_schema=False)

ENTRIES = (
    Entry(path="/admin/policy", label=N_("Policy"), needs=Permission.POLICY),
    Entry(path="/admin/agreements", label=N_("Agencies"), needs=Permission.AGREEMENTS),
    Entry(path="/admin/tokens", label=N_("Tokens"), needs=Permission.TOKENS),
    Entry(path="/admin/people", label=N_("People"), needs=Permission.TOKENS),
    Entry(path="/admin/webhooks", label=N_("Webhooks"), needs=Permission.WEBHOOKS),
    Entry(path="/admin/imports", label=N_("Imports"), needs=Permission.IMPORT),
    Entry(path="/admin/audit", label=N_("Audit log"), needs=Permission.AUDIT),
    Entry(path="/admin/health", label=N_("Health"), needs=Permission.HEALTH),
)


def entries(caller: Caller) -> list[Entry]:
    """Those that somebody may see."""
    return [one for one in ENTRIES if one.needs in MAY[caller.role]]


@router.get("/admin")
def first(visitor: Looks) -> Response:
    """The first page that somebody may see."""
    return RedirectResponse(entries(visitor.caller)[0].path, status_code=303)
