"""``/public``: figures that anybody may see, if the service is told to show them. Aggregates, and rough ones.

Counts are rounded down to tens and sizes to two digits; what is under ten is not told, and agencies with so
few uploads are not named. So no figure, and no difference of two, says anything about one upload or person.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from threading import Lock

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from onecopy.catalog.store import Catalog
from onecopy.service.pages.figures import Figures, Row, figures
from onecopy.service.pages.render import page
from onecopy.service.problems import ProblemError

router = APIRouter(include_in_schema=False)

FEW = 10
SECONDS = 60
"""How long figures are shown before they are worked out anew: anybody can ask, as often as they like."""
_CACHE = f"public, max-age={SECONDS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was received of one month or agency, roughly. ``None`` where there is too little to tell."""

    name: str
    received: int | None
    copies: int | None
    bytes_received: int | None
    bytes_stored: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """What anybody may know. Dates are of now, sizes bytes."""

    as_of: str
    received: int | None
    copies: int | None
    share_of_copies: float | None
    bytes_received: int | None
    bytes_stored: int | None
    bytes_reclaimed: int | None
    bytes_proposed: int | None
    dollars_saved_a_year: int | None
    open_questions: int | None
    answered_questions: int | None
    median_hours_to_a_decision: int | None
    review_days_avoided: int | None
    minutes_a_look_assumed: float
    months: list[Part]
    agencies: list[Part]


@router.get("/public")
def shown(request: Request) -> Response:
    """The public page."""
    reply = page(request, "public.html", public=_public(request), few=FEW)
    reply.headers["Cache-Control"] = "no-store" if request.state.visitor else _CACHE
    return reply


@router.get("/public.json")
def as_json(request: Request) -> Response:
    """The same for programs; pages of other sites may read it."""
    headers = {"Cache-Control": _CACHE, "Access-Control-Allow-Origin": "*"}
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return JSONResponse(asdict(_public(request)), headers=headers)


def roughly(found: Figures, today: date) -> Public:
    """The figures of all agencies, as anybody may see them."""
    sums, questions = found.total.sums, found.questions
    told = sums.received >= FEW
    hours = questions.time_to_decision
    return Public(
        as_of=today.isoformat(),
        received=_tens(sums.received),
        copies=_tens(sums.redundant),
        share_of_copies=round(found.total.share, 2) if told and sums.redundant >= FEW else None,
        bytes_received=_digits(sums.bytes) if told else None,
        bytes_stored=_digits(found.total.stored) if told else None,
        bytes_reclaimed=_digits(found.total.saved) if told else None,
        bytes_proposed=_digits(sums.proposed_bytes) if told else None,
        dollars_saved_a_year=_digits(int(found.cost(found.total.saved))) if told else None,
        open_questions=_tens(questions.open),
        answered_questions=_tens(questions.answered),
        median_hours_to_a_decision=(
            round(hours.total_seconds() / 3600) if hours is not None and questions.answered >= FEW else None
        ),
        review_days_avoided=int(found.review_days) if found.not_looked_at >= FEW else None,
        minutes_a_look_assumed=found.assumptions.minutes_a_look,
        months=[_part(row) for row in found.months],
        agencies=[_part(row) for row in found.agencies if row.name and row.sums.received >= FEW],
    )


def _part(row: Row) -> Part:
    told = row.sums.received >= FEW
    return Part(
        name=row.name or "",
        received=_tens(row.sums.received),
        copies=_tens(row.sums.redundant),
        bytes_received=_digits(row.sums.bytes) if told else None,
        bytes_stored=_digits(row.stored) if told else None,
    )


def _tens(count: int) -> int | None:
    """Rounded down to tens; ``None`` for a few, but not for none at all."""
    return None if 0 < count < FEW else count - count % 10


def _digits(value: int, digits: int = 2) -> int:
    """Rounded down to so many digits."""
    unit: int = 10 ** max(0, len(str(value)) - digits)
    return value // unit * unit


class Kept:
    """Public figures, worked out at most once in :data:`SECONDS`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = 0.0
        self._found: Public | None = None

    def get(self, request: Request) -> Public:
        """Those of now, or of a moment ago."""
        with self._lock:
            if self._found is None or time.monotonic() > self._until:
                catalog: Catalog = request.app.state.gate.catalog
                now = datetime.now(UTC)
                with catalog.read() as connection:
                    found = figures(connection, None, request.app.state.assumptions, now=now)
                self._found, self._until = roughly(found, now.date()), time.monotonic() + SECONDS
            return self._found


def _public(request: Request) -> Public:
    if not request.app.state.settings.public_page:
        raise ProblemError(404, "not-found", "There is nothing at this address.")
    kept: Kept = request.app.state.public_figures
    return kept.get(request)
