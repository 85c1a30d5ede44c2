"""Findings: what a scan says, as data. ``findings.json`` is this, one to one (schema version 1).

A public interface: its JSON Schema is in ``docs/reference``. Evidence is the model's, with defaults left out.
"""

from dataclasses import dataclass, field

from onecopy.model import Evidence, Relation

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundImage:
    """One occurrence of an image."""

    locator: str
    sha256: str
    image_data_sha256: str | None
    bytes: int
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRelation:
    """Two occurrences and what they are to each other."""

    a: str
    b: str
    relation: Relation
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An occurrence in a group, with its relation to the one that is kept."""

    locator: str
    relation: Relation
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    """Occurrences of one image: the one to keep, why that one, and the others."""

    keep: str
    reasons: tuple[str, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContainer:
    """A file that holds images."""

    locator: str
    format: str
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file, or a part of one, that could not be read: what happened and what to do."""

    locator: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Why an occurrence was left out (skipped) or is matched by bytes only (unmatchable)."""

    locator: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundant:
    """What one relation makes redundant: occurrences beyond the kept one, and their bytes.

    ``reclaimable_bytes`` is what linking would give back: none for images inside containers or hard links.
    """

    images: int = 0
    bytes: int = 0
    reclaimable_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The figures of a scan."""

    files: int
    images: int
    bytes: int
    unreadable: int
    unmatchable: int
    by_relation: dict[Relation, int]
    redundant: dict[Relation, Redundant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that a scan says. Every file met appears in one of the lists."""

    schema: int = SCHEMA_VERSION
    onecopy: str
    sources: tuple[str, ...]
    totals: Totals
    images: tuple[FoundImage, ...] = ()
    relations: tuple[FoundRelation, ...] = ()
    groups: tuple[FoundGroup, ...] = ()
    containers: tuple[FoundContainer, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    unmatchable: tuple[Remark, ...] = ()
    skipped: tuple[Remark, ...] = field(default=())
