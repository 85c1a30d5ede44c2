"""Questions: what people are asked. One stands for all pairs and copies that one answer settles."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from onecopy.catalog import changes, rows
from onecopy.catalog.batches import batches
from onecopy.catalog.schema import question, question_member, question_pair
from onecopy.model import Verdict

Place = tuple[str, str]
"""An image wherever it turns up: the SHA-256 of the file, and the place inside."""


class Kind(StrEnum):
    """What is asked."""

    SAME_PHOTOGRAPH = "same-photograph"
    """Are these copies of one picture?"""
    CHANGED_COPY = "changed-copy"
    """One was cut or changed: does it count beside the other?"""
    UNCLEAR = "unclear"
    """Are they one picture? What would decide does not show."""
    SAME_SCENE = "same-scene"
    """Different captures of one scene, offered together: are all of them wanted?"""
    VERSIONS = "versions"
    """Two current versions of one document: which counts?"""
    TWO_NAMES = "two-names"
    """One version under two names: which name counts?"""
    REVERTS = "reverts"
    """A later submission takes a change back: is that meant?"""
    SWAPPED_PAGES = "swapped-pages"
    """Pages moved from one set to another: is that meant?"""


class State(StrEnum):
    """Whether a question waits for an answer."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    """What it was about is no longer there."""


class Part(StrEnum):
    """What a member is to its question."""

    HELD = "held"
    """An upload that waits for the answer."""
    EARLIER = "earlier"
    """What was there before."""
    OFFERED = "offered"
    """An upload that waits for nothing: it was stored."""
    GONE = "gone"
    """Deleted since. It is a member no more; its position stays taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One image that a question is about. ``inner`` is its place in the content."""

    position: int
    occurrence: int
    """The catalog's number of it."""
    content: str
    inner: str
    role: Part

    @property
    def place(self) -> Place:
        """The image, whatever occurrence it came with."""
        return self.content, self.inner


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is known of two members, by their positions. The evidence speaks of A and B."""

    a: int
    b: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, without its members.

    Attributes:
        id: The catalog's number of it.
        public_id: What others may see.
        agency: Whose it is; empty if it is of none in particular.
        relation: The strongest between two members; ``None`` where the kind has none.
        scope: How far from the upload the nearest of the others is.
        title: What is asked, in plain words.
        proposal: The answer that is proposed, if one is.
        proposed: Which members it speaks of, see :class:`onecopy.catalog.answers.Given`.
        reasons: Why, in sentences.
        confidence: How sure that is, 0 to 1.
        details: What a kind has of its own; plain types.
        rule: The rule of the policy that asked.
        priority: 0 is the most urgent.
        reviewers: How many people must agree.
        escalated: Two people disagreed, so a records officer decides.
        version: One more with every change to what is asked or answered. Who answers says which one was seen.
    """

    agency: str
    case_id: str
    kind: Kind
    title: str
    id: int = 0
    public_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    relation: str | None = None
    scope: str | None = None
    category: str | None = None
    source: str | None = None
    file_type: str | None = None
    proposal: str | None = None
    proposed: Mapping[str, Any] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    confidence: float = 0.0
    details: Mapping[str, Any] = field(default_factory=dict)
    rule: str | None = None
    opened_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    due_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(days=10))
    priority: int = 2
    reviewers: int = 1
    state: State = State.OPEN
    escalated: bool = False
    assigned_to: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    version: int = 1

    def claimant(self, now: datetime) -> str | None:
        """Who has it in hand now."""
        return self.claimed_by if self.claimed_until is not None and now < self.claimed_until else None


_FIELDS = tuple(one.name for one in fields(Question))
_THERE = question_member.c.role != str(Part.GONE)


def add(
    connection: Connection, one: Question, members: Sequence[Member], pairs: Sequence[Pair], *, by: str | None
) -> int:
    """Open a question. The transaction must hold the scope of its agency.

    Returns:
        The catalog's number of it.
    """
    values = {name: getattr(one, name) for name in _FIELDS if name != "id"} | {"reasons": list(one.reasons)}
    number: int = connection.execute(insert(question).values(values).returning(question.c.id)).scalar_one()
    extend(connection, number, members, pairs)
    changes.append(connection, number, one.agency, "opened", by=by)
    return number


def extend(connection: Connection, id: int, members: Sequence[Member], pairs: Sequence[Pair]) -> None:
    """Add members and pairs to a question."""
    if members:
        names = ("position", "occurrence", "content", "inner", "role")
        many = [{name: getattr(one, name) for name in names} | {"question": id} for one in members]
        connection.execute(insert(question_member), many)
    if pairs:
        many = [{"question": id, "a": one.a, "b": one.b} | rows.from_verdict(one.verdict) for one in pairs]
        connection.execute(insert(question_pair), many)


