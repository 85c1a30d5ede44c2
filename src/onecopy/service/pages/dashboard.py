"""``/dashboard``: what is stored, what would have been, and what people were asked; tables as CSV, too."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from onecopy.catalog.store import Catalog
from onecopy.report.table import guard
from onecopy.service.api.disposition import attachment
from onecopy.service.pages.figures import Assumptions, Figures, Row, figures
from onecopy.service.pages.render import page
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.roles import Permission

router = APIRouter(include_in_schema=False)

Sees = Annotated[Visitor, Depends(may(Permission.FIGURES))]


@router.get("/dashboard")
def dashboard(request: Request, visitor: Sees) -> Response:
    """The figures of the agency, or of all."""
    return page(request, "dashboard.html", figures=of(request, visitor.caller.agency))


@router.get("/dashboard/{by}.csv")
def table(
    request: Request, by: Literal["months", "sources", "agencies", "questions"], visitor: Sees
) -> Response:
    """One of its tables, for a spreadsheet."""
    found = of(request, visitor.caller.agency)
    rows = _questions(found) if by == "questions" else _rows(found, getattr(found, by))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([guard(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": attachment(f"onecopy-{by}.csv")}
    body = text.getvalue().encode("utf-8", "backslashreplace")
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def of(request: Request, agency: str | None) -> Figures:
    """The figures of now."""
    catalog: Catalog = request.app.state.gate.catalog
    assumptions: Assumptions = request.app.state.assumptions
    with catalog.read() as connection:
        return figures(connection, agency, assumptions, now=datetime.now(UTC))


def _rows(found: Figures, rows: list[Row]) -> Iterator[tuple[object, ...]]:
    yield (
        "name", "received", "copies", "share of copies", "bytes received", "bytes stored",
        "bytes not stored again", "bytes proposed", "dollars a year saved",
    )  # fmt: skip
    for row in rows:
        sums = row.sums
        name = "(all others)" if row.name is None else row.name
        saved = round(found.cost(row.saved), 2)
        shares = (round(row.share, 4), sums.bytes, row.stored, row.saved, sums.proposed_bytes, saved)
        yield (name, sums.received, sums.redundant, *shares)


def _questions(found: Figures) -> Iterator[tuple[object, ...]]:
    questions, sums = found.questions, found.total.sums
    yield ("figure", "value")
    yield ("open questions", questions.open)
    yield ("overdue", questions.overdue)
    yield ("median age in hours", _hours(questions.median_age))
    yield ("median hours to a decision", _hours(questions.time_to_decision))
    yield ("answered by people", questions.answered)
    yield ("answers taken back", questions.reversals)
    yield ("uploads linked by policy", sums.linked)
    yield ("uploads linked by people", sums.linked_by_people)
    yield ("pictures nobody had to look at", found.not_looked_at)
    yield ("minutes a look (assumed)", found.assumptions.minutes_a_look)
    yield ("review days avoided", round(found.review_days, 1))


def _hours(duration: object) -> object:
    from datetime import timedelta

    return round(duration.total_seconds() / 3600, 1) if isinstance(duration, timedelta) else ""
