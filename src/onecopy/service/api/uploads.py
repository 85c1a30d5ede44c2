"""``POST /v1/uploads`` and ``POST /v1/checks``: the gate."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from onecopy.pipelines.gate import Gate, GateReply
from onecopy.pipelines.gate.reply import plain
from onecopy.policy.rules import Action
from onecopy.service.api.fields import FIELDS
from onecopy.service.api.models import Reply, problems
from onecopy.service.api.raw import KINDS
from onecopy.service.api.receive import received
from onecopy.service.auth import Sender
from onecopy.service.problems import problem
from onecopy.service.threads import in_gate

router = APIRouter(prefix="/v1", tags=["gate"])

_STATUS = {Action.STORE: 201, Action.LINK: 200, Action.HOLD: 202}
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
                }
            },
            "image/*": _BINARY,
            **dict.fromkeys(KINDS, _BINARY),
        },
    },
}
_PROBLEMS = problems(400, 401, 403, 408, 413, 415, 422, 503, 507)


@router.post(
    "/uploads",
    status_code=201,
    response_model=Reply,
    openapi_extra=_FORM,
    responses={
        201: {"description": "Stored."},
        200: {"model": Reply, "description": "Linked to what is held already."},
        202: {"model": Reply, "description": "Stored; a person will look at it."},
        **problems(409),
        **_PROBLEMS,
    },
)
async def upload(request: Request, sender: Sender) -> JSONResponse:
    """Take an upload in. On the reply it is kept, whatever the decision; nothing has to be waited for."""
    gate: Gate = request.app.state.gate
    async with received(request, gate, sender) as (spool, context):
        reply = await in_gate(request, gate.submit, spool, context)
    body = _body(reply)
    if reply.decision is Action.REJECT:
        return problem(409, "rejected", reply.reason, members=body)
    headers = {"Location": f"/v1/occurrences/{reply.occurrence.id}"}
    return JSONResponse(body, status_code=_STATUS[reply.decision], headers=headers)


@router.post(
    "/checks",
    response_model=Reply,
    openapi_extra=_FORM,
    responses={200: {"description": "What would become of it."}, **_PROBLEMS},
)
async def check(request: Request, sender: Sender) -> JSONResponse:
    """Say what would become of an upload. Stores nothing."""
    gate: Gate = request.app.state.gate
    async with received(request, gate, sender) as (spool, context):
        reply = await in_gate(request, gate.check, spool, context)
    return JSONResponse(_body(reply))


def _body(reply: GateReply) -> dict[str, Any]:
    body: dict[str, Any] = {
        "occurrence": msgspec.to_builtins(reply.occurrence),
        "decision": str(reply.decision),
        "reason": reply.reason,
        "matches": [plain(match) for match in reply.matches],
    }
    if reply.held_elsewhere:
        body["held_elsewhere"] = True
    if reply.problems:
        body["problems"] = msgspec.to_builtins(reply.problems)
    return body
