"""Reading back: occurrences, their bytes, and cases."""

from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import StreamingResponse

from onecopy.catalog import decisions, occurrences, uploads
from onecopy.pipelines.gate import Gate
from onecopy.policy.rules import Action
from onecopy.service.api.disposition import attachment
from onecopy.service.api.models import Case, Occurrence, problems
from onecopy.service.auth import Caller, ContentReader, Reader
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1", tags=["reading"])

PIECE = 1 << 20


@router.get("/occurrences/{id}", response_model=Occurrence, responses=problems(401, 403, 404, 503))
def occurrence(request: Request, id: str, caller: Reader) -> Occurrence:
    """What is known of an occurrence."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        return _model(connection, _get(connection, id, caller))


@router.get(
    "/occurrences/{id}/content",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The bytes as received.", "content": {"application/octet-stream": {}}},
        **problems(401, 403, 404, 410, 503),
    },
)
def content(request: Request, id: str, caller: ContentReader) -> StreamingResponse:
    """The original bytes, under the original name."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        one = _get(connection, id, caller)
        size = uploads.size(connection, one.content or "")
    headers = {"Content-Disposition": attachment(one.name), "Content-Length": str(size)}
    file = gate.vault.open(one.content or "")
    return StreamingResponse(_pieces(file), media_type="application/octet-stream", headers=headers)


@router.get("/cases/{id:path}", response_model=Case, responses=problems(401, 403, 404, 503))
def case(
    request: Request,
    id: str,
    caller: Reader,
    agency: str | None = Query(None, description="Whose case it is, if the token is for all agencies."),
) -> Case:
    """What was received for a case. Encode the case for the address; a slash in it may stay or be %2F."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        id, whose = id.strip(), (agency or caller.agency or "").strip()  # as they are kept
        found = uploads.of_case(connection, id, whose) if caller.agency in (None, whose) else []
        if not found:
            detail = "There is no such case. If it is an agency's, add '?agency=' and its name."
            raise ProblemError(404, "not-found", detail)
        return Case(case=id, agency=whose, occurrences=[_model(connection, one) for one in found])


def _get(connection: Connection, public_id: str, caller: Caller) -> occurrences.Occurrence:
    one = uploads.get(connection, public_id, agency=caller.agency)
    if one is None:
        raise ProblemError(404, "not-found", "There is no such occurrence.")
    return one


def _model(connection: Connection, one: occurrences.Occurrence) -> Occurrence:
    decision = decisions.of_occurrence(connection, one.id)[-1]
    return Occurrence(
        id=one.public_id,
        case=one.case_id or "",
        name=one.name,
        sha256=one.content or "",
        agency=one.agency or "",
        source=one.source,
        category=one.category,
        received_at=one.seen_at,
        captured_at=one.captured_at,
        metadata=dict(one.metadata or {}),
        bytes=uploads.size(connection, one.content or ""),
        decision=Action(decision.decision),
        reason=decision.reason,
    )


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
