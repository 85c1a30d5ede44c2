"""Keeping the version sets of a case up to date: when an upload comes in, and whenever somebody asks.

All of it happens in the caller's transaction. What is written depends on what is in the case and on what
people decided, not on the order in which uploads came, nor on whether they were looked at one by one.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from onecopy.audit.event import Event, Kind
from onecopy.catalog import arrivals, events, uploads, webhooks
from onecopy.catalog import versions as kept
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.catalog.versions import Document, Member
from onecopy.catalog.webhooks import Happened
from onecopy.policy.history import adopted
from onecopy.policy.review import Review
from onecopy.records.versions import load, questions, words
from onecopy.records.versions.kinds import Kind as What
from onecopy.records.versions.model import Criterion, Detected, Paper, Version, VersionSet
from onecopy.records.versions.pages import Comparer
from onecopy.records.versions.rulings import Decided, decided, deciding
from onecopy.records.versions.sets import detect
from onecopy.records.versions.units import units

RULES = 2
"""Changes whenever the rules could sort a case otherwise."""
_WHEN_ASKED = 0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A document of which another version counts now, or none any more while that is a question."""

    document: Document
    now: Version | None
    before: tuple[str, ...] = ()
    """The public ids of the occurrences of what counted before."""


def land(
    connection: Connection,
    one: Occurrence,
    found: Iterable[StoredImage],
    *,
    by: str,
    review: Review | None = None,
) -> list[Change]:
    """Sort in an upload that was stored in this transaction.

    Args:
        connection: Of a write transaction that holds the agency's scope.
        one: The upload, with its number.
        found: The images in its content.
        by: Who sent it.
        review: How urgent questions are.

    Returns:
        What changed, to be told (:func:`tell`) when the upload was. Nothing does for a photograph.
    """
    if all(unit.kind is What.PHOTOGRAPH for unit in units(one, found)):
        return []
    agency, case = one.agency or "", one.case_id or ""
    rules = kept.sorted_by(connection, agency, case)
    if rules == _WHEN_ASKED:
        return []
    if rules != RULES:
        return _sort(connection, agency, case, None, by=by, most=load.MOST_AT_FIRST, review=review)
    return _sort(connection, agency, case, [one.id], by=by, most=load.MOST, review=review)


def refresh(connection: Connection, agency: str, case_id: str, *, by: str) -> list[Change]:
    """Sort all documents of a case, and tell what changed.

    Args:
        connection: Of a write transaction that holds the agency's scope.
        agency: Whose case.
        case_id: Which.
        by: Who caused it, for the audit log.

    Returns:
        What changed.
    """
    policy = adopted(connection)
    changes = _sort(connection, agency, case_id, None, by=by, review=policy.review if policy else None)
    tell(connection, agency, case_id, changes, by=by)
    return changes


def _sort(
    connection: Connection,
    agency: str,
    case_id: str,
    seeds: Iterable[int] | None,
    *,
    by: str,
    most: int | None = None,
    review: Review | None = None,
) -> list[Change]:
    """Sort a case's documents; with ``seeds`` those that these uploads have to do with."""
    gathered = load.gather(connection, agency, case_id, seeds, most)
    if not gathered.complete:
        kept.set_sorted(connection, agency, case_id, _WHEN_ASKED)
        return []
    try:
        comparer = Comparer(load.folded(gathered), gathered.ties)
        people = decided(connection, agency, case_id, gathered)
        detected = detect(gathered.papers, comparer, [one.ruling for one in people])
    except (ValueError, KeyError, IndexError, RecursionError):  # an upload is never lost for this
        log.exception("the documents of a case could not be sorted; they will be when somebody asks for it")
        kept.set_sorted(connection, agency, case_id, _WHEN_ASKED)
        return []
    changes = _Keeper(connection, agency, case_id, people).keep(detected, everything=seeds is None)
    review = review or Review()
    questions.settle(connection, agency, case_id, gathered, comparer, detected, by=by, review=review)
    kept.set_sorted(connection, agency, case_id, RULES)
    return changes


def stale(connection: Connection, agency: str, case_id: str) -> bool:
    """Whether a case's documents are to be sorted before anything is said of them."""
    return kept.sorted_by(connection, agency, case_id) != RULES


def bring_up_to_date(catalog: Catalog, agency: str, case_id: str, *, by: str) -> None:
    """Sort a case's documents before anything is said of them, where that is to be done.

    It is for cases that came in before there were version sets, were sorted by other rules, or had too many
    documents to be sorted while one came in.
    """
    with catalog.read() as connection:
        if not stale(connection, agency, case_id):
            return
    with catalog.write([arrivals.scope(agency)]) as connection:
        refresh(connection, agency, case_id, by=by)


