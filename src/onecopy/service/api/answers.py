"""What the gate answers, as it is sent."""

from typing import Any

import msgspec

from onecopy.catalog.idempotency import Answer
from onecopy.pipelines.gate import Context, GateReply
from onecopy.pipelines.gate.reply import plain
from onecopy.policy.rules import Action
from onecopy.service.problems import problem_body

_STATUS = {Action.STORE: 201, Action.LINK: 200, Action.HOLD: 202}


def answer(reply: GateReply) -> Answer:
    """The whole answer to an upload; a rejection is a problem."""
    said = body(reply)
    if reply.decision is Action.REJECT:
        refused = problem_body(409, "rejected", reply.reason, said)
        return Answer(status=409, body=msgspec.json.encode(refused).decode())
    return Answer(
        status=_STATUS[reply.decision],
        body=msgspec.json.encode(said).decode(),
        location=f"/v1/occurrences/{reply.occurrence.id}",
    )


def body(reply: GateReply) -> dict[str, Any]:
    """A reply as plain types."""
    said: dict[str, Any] = {
        "occurrence": msgspec.to_builtins(reply.occurrence),
        "decision": str(reply.decision),
        "reason": reply.reason,
        "matches": [plain(match) for match in reply.matches],
        "images": msgspec.to_builtins(reply.images),
    }
    if reply.held_elsewhere:
        said["held_elsewhere"] = True
    if reply.problems:
        said["problems"] = msgspec.to_builtins(reply.problems)
    return said


def unknown(sha256: str, context: Context) -> dict[str, Any]:
    """What is said of a digest that the agency does not hold, whoever else may."""
    name = context.name or "unnamed"
    return {
        "occurrence": {"id": None, "case": context.case, "name": name, "sha256": sha256},
        "decision": str(Action.STORE),
        "reason": "Your agency holds no file with this digest. Send the file itself for a full answer.",
        "matches": [],
        "images": [],
        "needs_bytes": True,
    }
