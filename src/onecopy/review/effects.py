"""What an answer does to occurrences: what becomes of those that were held, and what the kept one takes over.

A person's "the same" links for review alone. No verdict is written and no bytes are touched by it, so what
pixels keep apart stays apart in groups and in the vault (see the decision record "People's answers link
reviews, not pictures").
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import msgspec
from sqlalchemy import Connection

from onecopy.catalog import decisions, images, inheritances, occurrences
from onecopy.catalog.answers import Answered
from onecopy.catalog.decisions import Decision
from onecopy.catalog.images import StoredImage
from onecopy.catalog.inheritances import Inherited
from onecopy.catalog.judgements import Says
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Member, Part, Place, Question
from onecopy.model import Capture
from onecopy.records.withdrawing import waiting_no_more
from onecopy.review.meaning import Meaning
from onecopy.spoken import day, shown

_MANY = ("case_id", "name")
"""What one occurrence can have several of: links to cases, and names."""
_ONE = ("source", "category")
_FIELDS = {"case_id": "case"}
_OF_ITS_BYTES = frozenset({"credentials", "credentials_by"})
"""Signed for one file's bytes, and of no other."""
_CAPTURE = tuple(one.name for one in fields(Capture) if one.name not in _OF_ITS_BYTES)


def decided_by(
    connection: Connection, question: Question, means: Meaning, one: Answered
) -> list[tuple[str, str]]:
    """Decide about the occurrences that waited for an answer, and those that it links.

    Args:
        connection: Of a write transaction, in which the question is answered.
        question: The question.
        means: What the answer means.
        one: The answer, with its number.

    Returns:
        The public id of each, and what became of it.
    """
    members = [*means.together, *means.apart, *([means.chosen] if means.chosen else [])]
    mine = occurrences.by_ids(connection, {member.occurrence for member in members})
    linked = _linked(connection, means)
    held = {member.occurrence for member in members if member.role is Part.HELD}
    out = {member.occurrence for member in means.apart}
    free = set(waiting_no_more(connection, sorted(held)))
    found = []
    for id, occurrence in sorted(mine.items()):
        if (occurrence.agency or "") != question.agency or occurrence.gone_at is not None:
            continue
        action = "link" if id in linked else "store"
        if id not in free and not (action == "link" and _is_stored(connection, occurrence, question)):
            continue
        says = Says.NOT_RELATED if id in out else means.says
        reason = _reason(says, means, one, mine, linked=action == "link")
        decision = Decision(occurrence=id, decision=action, reason=reason, made_at=one.at, answer=one.id)
        decisions.add(connection, decision)
        found.append((occurrence.public_id, action))
    return found


def _is_stored(connection: Connection, one: Occurrence, question: Question) -> bool:
    """Whether it is in the same case and nothing ties it yet, so that the answer can."""
    if one.case_id != question.case_id:
        return False
    return decisions.of_occurrence(connection, one.id)[-1].decision == "store"


def _linked(connection: Connection, means: Meaning) -> set[int]:
    """The occurrences of which every image was judged the same as one that is kept elsewhere."""
    if means.says is not Says.SAME or means.chosen is None:
        return set()
    same: dict[int, set[Place]] = defaultdict(set)
    for member in means.together:
        if member.occurrence != means.chosen.occurrence:
            same[member.occurrence].add(member.place)
    contents = {place[0] for places in same.values() for place in places}
    within: dict[str, set[Place]] = defaultdict(set)
    for image in images.summaries(connection, contents):
        within[image.content].add((image.content, image.inner))
    return {id for id, places in same.items() if all(within[content] <= places for content, _ in places)}


def _reason(
    says: Says, means: Meaning, one: Answered, mine: Mapping[int, Occurrence], *, linked: bool
) -> str:
    said = f"A reviewer decided on {day(one.at)}"
    if linked and means.chosen is not None:
        kept = mine[means.chosen.occurrence]
        return f"{said}: the same as '{shown(kept.name)}' in case {shown(kept.case_id or '')}, which is kept."
    return {
        Says.SAME: f"{said}: of several that are the same, this one stays.",
        Says.NEWER: f"{said}: a version of a document of which there are several.",
        Says.BOTH_NEEDED: f"{said}: it is needed beside the others.",
        Says.NOT_RELATED: f"{said}: it has nothing to do with the others.",
    }[says]


def inherit(connection: Connection, question: Question, means: Meaning, answer: int) -> list[Inherited]:
    """Let the one that is kept take over what hung on the others, and what it does not say itself.

    Args:
        connection: Of a write transaction.
        question: The question.
        means: What the answer means.
        answer: The catalog's number of the answer.

    Returns:
        Everything that was taken over, and what conflicts with what the kept one says.
    """
    if means.says is not Says.SAME or means.chosen is None:
        return []
    kept = means.chosen
    everyone = occurrences.by_ids(connection, {kept.occurrence, *(one.occurrence for one in means.together)})
    own = {id: one for id, one in everyone.items() if (one.agency or "") == question.agency}
    if kept.occurrence not in own:
        return []
    looks = images.at_places(connection, [kept.place, *(one.place for one in means.together)])
    givers = [one for one in means.together if one.occurrence in own and one.occurrence != kept.occurrence]
    found = list(_inherited(kept, givers, own, looks, answer))
    inheritances.add_all(connection, found)
    return found


def _inherited(
    kept: Member,
    givers: Iterable[Member],
    own: Mapping[int, Occurrence],
    looks: Mapping[Place, StoredImage],
    answer: int,
) -> Iterator[Inherited]:
    has = dict(_says(own[kept.occurrence], looks.get(kept.place)))
    many = {name: {has.get(name)} for name in _MANY}
    done: set[tuple[int, str]] = set()
    for giver in givers:
        for name, value in _says(own[giver.occurrence], looks.get(giver.place)):
            if value is None or (giver.occurrence, name) in done:
                continue
            conflict = None
            if name in many:
                if value in many[name]:
                    continue
                many[name].add(value)
            elif has.get(name) is None:
                has[name] = value
            elif has[name] == value:
                continue
            else:
                conflict = has[name]
            done.add((giver.occurrence, name))
            yield Inherited(
                answer=answer,
                occurrence=kept.occurrence,
                giver=giver.occurrence,
                field=_FIELDS.get(name, name),
                value=value,
                conflicts_with=conflict,
            )


def _says(one: Occurrence, look: StoredImage | None) -> Iterator[tuple[str, Any]]:
    """All that an occurrence, and the picture in it, say of themselves; plain types."""
    for name in (*_MANY, *_ONE):
        yield name, getattr(one, name)
    yield "captured_at", None if one.captured_at is None else one.captured_at.isoformat()
    for name, value in (one.metadata or {}).items():
        yield f"metadata.{name}", value
    if look is not None:
        for name in _CAPTURE:
            yield name, msgspec.to_builtins(getattr(look.fingerprint.capture, name))


def undecide(connection: Connection, answer: int, occurrence: int) -> None:
    """Let the decision hold again that held before an answer; the later one stays on record."""
    made = decisions.numbered(connection, occurrence)
    number = next(number for number, one in reversed(made) if one.answer == answer and one.restores is None)
    before_number, before = next(pair for pair in reversed(made) if pair[0] < number)
    decisions.add(connection, _again(before, before_number))


def _again(one: Decision, number: int) -> Decision:
    return Decision(
        occurrence=one.occurrence,
        decision=one.decision,
        reason=one.reason,
        matches=one.matches,
        rule=one.rule,
        reviewers=one.reviewers,
        facts=one.facts,
        answer=one.answer,
        restores=number if one.restores is None else one.restores,
    )