class _Keeper:
    """Brings what is stored to what was found; a document keeps its id as long as it has a member left."""

    def __init__(self, connection: Connection, agency: str, case_id: str, people: Sequence[Decided]) -> None:
        self._connection, self._agency, self._case, self._people = connection, agency, case_id, people

    def keep(self, detected: Detected, *, everything: bool) -> list[Change]:
        papers = [paper for one in detected.sets for version in one.versions for paper in version.papers]
        placed = {
            (one.occurrence, one.inner): one
            for one in kept.of_occurrences(self._connection, {paper.occurrence for paper in papers})
        }
        old = {one.document for one in placed.values()}
        if everything:
            old |= {one.id for one in kept.of_case(self._connection, self._agency, self._case)}
        documents = kept.by_ids(self._connection, old)
        counted = self._counted(documents)
        left, changes = set(documents), []
        apart = {paper.key: each.why for each in detected.namesakes for paper in (each.one, each.other)}
        for one in sorted(detected.sets, key=_age):
            mine = {placed[paper.key].document for paper in _papers(one) if paper.key in placed} & left
            number = min(mine, default=None)
            before = documents[number] if number is not None else None
            left -= {number}
            why = next((apart[paper.key] for paper in _papers(one) if paper.key in apart), None)
            document = self._written(one, before, apart=why)
            was = counted.get(number or 0, {})
            if _moved(before, was, one.current):
                changes.append(Change(document=document, now=one.current, before=tuple(was.values())))
        kept.remove(self._connection, documents=left)
        return changes

    def _counted(self, documents: dict[int, Document]) -> dict[int, dict[tuple[int, str], str]]:
        """By document, what counted up to now: where it is, and its public id."""
        members = kept.members(self._connection, documents)
        current = {
            number: [one for one in ones if one.version == documents[number].current]
            for number, ones in members.items()
        }
        numbers = {one.occurrence for ones in current.values() for one in ones}
        named = {one.id: one.public_id for one in uploads.by_numbers(self._connection, numbers)}
        return {
            number: {(one.occurrence, one.inner): named.get(one.occurrence, "") for one in ones}
            for number, ones in current.items()
        }

    def _written(self, one: VersionSet, before: Document | None, *, apart: str | None) -> Document:
        current, since, by = one.current, None, None
        if current is not None:
            since = current.first.received_at
            if one.why is Criterion.PERSON:
                who = deciding(current, self._people)
                by, since = (who.by, who.at) if who is not None else (None, since)
        document = Document(
            agency=self._agency,
            case_id=self._case,
            title=words.title(_papers(one)),
            current=None if current is None else one.versions.index(current) + 1,
            since=since,
            criterion=None if one.why is None else str(one.why),
            decided_by=by,
            apart=apart,
        )
        if before is None:
            document = replace(document, id=kept.add(self._connection, document))
        else:
            document = replace(document, id=before.id, public_id=before.public_id)
            if document != before:
                kept.change(self._connection, document)
        kept.place(
            self._connection,
            [
                Member(document=document.id, occurrence=paper.occurrence, inner=paper.inner, version=number)
                for number, version in enumerate(one.versions, 1)
                for paper in version.papers
            ],
        )
        return document


def _papers(one: VersionSet) -> list[Paper]:
    return [paper for version in one.versions for paper in version.papers]


def _age(one: VersionSet) -> tuple[datetime, tuple[object, ...]]:
    return min((paper.received_at, paper.rank) for paper in _papers(one))


def _moved(before: Document | None, was: dict[tuple[int, str], str], now: Version | None) -> bool:
    if before is None:
        return now is not None
    if now is None:
        return before.current is not None
    return was.keys().isdisjoint(paper.key for paper in now.papers)


def tell(connection: Connection, agency: str, case_id: str, changes: Sequence[Change], *, by: str) -> None:
    """Write into the audit log, and to whoever asked to be told, which versions count now."""
    if not changes:
        return
    said = [
        {
            "document": one.document.public_id,
            "current": None if one.now is None else one.now.shown.public_id,
            "before": one.before[0] if one.before else None,
            "criterion": one.document.criterion,
        }
        for one in changes[:_TOLD]
    ]
    for one in said:
        webhooks.emit(connection, Happened.CASE_CURRENT_CHANGED, agency, {"case": case_id, **one})
    details = {"case": case_id, "changes": said, "more": max(0, len(changes) - _TOLD)}
    objects = tuple(("document", one.document.public_id) for one in changes[:_TOLD])
    events.append(
        connection,
        Event(kind=Kind.CURRENT_CHANGED, actor=by, agency=agency, details=details, objects=objects),
    )


_TOLD = 50
"""Documents that one event names."""


def forget(connection: Connection, one: Occurrence, *, by: str) -> list[Change]:
    """Sort a case again after one of its occurrences was deleted, in that transaction."""
    if not kept.of_occurrences(connection, [one.id]):
        return []
    kept.remove(connection, occurrences=[one.id])
    return refresh(connection, one.agency or "", one.case_id or "", by=by)
