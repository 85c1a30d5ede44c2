"""What the API answers. Words such as a decision are plain text: a newer service's can be read, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An occurrence, in short. ``id`` is ``None`` where nothing was stored."""

    id: str | None
    case: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An earlier occurrence that has to do with the upload.

    Attributes:
        occurrence: The earlier one.
        relation: What they are to each other: ``same-bytes``, ``same-image``, ``edited`` …
        confidence: 0 to 1.
        evidence: Why; ``evidence["words"]`` are sentences.
        upload: Which side of the evidence the upload is, ``"a"`` or ``"b"``.
        inner: Which image of the upload, where it is a container.
        occurrence_inner: Which image of the earlier file.
        agency: Whose it is, where another agency agreed to tell.
    """

    occurrence: Received
    relation: str
    confidence: float
    evidence: Mapping[str, Any]
    upload: str = "a"
    inner: str = ""
    occurrence_inner: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMatch:
    """A match of one image, in short."""

    occurrence: str | None
    inner: str
    relation: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image in an upload, and its strongest matches. Sizes are in pixels."""

    inner: str
    sha256: str
    width: int
    height: int
    format: str
    matches: tuple[ImageMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMatches:
    """An image of an occurrence, and what it is to images of others."""

    inner: str
    sha256: str
    width: int
    height: int
    format: str
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """All images of an occurrence, and what each is to others."""

    occurrence: Received
    images: tuple[ImageMatches, ...]
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemInFile:
    """Something in an upload that could not be read. Its bytes were kept all the same."""

    inner: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of an upload, or after a check: what would.

    Attributes:
        occurrence: The upload; its ``id`` is how to ask for it again.
        decision: ``store``, ``link``, ``hold`` or, after a check, ``reject``.
        reason: Words that can be shown to whoever sent it.
        matches: What it has to do with, the same case first.
        images: Every image that was found in it.
        held_elsewhere: Whether an agency that is not named holds such a picture.
        problems: What in it could not be read.
        needs_bytes: Only its digest was asked about, and that is not held.
    """

    occurrence: Received
    decision: str
    reason: str
    matches: tuple[Match, ...] = ()
    images: tuple[Image, ...] = ()
    held_elsewhere: bool = False
    problems: tuple[ProblemInFile, ...] = ()
    needs_bytes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An occurrence, and what was decided about it."""

    id: str
    case: str
    name: str
    sha256: str
    agency: str
    received_at: datetime
    bytes: int
    decision: str
    reason: str
    source: str | None = None
    category: str | None = None
    captured_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case, and what was received for it, oldest first; ``next`` is there if that is not all."""

    case: str
    agency: str
    occurrences: tuple[Occurrence, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInList:
    """A case in a list."""

    case: str
    agency: str
    occurrences: int
    first_received_at: datetime
    last_received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is; ``rate`` in rows a second."""

    waiting: int
    problems: int
    decisions: Mapping[str, int]
    repeated: int = 0
    rate: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import. ``state`` is ``running``, ``paused``, ``cancelled`` or ``done``."""

    id: str
    agency: str
    name: str
    state: str
    dry_run: bool
    rows: int
    created_at: datetime
    created_by: str
    ended_at: datetime | None = None
    progress: Progress | None = None
    """Not in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """A row of an import's manifest, and what became of it."""

    number: int
    file: str
    context: Mapping[str, Any]
    state: str
    decision: str | None = None
    occurrence: str | None = None
    sha256: str | None = None
    code: str | None = None
    message: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook, without its secret."""

    id: str
    agency: str
    url: str
    events: tuple[str, ...]
    created_at: datetime
    created_by: str
    delivered_at: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook(Webhook):
    """A webhook with its secret, which is shown this once."""

    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one message to a webhook."""

    id: str
    event: str
    created_at: datetime
    state: str
    attempts: int
    payload: Mapping[str, Any]
    next_attempt_at: datetime | None = None
    tried_at: datetime | None = None
    status: int | None = None
    problem: str | None = None
