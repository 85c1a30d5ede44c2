"""What the rules of version sets work on, and what they say. Pure values; nothing here reads a catalog."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from onecopy.model import Relation
from onecopy.records.versions.names import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One picture on a page of a document; several may be on one."""

    image: int
    """The catalog's number of it."""
    page: int
    """From 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document as it was sent once: a file, or a file inside an archive.

    Attributes:
        occurrence: The catalog's number of the occurrence.
        public_id: What others call that.
        inner: The place inside it, ``!/plans/A-1.pdf``; empty for the file itself.
        name: The file's own name.
        named: What the name, and fields beside it, say.
        content: SHA-256 of the occurrence's bytes.
        category: The agency's word for it; may be empty.
        received_at: When it came.
        submission: What it came with, where the sender says so; may be empty.
        pages: In the order of the document.
    """

    occurrence: int
    public_id: str
    inner: str = ""
    name: str
    named: Named
    content: str
    category: str = ""
    received_at: datetime
    submission: str = ""
    pages: tuple[Page, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from the other papers of a case."""
        return self.occurrence, self.inner

    @property
    def bytes_key(self) -> tuple[str, str]:
        """Equal for two papers whose bytes are."""
        return self.content, self.inner

    @property
    def rank(self) -> tuple[str, str, str, datetime, str]:
        """An order that has nothing to do with which came first."""
        return self.named.plain, self.content, self.inner, self.received_at, self.public_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What the pixels of two images showed."""

    relation: Relation
    confidence: float
    on_paper: bool = False
    """Whether both are paper: strokes were compared."""
    part: bool = False
    """Whether one shows only a part of the other."""


Ties = Mapping[tuple[int, int], Tie]
"""By the numbers of two images, the lower first."""


class Criterion(StrEnum):
    """What says that one version comes after another, the strongest first."""

    PERSON = "person"
    REVISION = "revision"
    DAY = "date"
    STAGE = "stage"
    RESUBMISSION = "resubmission"
    TIME = "time"
    PAGES = "pages"


Side = frozenset[tuple[str, str, str]]
"""What a version consists of: contents, places in them, and names, by which it is known again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of a document, and every time it was sent, the earliest first."""

    papers: tuple[Paper, ...]

    @property
    def first(self) -> Paper:
        """When it came first."""
        return self.papers[0]

    @property
    def key(self) -> "Side":
        """What it consists of."""
        return frozenset((paper.content, paper.inner, paper.named.plain) for paper in self.papers)

    @property
    def shown(self) -> Paper:
        """The paper that stands for it: one that says which revision it is, else the earliest."""
        return min(
            self.papers,
            key=lambda one: (one.named.revision is None, bool(one.inner), one.received_at, one.rank),
        )

    @property
    def label(self) -> str:
        """Its revision, if a name says one."""
        said = self.shown.named.revision
        return said.label if said is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSet:
    """The versions of one document, the oldest first.

    Attributes:
        versions: All of them.
        top: Those that nothing supersedes; one, or there is a question.
        why: What put the current one above the one before it; ``None`` for a document's only version.
    """

    versions: tuple[Version, ...]
    top: tuple[Version, ...]
    why: Criterion | None = None

    @property
    def current(self) -> Version | None:
        """The version that counts, or ``None`` while that is a question."""
        return self.top[0] if len(self.top) == 1 else None


class ConflictKind(StrEnum):
    """What can be wrong with the versions in a case. Part of the public interface."""

    VERSIONS = "versions"
    """Different versions, and nothing says which comes after which."""
    TWO_NAMES = "two-names"
    """One version, sent under names of two documents or two revisions."""
    REVERTS = "reverts"
    """A later submission brings an earlier version back and does not say so."""
    SWAPPED_PAGES = "swapped-pages"
    """Pages of two documents were exchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Something a person has to settle.

    Attributes:
        kind: What it is.
        sides: The papers that stand against each other. Of ``reverts``, what counted first and what came
            back second; of ``swapped-pages``, what each document was and then what each became.
    """

    kind: ConflictKind
    sides: tuple[Version, ...]

    @property
    def key(self) -> tuple[Side, ...]:
        """What each side consists of."""
        return tuple(side.key for side in self.sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person decided of a conflict: it holds whenever its sides come up again.

    Attributes:
        kind: Of which kind of conflict.
        sides: As :attr:`Conflict.key` had them.
        current: Which side counts; ``None`` if all are needed, as documents of their own.
    """

    kind: ConflictKind
    sides: tuple[Side, ...]
    current: int | None = None

    def covers(self, conflict: Conflict) -> bool:
        """Whether it decided this already."""
        if self.kind is not conflict.kind or len(self.sides) < len(conflict.sides):
            return False
        if self.kind in (ConflictKind.REVERTS, ConflictKind.SWAPPED_PAGES):
            return all(map(self.meets, range(len(self.sides)), conflict.key))
        return all(any(self.meets(mine, side) for mine in range(len(self.sides))) for side in conflict.key)

    @property
    def chosen(self) -> frozenset[int]:
        """The sides that count: of ``swapped-pages``, both documents as they were, or as they became."""
        if self.current is None:
            return frozenset()
        if self.kind is not ConflictKind.SWAPPED_PAGES:
            return frozenset({self.current})
        return frozenset({0, 1} if self.current < 2 else {2, 3})

    def meets(self, mine: int, side: Side) -> bool:
        """Whether one of its sides is this one. Names tell sides apart only where they are the question."""
        if self.kind in (ConflictKind.TWO_NAMES, ConflictKind.SWAPPED_PAGES):
            return bool(self.sides[mine] & side)
        return bool({one[:2] for one in self.sides[mine]} & {one[:2] for one in side})


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """Two papers of one name that are not versions of one document, and why not."""

    one: Paper
    other: Paper
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was found in the documents of a case."""

    sets: tuple[VersionSet, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    namesakes: tuple[Namesake, ...] = field(default=())
