"""What is in the bar at the top of every page: each entry for those who may use it."""

from dataclasses import dataclass

from onecopy.service.auth import Caller
from onecopy.service.pages.words import N_
from onecopy.service.roles import MAY, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link to a part of the service. A page whose address begins with ``path`` belongs to it."""

    path: str
    label: str
    needs: Permission


ENTRIES = (
    Entry(path="/queue", label=N_("Review"), needs=Permission.QUESTIONS),
    Entry(path="/dashboard", label=N_("Dashboard"), needs=Permission.FIGURES),
    Entry(path="/search", label=N_("Search"), needs=Permission.READ),
    Entry(path="/admin", label=N_("Administration"), needs=Permission.POLICY),
)
"""In order; the first one that somebody may use is their first page."""


def entries(caller: Caller) -> list[Entry]:
    """Those that somebody may use."""
    return [one for one in ENTRIES if one.needs in MAY[caller.role]]
