"""``POST /v1/uploads`` and ``POST /v1/checks``: the gate."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from onecopy.catalog import idempotency
from onecopy.catalog.idempotency import AnsweredError, Ticket
from onecopy.pipelines.gate import Gate, GateReply
from onecopy.service import repeats
from onecopy.service.api.answers import answer, body, unknown
from onecopy.service.api.by_digest import asked, is_json, with_digest
from onecopy.service.api.fields import FIELDS
from onecopy.service.api.models import Reply, problems
from onecopy.service.api.raw import KINDS
from onecopy.service.api.receive import received
from onecopy.service.auth import Sender
from onecopy.service.repeats import Repeats
from onecopy.service.threads import in_gate

router = APIRouter(prefix="/v1", tags=["gate"])

_FILE = {"type": "string", "format": "binary", "description": "Image, PDF, ZIP or TAR."}
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORM: dict[str, Any] = {
    "parameters": [
        {"name": field.name, "in": "query", "description": f"{field.about} Of a file sent alone."}
        | {"schema": field.schema()}
        for field in FIELDS
    ],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", *(field.name for field in FIELDS if field.required)],
                    "properties": {"file": _FILE}
                    | {field.name: field.schema() | {"description": field.about} for field in FIELDS},
                    "examples": [
                        {"file": "(the file's bytes)"} | {field.name: field.example for field in FIELDS}
                    ],
                }
            },
            "image/*": _BINARY,
            **dict.fromkeys(KINDS, _BINARY),
        },
    },
}
_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same for the same upload, should it have to be sent again; else a new one.",
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
_DIGEST: dict[str, Any] = {
    "name": "Repr-Digest",
    "in": "header",
    "schema": {"type": "string"},
    "description": "What the file's bytes must be (RFC 9530).",
    "example": "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:",
}
_UPLOAD = _FORM | {"parameters": [*_FORM["parameters"], _DIGEST, _KEY]}
_CHECK = _FORM | {
    "parameters": [*_FORM["parameters"], _DIGEST],
    "requestBody": with_digest(_FORM["requestBody"]),
}
_PROBLEMS = problems(400, 401, 403, 408, 413, 415, 422, 503, 507)


@router.post(
    "/uploads",
    status_code=201,
    response_model=Reply,
    openapi_extra=_UPLOAD,
    responses={
        201: {"description": "Stored."},
        200: {"model": Reply, "description": "Linked to what is held already."},
        202: {"model": Reply, "description": "Stored; a person will look at it."},
        **problems(409),
        **_PROBLEMS,
    },
)
async def upload(request: Request, sender: Sender) -> Response:
    """Take an upload in. On the reply it is kept, whatever the decision; nothing has to be waited for."""
    gate: Gate = request.app.state.gate
    async with received(request, gate, sender) as (spool, context):
        ticket = repeats.ticket(request, sender, context, spool.sha256)
        if ticket is None:
            return repeats.as_response(answer(await in_gate(request, gate.submit, spool, context)))
        keeper: Repeats = request.app.state.repeats
        async with keeper.answering(ticket) as first:
            if first is not None:
                return repeats.again(first)
            try:
                also = partial(_keep, ticket)
                reply = await in_gate(request, gate.submit, spool, context, also=also)
            except AnsweredError as late:
                return repeats.again(late.answer)
            return repeats.as_response(answer(reply))


def _keep(ticket: Ticket, connection: Connection, reply: GateReply) -> None:
    idempotency.finish(connection, ticket, answer(reply), datetime.now(UTC))


@router.post(
    "/checks",
    response_model=Reply,
    openapi_extra=_CHECK,
    responses={200: {"description": "What would become of it."}, **_PROBLEMS},
)
async def check(request: Request, sender: Sender) -> Response:
    """Say what would become of an upload. Stores nothing.

    Send the file as for an upload; or as JSON its digest alone, and only what your own agency holds is looked
    at: if it holds that file, you need not send it for an answer.
    """
    gate: Gate = request.app.state.gate
    if is_json(request):
        sha256, context = await asked(request, sender)
        reply = await in_gate(request, gate.recall, sha256, context)
        return JSONResponse(unknown(sha256, context) if reply is None else body(reply))
    async with received(request, gate, sender) as (spool, context):
        reply = await in_gate(request, gate.check, spool, context)
    return JSONResponse(body(reply))