def drop_members(connection: Connection, id: int, positions: Iterable[int]) -> None:
    """Take members out of a question, with what is known of them. Their positions are not given again."""
    gone = list(positions)
    pair, member = question_pair.c, question_member.c
    either = or_(pair.a.in_(gone), pair.b.in_(gone))
    connection.execute(delete(question_pair).where(pair.question == id, either))
    which = (member.question == id, member.position.in_(gone))
    connection.execute(update(question_member).where(*which).values(role=str(Part.GONE)))


def change(connection: Connection, one: Question, kind: str, /, *, by: str | None, **values: Any) -> None:
    """Change columns of a question, and tell those who follow the feed."""
    if values:
        connection.execute(update(question).where(question.c.id == one.id).values(values))
    changes.append(connection, one.id, one.agency, kind, by=by)


def get(connection: Connection, public_id: str, *, agency: str | None, lock: bool = False) -> Question | None:
    """A question by its public id, if it is this agency's; ``None`` for any."""
    query = select(question).where(question.c.public_id == public_id)
    if agency is not None:
        query = query.where(question.c.agency == agency)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else from_row(row)


def beginning(connection: Connection, text: str, *, limit: int = 2) -> list[str]:
    """The public ids that begin with a text, a few at most."""
    query = select(question.c.public_id).where(question.c.public_id.startswith(text, autoescape=True))
    return list(connection.scalars(query.order_by(question.c.public_id).limit(limit)))


def by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Question]:
    """Questions by the catalog's numbers."""
    found: dict[int, Question] = {}
    for batch in batches(ids):
        query = select(question).where(question.c.id.in_(batch))
        found |= {row["id"]: from_row(row) for row in connection.execute(query).mappings()}
    return found


def members(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Member, ...]]:
    """The members of some questions, by position; those that are gone are left out."""
    found: dict[int, list[Member]] = {}
    for batch in batches(ids):
        query = select(question_member).where(question_member.c.question.in_(batch), _THERE)
        query = query.order_by(question_member.c.question, question_member.c.position)
        for row in connection.execute(query).mappings():
            found.setdefault(row["question"], []).append(_member(row))
    return {id: tuple(many) for id, many in found.items()}


def pairs(connection: Connection, id: int) -> tuple[Pair, ...]:
    """What is known of the members of a question, two by two."""
    query = select(question_pair).where(question_pair.c.question == id)
    query = query.order_by(question_pair.c.a, question_pair.c.b)
    return tuple(
        Pair(a=row["a"], b=row["b"], verdict=rows.to_verdict(row))
        for row in connection.execute(query).mappings()
    )


def about(
    connection: Connection,
    agency: str,
    case_id: str | None,
    places: Iterable[Place],
    state: State = State.OPEN,
) -> list[int]:
    """The questions of a case (``None``: of any) that are about any of some images, oldest first."""
    wanted = set(places)
    found: set[int] = set()
    member = question_member.c
    for batch in batches({content for content, _ in wanted}):
        query = select(question.c.id, member.content, member.inner).join(question_member)
        query = query.where(member.content.in_(batch), question.c.agency == agency)
        query = query.where(question.c.state == str(state), _THERE)
        if case_id is not None:
            query = query.where(question.c.case_id == case_id)
        found |= {id for id, content, inner in connection.execute(query) if (content, inner) in wanted}
    return sorted(found)


def of_occurrences(connection: Connection, ids: Iterable[int], *, state: State = State.OPEN) -> list[int]:
    """The questions that some occurrences are members of, oldest first."""
    found: set[int] = set()
    for batch in batches(ids):
        query = select(question.c.id).join(question_member).where(question.c.state == str(state), _THERE)
        found.update(connection.scalars(query.where(question_member.c.occurrence.in_(batch))))
    return sorted(found)


def of_case(connection: Connection, agency: str, case_id: str) -> list[Question]:
    """The open questions of a case, the most urgent first."""
    query = select(question).where(question.c.agency == agency, question.c.state == str(State.OPEN))
    query = query.where(question.c.case_id == case_id).order_by(question.c.priority, question.c.id)
    return [from_row(row) for row in connection.execute(query).mappings()]


def highest_position(connection: Connection, id: int) -> int:
    """The highest position that a question gave a member; -1 if it has none."""
    query = select(question_member.c.position).where(question_member.c.question == id)
    return max(connection.scalars(query), default=-1)


def from_row(row: Mapping[Any, Any]) -> Question:
    """The question of a whole row."""
    values = {name: row[name] for name in _FIELDS}
    kinds = {"kind": Kind(row["kind"]), "state": State(row["state"]), "reasons": tuple(row["reasons"])}
    return Question(**values | kinds)


def _member(row: Mapping[Any, Any]) -> Member:
    names = ("position", "occurrence", "content", "inner")
    return Member(**{name: row[name] for name in names}, role=Part(row["role"]))
