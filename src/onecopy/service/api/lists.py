"""``GET /v1/occurrences`` and ``GET /v1/cases``: what an agency holds, page by page."""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from onecopy.catalog import lists
from onecopy.catalog.lists import Filter
from onecopy.catalog.store import Catalog
from onecopy.service.api import cursors
from onecopy.service.api.examples import example
from onecopy.service.api.models import OCCURRENCE_EXAMPLE, Occurrence, occurrence, problems
from onecopy.service.auth import Reader
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1", tags=["lists"])

T = TypeVar("T")

MOST = 500
"""Things on a page."""
_METADATA = re.compile(r"metadata\[([\w .-]{1,100})\]")
_BY_METADATA: dict[str, Any] = {
    "parameters": [
        {
            "name": "metadata",
            "in": "query",
            "style": "deepObject",
            "explode": True,
            "description": "A text or whole number of the uploader's: metadata[inspector]=Kim.",
            "schema": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 200}},
            "example": {"inspector": "Kim"},
        }
    ]
}


def _text(about: str, example: str, longest: int = 200) -> Any:
    return Query(description=about, examples=[example], max_length=longest)


def _moment(about: str) -> Any:
    return Query(description=about, examples=["2026-05-01T00:00:00Z"])


Moment = AwareDatetime | None
Agency = Annotated[str | None, _text("Whose.", "building")]
Since = Annotated[Moment, _moment("Received then or later.")]
Until = Annotated[Moment, _moment("Received before then.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many on a page, at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=cursors.LONGEST, description="'next' of the page before; none for the first."),
]


_PAGE: dict[str, Any] = {"occurrences": [OCCURRENCE_EXAMPLE], "next": "WyJuZXdlc3QiLCI1YjBlOWQwZSJd"}
_CASES: dict[str, Any] = {
    "cases": [
        {
            "case": "24016-00001",
            "agency": "building",
            "occurrences": 41,
            "first_received_at": "2026-05-03T09:12:44Z",
            "last_received_at": "2026-06-11T14:02:10Z",
        }
    ],
    "next": None,
}


class Occurrences(BaseModel):
    """A page of occurrences."""

    model_config = example(_PAGE)
    occurrences: list[Occurrence]
    next: str | None = Field(None, description="Ask again with this as 'cursor'; null at the end.")


class CaseInList(BaseModel):
    """A case."""

    case: str
    agency: str
    occurrences: int = Field(description="How many of its occurrences fit what was asked for.")
    first_received_at: datetime
    last_received_at: datetime


class Cases(BaseModel):
    """A page of cases."""

    model_config = example(_CASES)
    cases: list[CaseInList]
    next: str | None = Field(None, description="Ask again with this as 'cursor'; null at the end.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for; ``nothing`` if it is another agency's."""

    filter: Filter
    nothing: bool = False


def _of_occurrences(
    request: Request,
    caller: Reader,
    agency: Agency = None,
    case: Annotated[str | None, _text("Which case.", "24016-00001")] = None,
    sha256: Annotated[
        str | None, Query(pattern="^[0-9a-fA-F]{64}$", description="Which bytes, in hexadecimal.")
    ] = None,
    source: Annotated[str | None, _text("Where it came from.", "portal")] = None,
    category: Annotated[str | None, _text("What it is to the agency.", "site-photo")] = None,
    name: Annotated[str | None, _text("The file's whole name.", "front.jpg", 1024)] = None,
    since: Since = None,
    until: Until = None,
    captured_since: Annotated[Moment, _moment("Taken then or later, as the uploader said.")] = None,
    captured_until: Annotated[Moment, _moment("Taken before then.")] = None,
) -> Asked:
    _refuse_unknown(request, _of_occurrences)
    whose, nothing = _whose(caller, agency)
    found = (_METADATA.fullmatch(key) for key in request.query_params)
    wanted = Filter(
        agency=whose,
        case=None if case is None else case.strip(),
        sha256=None if sha256 is None else sha256.lower(),
        source=source,
        category=category,
        name=name,
        since=_bounded(since),
        until=_bounded(until),
        captured_since=_bounded(captured_since),
        captured_until=_bounded(captured_until),
        metadata={match[1]: request.query_params[match[0]] for match in found if match is not None},
    )
    return Asked(filter=wanted, nothing=nothing)


def _of_cases(
    request: Request,
    caller: Reader,
    agency: Agency = None,
    prefix: Annotated[str, _text("How the case begins.", "24016-")] = "",
    since: Since = None,
    until: Until = None,
) -> Asked:
    _refuse_unknown(request, _of_cases)
    whose, nothing = _whose(caller, agency)
    wanted = Filter(agency=whose, prefix=prefix, since=_bounded(since), until=_bounded(until))
    return Asked(filter=wanted, nothing=nothing)


@router.get(
    "/occurrences",
    response_model=Occurrences,
    openapi_extra=_BY_METADATA,
    responses=problems(401, 403, 422, 503),
)
def listed(
    request: Request,
    response: Response,
    caller: Reader,
    asked: Annotated[Asked, Depends(_of_occurrences)],
    order: Annotated[Literal["newest", "oldest"], Query(description="Which come first.")] = "newest",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Occurrences:
    """What was received, as far as it fits. Later uploads never move what is on later pages."""
    catalog: Catalog = request.app.state.gate.catalog
    if asked.nothing:
        return Occurrences(occurrences=[], next=None)
    with catalog.read() as connection:
        after = None
        if cursor is not None:
            said, public_id = cursors.place(cursor, 2)
            after = lists.place(connection, public_id, agency=caller.agency)
            if said != order or after is None:
                raise cursors.refused()
        found = lists.occurrences(
            connection, asked.filter, limit=limit + 1, after=after, oldest=order == "oldest"
        )
    more = _cut(found, limit)
    following = cursors.made(order, more.occurrence.public_id) if more else None
    _say_next(request, response, following)
    return Occurrences(occurrences=[occurrence(one) for one in found[:limit]], next=following)


@router.get("/cases", response_model=Cases, responses=problems(401, 403, 422, 503))
def cases(
    request: Request,
    response: Response,
    asked: Annotated[Asked, Depends(_of_cases)],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Cases:
    """The cases of an agency, by name, each with how much was received for it and when."""
    catalog: Catalog = request.app.state.gate.catalog
    if asked.nothing:
        return Cases(cases=[], next=None)
    after = None
    if cursor is not None:
        agency, case = cursors.place(cursor, 2)
        after = (agency, case)
    with catalog.read() as connection:
        found = lists.cases(connection, asked.filter, limit=limit + 1, after=after)
    more = _cut(found, limit)
    following = cursors.made(more.agency, more.case) if more else None
    _say_next(request, response, following)
    shown = [
        CaseInList(
            case=one.case,
            agency=one.agency,
            occurrences=one.occurrences,
            first_received_at=one.first,
            last_received_at=one.last,
        )
        for one in found[:limit]
    ]
    return Cases(cases=shown, next=following)


def _cut(found: Sequence[T], limit: int) -> T | None:
    """The last one on the page, if there is another page."""
    return found[limit - 1] if len(found) > limit else None


def _say_next(request: Request, response: Response, cursor: str | None) -> None:
    """As this page was asked for, with the cursor."""
    if cursor is not None:
        asked = {**request.query_params, "cursor": cursor}
        response.headers["Link"] = cursors.link(request.url.path, asked)


def _whose(caller: Reader, agency: str | None) -> tuple[str | None, bool]:
    """Whose things are listed, and whether that is none: another's are as if they were not."""
    whose = caller.agency if agency is None else agency.strip()
    return whose, caller.agency not in (None, whose)


def _refuse_unknown(request: Request, filters: Callable[..., Asked]) -> None:
    """A slip in a filter must not list everything."""
    known = {*inspect.signature(filters).parameters, "order", "limit", "cursor"}
    for name in request.query_params:
        by_metadata = filters is _of_occurrences and _METADATA.fullmatch(name) is not None
        if name not in known and not by_metadata:
            raise ProblemError(422, "unknown-field", "A filter is none of those that this list has.")


def _bounded(moment: datetime | None) -> datetime | None:
    """A moment that databases take."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ProblemError(422, "invalid-request", "A time is too far away.") from None
