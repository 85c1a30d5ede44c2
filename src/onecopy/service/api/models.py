"""What the API answers, as its description says it. The values come from the gate's own types."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from onecopy.catalog.lists import Listed
from onecopy.model import Relation
from onecopy.policy.rules import Action
from onecopy.service.api.examples import example

_ID = "5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_RECEIVED = {"id": _ID, "case": "24016-00001", "name": "front.jpg", "sha256": _SHA256}
_REASON = (
    "This photograph is already in case 24016-00001 as 'front.jpg', received 3 May 2026. "
    "It was linked, nothing more is needed."
)
_MATCH = {
    "occurrence": _RECEIVED,
    "relation": "same-bytes",
    "confidence": 1.0,
    "evidence": {"method": "digest", "words": ["Every byte is equal."]},
    "upload": "a",
}
_IMAGE = {"inner": "", "sha256": _SHA256, "width": 4032, "height": 3024, "format": "jpeg"}
_IN_SHORT = {"occurrence": _ID, "inner": "", "relation": "same-bytes", "confidence": 1.0}
_REPLY = {
    "occurrence": _RECEIVED | {"id": "c1a3ad2e-95f0-4c0e-8f5e-0c7f6f4f3b52"},
    "decision": "link",
    "reason": _REASON,
    "matches": [_MATCH],
    "images": [_IMAGE | {"matches": [_IN_SHORT]}],
}
_MATCHES = {"occurrence": _RECEIVED, "images": [_IMAGE | {"matches": [_MATCH]}], "more": False}
OCCURRENCE_EXAMPLE = _RECEIVED | {
    "agency": "",
    "source": "portal",
    "category": "site-photo",
    "received_at": "2026-05-03T09:12:44Z",
    "captured_at": "2026-05-02T16:40:10Z",
    "metadata": {"inspector": "Kim"},
    "bytes": 2183402,
    "decision": "link",
    "reason": _REASON,
}
_CASE = {"case": "24016-00001", "agency": "", "occurrences": [OCCURRENCE_EXAMPLE], "next": None}
_PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "code": "not-found",
    "detail": "There is no such occurrence.",
}


def _example(value: Any) -> ConfigDict:
    return example(value)


class Received(BaseModel):
    """An occurrence, in short."""

    model_config = _example(_RECEIVED)
    id: str | None = Field(description="Its name in this API; null where nothing was stored.")
    case: str
    name: str
    sha256: str = Field(description="Of the file's bytes, in hexadecimal.")


class Match(BaseModel):
    """An earlier occurrence that has to do with the upload."""

    model_config = _example(_MATCH)
    occurrence: Received
    relation: Relation
    confidence: float = Field(ge=0, le=1)
    evidence: dict[str, Any] = Field(description="Why. It speaks of two images, A and B.")
    upload: Literal["a", "b"] = Field(description="Which of the two in the evidence the upload is.")
    inner: str = Field("", description="Which image of the upload, if it is a container.")
    occurrence_inner: str = Field("", description="Which image of the earlier file.")
    agency: str = Field("", description="Whose it is, where another agency agreed to tell; else left out.")


class ImageMatch(BaseModel):
    """A match of one image, in short."""

    model_config = _example(_IN_SHORT)
    occurrence: str | None = Field(description="The earlier occurrence's name in this API.")
    inner: str = Field(description="Which image of the earlier file.")
    relation: Relation
    confidence: float = Field(ge=0, le=1)


class Image(BaseModel):
    """An image in the upload."""

    inner: str = Field(description="Its place in the file; empty for the file itself.")
    sha256: str = Field(description="Of its bytes as they are in the file.")
    width: int = Field(description="In pixels, as it is displayed.")
    height: int
    format: str


class ImageSeen(Image):
    """An image in the upload, and its strongest matches."""

    model_config = _example(_IMAGE | {"matches": [_IN_SHORT]})
    matches: list[ImageMatch] = Field(description="Five at most.")


class ImageMatches(Image):
    """An image of an occurrence, and what it is to images of others, the strongest first."""

    model_config = _example(_IMAGE | {"matches": [_MATCH]})
    matches: list[Match]


class Matches(BaseModel):
    """All images of an occurrence, and what each is to images of others, by what is known today."""

    model_config = _example(_MATCHES)
    occurrence: Received
    images: list[ImageMatches]
    more: bool = Field(description="Whether there are more matches than the thousand that are listed.")


class ProblemInFile(BaseModel):
    """Something in the upload that could not be read. Its bytes were kept all the same."""

    inner: str
    code: str
    message: str


class Reply(BaseModel):
    """What became of an upload, or after a check: what would."""

    model_config = _example(_REPLY)
    occurrence: Received
    decision: Action
    reason: str = Field(description="Words that can be shown to the uploader.")
    matches: list[Match]
    images: list[ImageSeen] = Field(description="Every image that was found in the file, in its order there.")
    needs_bytes: bool = Field(
        False, description="Only the digest was asked about, and it is not held: ask again with the bytes."
    )
    held_elsewhere: bool = Field(
        False, description="Another agency, which agreed to tell no more, holds such a picture."
    )
    problems: list[ProblemInFile] = Field([], description="Left out where all could be read.")


class Occurrence(Received):
    """An occurrence, and what was decided about it."""

    model_config = _example(OCCURRENCE_EXAMPLE)
    agency: str
    source: str | None
    category: str | None
    received_at: datetime
    captured_at: datetime | None = Field(None, description="When it was taken, as its uploader said.")
    metadata: dict[str, Any] = Field({}, description="As its uploader gave it.")
    bytes: int
    decision: Action
    reason: str


class Case(BaseModel):
    """A case of an agency, and what was received for it, oldest first."""

    model_config = _example(_CASE)
    case: str
    agency: str
    occurrences: list[Occurrence]
    next: str | None = Field(
        None, description="Where there are more: the cursor for GET /v1/occurrences, order=oldest."
    )


def occurrence(one: Listed) -> Occurrence:
    """An occurrence as it is answered."""
    found = one.occurrence
    return Occurrence(
        id=found.public_id,
        case=found.case_id or "",
        name=found.name,
        sha256=found.content or "",
        agency=found.agency or "",
        source=found.source,
        category=found.category,
        received_at=found.seen_at,
        captured_at=found.captured_at,
        metadata=dict(found.metadata or {}),
        bytes=one.bytes,
        decision=Action(one.decision),
        reason=one.reason,
    )


class Problem(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_PROBLEM]})
    type: str
    title: str
    status: int
    code: str = Field(description="Stable, for programs.")
    detail: str = Field(description="What happened and what to do, for people.")


_PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_WORDS = {
    400: "The request is malformed, was interrupted, or is not what its digest says.",
    401: "There is no valid token.",
    403: "The token's role may not do this, or not for that agency.",
    404: "There is no such thing.",
    408: "Nothing came for too long.",
    409: "The policy rejects it; it is held, or being answered; a webhook is disabled, an import over.",
    410: "The bytes are no longer there.",
    413: "The file is too large.",
    416: "The range begins beyond the end.",
    415: "The body is neither a form nor a file.",
    422: "A field is missing or not allowed; or the picture cannot be read.",
    429: "Too much at once; try again.",
    502: "The sign-in provider cannot be reached, or not be believed.",
    503: "The storage cannot be reached, or too many uploads are under way; try again.",
    507: "There is no room left.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems an endpoint may answer with, for its description."""
    return {status: {"description": _WORDS[status], "content": _PROBLEM_CONTENT} for status in statuses}
