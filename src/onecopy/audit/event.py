"""Events: what is recorded of what was done, in the vocabulary of PREMIS where it has a word.

An event becomes one line of JSON. That line is what is hashed, kept and exported, byte for byte, so whoever
has an export can prove it with any SHA-256 at hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType/"


class Kind(StrEnum):
    """What happened. Part of the public interface: it is in every export."""

    UPLOAD_STORED = "upload.stored"
    UPLOAD_LINKED = "upload.linked"
    UPLOAD_HELD = "upload.held"
    UPLOAD_REJECTED = "upload.rejected"
    REVIEW_DECIDED = "review.decided"
    CURRENT_CHANGED = "case.current-changed"
    REVIEW_PROPOSED = "review.proposed"
    REVIEW_UNDONE = "review.undone"
    OCCURRENCE_DELETED = "occurrence.deleted"
    CONTENT_DELETED = "content.deleted"
    CONTENT_PACKED = "content.packed"
    CONTENT_UNPACKED = "content.unpacked"
    POLICY_CHANGED = "policy.changed"
    AGREEMENT_MADE = "agreement.made"
    AGREEMENT_ENDED = "agreement.ended"
    TOKEN_CREATED = "token.created"  # noqa: S105 - a kind of event
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    PERSON_ADDED = "person.added"
    PERSON_REMOVED = "person.removed"
    SIGNED_IN = "person.signed-in"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_ROTATED = "webhook.secret-rotated"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_ENABLED = "webhook.enabled"
    WEBHOOK_DELETED = "webhook.deleted"
    IMPORT_CREATED = "import.created"
    IMPORT_PAUSED = "import.paused"
    IMPORT_RESUMED = "import.resumed"
    IMPORT_CANCELLED = "import.cancelled"
    IMPORT_ENDED = "import.ended"


_INGESTION, _APPRAISAL = ("ingestion", "ing"), ("appraisal", "app")
_POLICY = ("policy assignment", "poa")

_PREMIS: dict[Kind, tuple[str, str]] = {
    Kind.UPLOAD_STORED: _INGESTION,
    Kind.UPLOAD_LINKED: _INGESTION,
    Kind.UPLOAD_HELD: _INGESTION,
    Kind.UPLOAD_REJECTED: _APPRAISAL,
    Kind.REVIEW_DECIDED: _APPRAISAL,
    Kind.REVIEW_PROPOSED: _APPRAISAL,
    Kind.REVIEW_UNDONE: _APPRAISAL,
    Kind.OCCURRENCE_DELETED: ("deaccession", "dea"),
    Kind.CONTENT_DELETED: ("deletion", "del"),
    Kind.CONTENT_PACKED: ("compression", "com"),
    Kind.CONTENT_UNPACKED: ("decompression", "dec"),
    Kind.POLICY_CHANGED: _POLICY,
    Kind.AGREEMENT_MADE: _POLICY,
    Kind.AGREEMENT_ENDED: _POLICY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. It names no person but by the name of a token or a sign-in, and no file.

    Attributes:
        kind: What happened.
        actor: Who did it: the name of a token, of a person, of a program.
        agency: Whose business it is; ``None`` if it is nobody's in particular.
        outcome: What came of it, in a word.
        details: What else is to be proven. Plain types; no floats, whose text is not one everywhere.
        objects: What it was done to: pairs of a type (``occurrence``, ``sha256``, ``policy`` …) and a value.
        at: When.
    """

    kind: Kind
    actor: str
    agency: str | None = None
    outcome: str = "done"
    details: Mapping[str, Any] = field(default_factory=dict)
    objects: tuple[tuple[str, str], ...] = ()
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def line(event: Event, position: int) -> str:
    """The event as its place in the log makes it: one line of JSON, keys sorted."""
    said: dict[str, Any] = {
        "position": position,
        "agency": event.agency,
        "eventIdentifierType": "onecopy audit log",
        "eventIdentifierValue": str(position),
        "eventDateTime": moment(event.at),
        "eventDetail": str(event.kind),
        "eventOutcome": event.outcome,
        "eventOutcomeDetail": dict(event.details),
        "linkingAgentIdentifierValue": event.actor,
        "linkingObjectIdentifiers": [{"type": kind, "value": value} for kind, value in event.objects],
    }
    if event.kind in _PREMIS:
        name, code = _PREMIS[event.kind]
        said |= {"eventType": name, "eventTypeURI": _VOCABULARY + code}
    else:  # PREMIS has no word for the running of a repository
        said |= {"eventType": str(event.kind)}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def moment(at: datetime) -> str:
    """An instant in UTC, to the microsecond, always of one length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
