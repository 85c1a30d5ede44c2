"""What counts now in a case: each document, its current version and since when, its history, what is open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from onecopy.catalog import questions as asked
from onecopy.catalog import uploads
from onecopy.catalog import versions as kept
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Question
from onecopy.catalog.versions import Document, Member
from onecopy.records.versions.model import Criterion
from onecopy.records.versions.names import parse
from onecopy.records.versions.words import REASONS
from onecopy.sayings import said, say

_ASKED = say(said("version-asked"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One time that a version was sent."""

    occurrence: Occurrence
    inner: str
    """The place of the document in it, where it came in an archive."""

    @property
    def name(self) -> str:
        """The document's own name."""
        return self.inner.rsplit("/", 1)[-1] or self.occurrence.name


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version of a document, and every time it was sent, the earliest first."""

    number: int
    """From 1, the oldest."""
    label: str
    """Its revision, if a name says one: ``rev B``."""
    sent: tuple[Sent, ...]

    @property
    def shown(self) -> Sent:
        """The time that stands for it: one whose name says the revision, else the earliest."""
        return next((one for one in self.sent if parse(one.name).revision is not None), self.sent[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document of a case.

    Attributes:
        id: Its public id.
        title: What to call it.
        current: The version that counts, or ``None`` while that is a question.
        since: Since when it counts.
        decided_by: Who put it there, where a person did.
        reason: Why it counts, as a sentence.
        apart: Why it is no version of another document of one name, where there is one.
        history: All versions, the newest first.
        questions: Open ones about it.
    """

    id: str
    title: str
    category: str
    current: VersionView | None
    since: datetime | None
    criterion: str | None
    decided_by: str | None
    reason: str
    apart: str | None
    history: tuple[VersionView, ...]
    questions: tuple[Question, ...] = ()


def documents(connection: Connection, agency: str, case_id: str) -> tuple[DocumentView, ...]:
    """The documents of a case, by title; as they were sorted last (see :func:`land.bring_up_to_date`)."""
    found = kept.of_case(connection, agency, case_id)
    members = kept.members(connection, (one.id for one in found))
    numbers = {one.occurrence for ones in members.values() for one in ones}
    there = {one.id: one for one in uploads.by_numbers(connection, numbers)}
    about = questions(connection, agency, case_id)
    views = (_view(one, members.get(one.id, ()), there, about) for one in found)
    return tuple(view for view in views if view is not None)


def questions(connection: Connection, agency: str, case_id: str) -> dict[int, list[tuple[str, Question]]]:
    """The open questions of a case by the occurrences they are about, each with the place inside."""
    by_id = {one.id: one for one in asked.of_case(connection, agency, case_id)}
    found: dict[int, list[tuple[str, Question]]] = defaultdict(list)
    for id, members in asked.members(connection, by_id).items():
        for one in members:
            found[one.occurrence].append((one.inner, by_id[id]))
    return found


def _view(
    one: Document,
    members: Iterable[Member],
    there: Mapping[int, Occurrence],
    about: Mapping[int, list[tuple[str, Question]]],
) -> DocumentView | None:
    sent: dict[int, list[Sent]] = {}
    for member in members:
        if member.occurrence in there:
            sent.setdefault(member.version, []).append(
                Sent(occurrence=there[member.occurrence], inner=member.inner)
            )
    versions = [_version(number, ones) for number, ones in sorted(sent.items(), reverse=True)]
    if not versions:
        return None
    criterion = None if one.criterion is None else Criterion(one.criterion)
    reason = REASONS[criterion] if one.current is not None else _ASKED
    waiting = {
        question.id: question
        for version in versions
        for at in version.sent
        for inner, question in about.get(at.occurrence.id, ())
        if inner.startswith(at.inner)
    }
    return DocumentView(
        id=one.public_id,
        title=one.title,
        category=versions[0].shown.occurrence.category or "",
        current=next((version for version in versions if version.number == one.current), None),
        since=one.since,
        criterion=one.criterion,
        decided_by=one.decided_by,
        reason=reason,
        apart=one.apart,
        history=tuple(versions),
        questions=tuple(waiting.values()),
    )


def _version(number: int, sent: list[Sent]) -> VersionView:
    ordered = tuple(sorted(sent, key=lambda one: (one.occurrence.seen_at, one.occurrence.id)))
    labels = [said.label for one in ordered if (said := parse(one.name).revision) is not None]
    return VersionView(number=number, label=labels[0] if labels else "", sent=ordered)
