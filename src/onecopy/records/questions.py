"""Opening questions and joining them, in the transaction of whoever causes it.

Uploads that concern the same picture in one case are one question. A pair that people judged is in none: the
gate answers by their judgement (:mod:`onecopy.catalog.judgements`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from onecopy.catalog import answers, images, occurrences, questions
from onecopy.catalog.answers import DECIDING
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Pair, Part, Place, Question
from onecopy.model import Verdict
from onecopy.policy.review import Review, Urgency
from onecopy.policy.rules import Scope
from onecopy.records.asking import Asked, compose

MOST = 200
"""Members of one question; with more of them there is a second one."""

ABOUT_PAIRS = frozenset({Kind.SAME_PHOTOGRAPH, Kind.CHANGED_COPY, Kind.UNCLEAR, Kind.SAME_SCENE})
"""The kinds that the gate asks, and whose words follow from their pairs."""
_NEAREST = tuple(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What one image of an upload is to an earlier one, where people are asked about the two.

    Attributes:
        inner: Which image of the upload.
        earlier: The earlier occurrence; ``None`` where another agency tells no more than that there is one.
        earlier_inner: Which image of it.
        upload: Which side of the evidence the upload is, ``"a"`` or ``"b"``.
        scope: Where the earlier one is.
        rule: The rule of the policy that asks.
        reviewers: How many people must agree.
    """

    inner: str
    earlier: Occurrence | None
    earlier_inner: str
    verdict: Verdict
    upload: str
    scope: Scope
    rule: str
    reviewers: int = 1

    @property
    def place(self) -> Place | None:
        """The earlier image, whatever occurrence it came with."""
        return None if self.earlier is None else (self.earlier.content or "", self.earlier_inner)


def ask_about(
    connection: Connection,
    one: Occurrence,
    doubts: Sequence[Doubt],
    *,
    review: Review,
    file_type: str = "",
    role: Part = Part.HELD,
    by: str | None = None,
) -> list[int]:
    """Ask people about an upload: in an open question about the same picture, or in a new one.

    Args:
        connection: Of a write transaction that holds the agency's scope.
        one: The upload, with its number.
        doubts: All pairs to ask about.
        review: Says how urgent it is.
        file_type: Of the uploaded file.
        role: Whether the upload waits for the answer.
        by: Who sent it.

    Returns:
        The catalog's numbers of the questions.
    """
    asked = []
    for part in _parts(doubts):
        places = [(one.content or "", doubt.inner) for doubt in part]
        places += [doubt.place for doubt in part if doubt.place is not None]
        found = _joinable(connection, one, places, role)
        if found is None:
            asked.append(_open(connection, one, part, review, file_type, role, by))
        else:
            _join(connection, found, one, part, review, role, by)
            asked.append(found.id)
    return asked


def _parts(doubts: Sequence[Doubt]) -> Iterator[list[Doubt]]:
    """Doubts by what they are about: an image of the upload, an earlier one, or two files of several."""
    home: dict[Any, int] = {}
    parts: dict[int, list[Doubt]] = {}
    for number, doubt in enumerate(doubts):
        keys: list[Any] = [("mine", doubt.inner)]
        if doubt.earlier is not None:
            keys.append(doubt.place)
            if doubt.inner and doubt.earlier_inner:
                keys.append(("file", doubt.earlier.id))
        joined = {home[key] for key in keys if key in home}
        parts[number] = [*(each for at in sorted(joined) for each in parts.pop(at)), doubt]
        home |= {key: number for key, at in home.items() if at in joined} | dict.fromkeys(keys, number)
    yield from parts.values()


def _joinable(
    connection: Connection, one: Occurrence, places: Iterable[Place], role: Part
) -> Question | None:
    """The open question about the same picture, if one has room. What is only offered holds nobody up."""
    ids = questions.about(connection, one.agency or "", one.case_id or "", places)
    sizes = questions.members(connection, ids)
    for id, question in sorted(questions.by_ids(connection, ids).items()):
        offered = all(member.role is not Part.HELD for member in sizes.get(id, ()))
        has_room = question.kind in ABOUT_PAIRS and len(sizes.get(id, ())) < MOST
        if has_room and offered == (role is Part.OFFERED):
            return question
    return None


