"""What the gate is told of an upload, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onecopy.model import Evidence, Problem, Relation
from onecopy.policy import Action, Ruling, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of an upload besides its bytes.

    Attributes:
        case: What it belongs to: a permit application, a claim. Cases of two agencies never meet.
        name: The file's name, as the uploader knows it.
        agency: Whose it is. What another agency holds is compared and mentioned only as far as that one
            agreed to it (see :mod:`onecopy.catalog.agreements`).
        source: Where it came from: ``portal``, ``e-mail``, ``scanner``.
        category: What kind of thing it is to the agency: ``site-photo``, ``plan``.
        uploader: Who sent it, in the caller's words.
        captured_at: When it was taken, as the uploader says; with its zone.
        metadata: What the uploader wants to have kept beside it: a small JSON object.
    """

    case: str
    name: str = ""
    agency: str = ""
    source: str = ""
    category: str = ""
    uploader: str = ""
    captured_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One occurrence, as replies name it. ``id`` is ``None`` where nothing was stored."""

    id: str | None
    case: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An earlier occurrence that has to do with the upload.

    Attributes:
        occurrence: The earlier one.
        relation: What they are to each other.
        confidence: 0 to 1.
        evidence: Why. It speaks of A and B.
        upload: Which of the two, ``"a"`` or ``"b"``, the upload is.
        inner: Which image of the upload, where it is a container; ``""`` for the file itself.
        occurrence_inner: Which image of the earlier file.
        agency: Whose the earlier one is, if it is another agency's, which agreed to tell; else ``None``.
    """

    occurrence: Received
    relation: Relation
    confidence: float
    evidence: Evidence
    upload: str = "a"
    inner: str = ""
    occurrence_inner: str = ""
    agency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMatch:
    """A match of one image, in short. ``inner`` is the place in the earlier file."""

    occurrence: str | None
    inner: str
    relation: Relation
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSeen:
    """One image of the upload: where it is, what it is, and its strongest matches. Sizes are in pixels."""

    inner: str
    sha256: str
    width: int
    height: int
    format: str
    matches: tuple[ImageMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReply:
    """The gate's answer.

    Attributes:
        occurrence: The upload. After a check, and for a rejected upload, its ``id`` is ``None``.
        decision: What became of it, or after a check: what would.
        reason: Words that can be shown to the uploader.
        matches: What it has to do with, same case first, the strongest relation first.
        images: Every image that was found in the upload, in its order there.
        problems: What could not be read or compared. The bytes were kept all the same.
        held_elsewhere: Whether another agency, which agreed to tell no more than that, holds such an image.
        ruling: Which rule of the policy decided, and what it asks for. Not for the uploader.
        seen: All that the policy looked at. Not for the uploader.
    """

    occurrence: Received
    decision: Action
    reason: str
    matches: tuple[Match, ...] = ()
    images: tuple[ImageSeen, ...] = ()
    problems: tuple[Problem, ...] = ()
    held_elsewhere: bool = False
    ruling: Ruling
    seen: tuple[Seen, ...] = ()
