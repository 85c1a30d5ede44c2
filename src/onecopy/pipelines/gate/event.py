"""What the audit log and webhooks say of an upload: identifiers and the decision; no names of files."""

from typing import Any

from onecopy.audit.event import Event, Kind
from onecopy.catalog.webhooks import Happened
from onecopy.model import Relation
from onecopy.pipelines.gate.model import GateReply
from onecopy.pipelines.gate.upload import Upload
from onecopy.policy import Action, Policy

_KINDS = {
    Action.STORE: Kind.UPLOAD_STORED,
    Action.LINK: Kind.UPLOAD_LINKED,
    Action.HOLD: Kind.UPLOAD_HELD,
    Action.REJECT: Kind.UPLOAD_REJECTED,
}

_STRONGEST = tuple(Relation)


def actor(upload: Upload) -> str:
    """Who sent it; a program that does not say is the gate itself."""
    return upload.context.uploader or "gate"


def event(upload: Upload, reply: GateReply, policy: Policy) -> Event:
    """The event of an upload that was decided."""
    objects = [("sha256", upload.sha256)]
    if reply.occurrence.id is not None:
        objects.insert(0, ("occurrence", reply.occurrence.id))
    matches = dict.fromkeys(match.occurrence.id for match in reply.matches)
    return Event(
        kind=_KINDS[reply.decision],
        actor=actor(upload),
        agency=upload.context.agency,
        outcome=str(reply.decision),
        details={
            "case": upload.context.case,
            "heldElsewhere": reply.held_elsewhere,
            "matched": [id for id in matches if id is not None],
            "policy": policy.digest,
            "reviewers": reply.ruling.reviewers,
            "rule": reply.ruling.rule,
        },
        objects=tuple(objects),
    )


def told(reply: GateReply) -> tuple[Happened, dict[str, Any]]:
    """What the agency's webhooks hear of it; of matches, only those with the agency's own."""
    own = [match.relation for match in reply.matches if match.agency is None]
    return Happened(_KINDS[reply.decision]), {
        "occurrence": reply.occurrence.id,
        "case": reply.occurrence.case,
        "sha256": reply.occurrence.sha256,
        "decision": str(reply.decision),
        "relation": str(min(own, key=_STRONGEST.index)) if own else None,
    }