def _open(
    connection: Connection,
    one: Occurrence,
    doubts: Sequence[Doubt],
    review: Review,
    file_type: str,
    role: Part,
    by: str | None,
) -> int:
    agency, case = one.agency or "", one.case_id or ""
    urgency, days = review.precedence(agency, one.source or "", one.category or "")
    now = datetime.now(UTC)
    members, pairs = _with_upload((), (), one, doubts, role)
    return questions.add(
        connection,
        Question(
            agency=agency,
            case_id=case,
            category=one.category,
            source=one.source,
            file_type=file_type or None,
            scope=str(_nearest(doubts)),
            rule=doubts[0].rule,
            reviewers=max(doubt.reviewers for doubt in doubts),
            priority=Urgency.LOW if role is Part.OFFERED else urgency,
            opened_at=now,
            due_at=now + days,
            **composed(connection, case, members, pairs),
        ),
        members,
        pairs,
        by=by,
    )


def _join(
    connection: Connection,
    question: Question,
    one: Occurrence,
    doubts: Sequence[Doubt],
    review: Review,
    role: Part,
    by: str | None,
) -> None:
    there = questions.members(connection, [question.id])[question.id]
    known = questions.pairs(connection, question.id)
    next_position = questions.highest_position(connection, question.id) + 1
    members, pairs = _with_upload(there, known, one, doubts, role, next_position=next_position)
    questions.extend(connection, question.id, members[len(there) :], pairs[len(known) :])
    forget_votes(connection, question)
    urgency, days = review.precedence(one.agency or "", one.source or "", one.category or "")
    questions.change(
        connection,
        question,
        "joined",
        by=by,
        scope=str(min(_nearest(doubts), Scope(question.scope or Scope.EVERYWHERE), key=_NEAREST.index)),
        reviewers=max(question.reviewers, *(doubt.reviewers for doubt in doubts)),
        priority=question.priority if role is Part.OFFERED else min(question.priority, urgency),
        due_at=min(question.due_at, datetime.now(UTC) + days),
        escalated=False,
        version=question.version + 1,
        **composed(connection, question.case_id, members, pairs),
    )


def _nearest(doubts: Iterable[Doubt]) -> Scope:
    return min((doubt.scope for doubt in doubts), key=_NEAREST.index)


def _with_upload(
    there: Sequence[Member],
    known: Sequence[Pair],
    one: Occurrence,
    doubts: Sequence[Doubt],
    role: Part,
    *,
    next_position: int = 0,
) -> tuple[list[Member], list[Pair]]:
    """The members and pairs of a question, and behind them an upload's; what was there first comes first."""
    members, pairs = list(there), list(known)
    at = {(member.occurrence, member.inner): member.position for member in there}

    def position(occurrence: Occurrence, inner: str, part: Part) -> int:
        key = (occurrence.id, inner)
        if key not in at:
            at[key] = next_position + len(members) - len(there)
            content = occurrence.content or ""
            new = Member(position=at[key], occurrence=occurrence.id, content=content, inner=inner, role=part)
            members.append(new)
        return at[key]

    named = [(doubt, doubt.earlier) for doubt in doubts if doubt.earlier is not None]
    for doubt, earlier in sorted(named, key=lambda pair: (pair[1].id, pair[0].earlier_inner)):
        position(earlier, doubt.earlier_inner, Part.EARLIER)
    for doubt in doubts:
        position(one, doubt.inner, role)
    seen = {frozenset((pair.a, pair.b)) for pair in known}
    for doubt, earlier in named:
        ends = (position(one, doubt.inner, role), position(earlier, doubt.earlier_inner, Part.EARLIER))
        if frozenset(ends) not in seen and ends[0] != ends[1]:
            seen.add(frozenset(ends))
            a, b = ends if doubt.upload == "a" else ends[::-1]
            pairs.append(Pair(a=a, b=b, verdict=doubt.verdict))
    return members, pairs


def composed(
    connection: Connection, case: str, members: Sequence[Member], pairs: Sequence[Pair]
) -> dict[str, Any]:
    """The columns of a question that follow from its members, see :func:`onecopy.records.asking.compose`."""
    return compose(
        Asked(
            case=case,
            members=members,
            pairs=pairs,
            occurrences=occurrences.by_ids(connection, {one.occurrence for one in members}),
            images=images.at_places(connection, (one.place for one in members)),
        )
    )


def forget_votes(connection: Connection, question: Question) -> None:
    """What the first of two reviewers said was said of other members: it counts no more."""
    for one in answers.of_questions(connection, [question.id]).get(question.id, ()):
        if one.undone_at is None and not one.final and one.given.answer in DECIDING:
            answers.taken_back(connection, one.id, by="the question changed")
