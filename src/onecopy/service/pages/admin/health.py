"""``/admin/health``: whether the service can do its work, and what to do where it cannot."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

import onecopy
from onecopy import sandbox
from onecopy.catalog import events
from onecopy.errors import OnecopyError
from onecopy.parts import parts
from onecopy.pipelines.gate import Gate
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.pages.words import N_, translated
from onecopy.service.roles import Permission

router = APIRouter(prefix="/admin/health", include_in_schema=False)

LITTLE = 0.1
"""Share of a disk that is left when it is time to act."""
SECONDS = 300
"""How long what protects the workers is believed; to find out starts one."""
_NOTHING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. ``detail`` is a fact, ``advice`` what to do."""

    name: str
    fine: bool
    detail: str = ""
    advice: str = ""


@router.get("")
def health(request: Request, visitor: Annotated[Visitor, Depends(may(Permission.HEALTH))]) -> Response:
    """What works and what does not, as of now."""
    gate: Gate = request.app.state.gate
    knows_places = visitor.caller.agency is None
    checks = [_catalog(gate, knows_places), _vault(gate, knows_places), *_disks(gate, knows_places)]
    protection = _protection(request)
    for name, state in protection.items():
        checks.append(
            Check(
                name=translated("Sandbox: %(name)s") % {"name": name},
                fine=not state.startswith("NOT"),
                detail=state,
                advice=N_(
                    "Files are decoded in limited processes. See the security notes for what is missing."
                ),
            )
        )
    return show(
        request,
        visitor,
        "health",
        checks=checks,
        well=all(one.fine for one in checks),
        parts=list(parts()),
        policy=gate.policies.now(),
        workers=gate.engine.workers,
        version=onecopy.__version__,
    )


def _catalog(gate: Gate, knows_places: bool) -> Check:
    where = gate.catalog.place if knows_places else ""
    try:
        with gate.catalog.read() as connection:
            fine = events.head(connection) is not None
    except OnecopyError as error:
        return Check(
            name=N_("Catalog"), fine=False, detail=where, advice=error.message if knows_places else ""
        )
    return Check(name=N_("Catalog"), fine=fine, detail=where)


def _vault(gate: Gate, knows_places: bool) -> Check:
    where = gate.vault.place if knows_places else ""
    try:
        gate.vault.exists(_NOTHING)
    except OnecopyError as error:
        return Check(name=N_("Vault"), fine=False, detail=where, advice=error.message if knows_places else "")
    return Check(name=N_("Vault"), fine=True, detail=where)


def _disks(gate: Gate, knows_places: bool) -> Iterator[Check]:
    """Room where catalog and vault are, if that is on this machine."""
    places = {
        N_("Room for the catalog"): gate.catalog.files()[:1],
        N_("Room for the vault"): [gate.vault.place],
    }
    for name, place in places.items():
        if not place or not Path(place[0]).exists():
            continue
        usage = shutil.disk_usage(place[0])
        share = usage.free / usage.total
        free = f"{usage.free / 1e9:,.0f} GB" if knows_places else ""
        advice = N_("Make room, or move it to a larger disk: without room nothing can be taken in.")
        yield Check(name=name, fine=share >= LITTLE, detail=f"{free} ({share:.0%})", advice=advice)


def _protection(request: Request) -> dict[str, str]:
    kept: tuple[float, dict[str, str]] | None = getattr(request.app.state, "protection", None)
    if kept is None or time.monotonic() - kept[0] > SECONDS:
        kept = time.monotonic(), sandbox.status()
        request.app.state.protection = kept
    return kept[1]
