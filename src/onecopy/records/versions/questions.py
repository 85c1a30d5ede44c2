"""Conflicts as questions: opened when they arise, withdrawn when what came since has settled them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from onecopy.catalog import questions as asked
from onecopy.catalog import uploads, verdicts
from onecopy.catalog.questions import Kind, Member, Pair, Part, Question
from onecopy.model import Answer, Evidence, Relation, Verdict
from onecopy.policy.review import Review
from onecopy.records.versions import words
from onecopy.records.versions.load import Gathered
from onecopy.records.versions.model import Conflict, ConflictKind, Detected, Page, Paper, Ruling, Version
from onecopy.records.versions.pages import Comparer
from onecopy.records.versions.rulings import plain
from onecopy.sayings import Saying, english, said, say, told

KINDS = frozenset(Kind(str(kind)) for kind in ConflictKind)
"""The kinds of questions that are asked from here."""

MOST_PAIRS = 12
"""Pages that a question shows beside each other, at most."""

_SAME = Verdict(
    relation=Relation.SAME_DATA,
    confidence=1.0,
    evidence=Evidence(method="digest", **told(said("equal-pixels"))),
)


def settle(
    connection: Connection,
    agency: str,
    case_id: str,
    gathered: Gathered,
    comparer: Comparer,
    detected: Detected,
    *,
    by: str,
    review: Review,
) -> None:
    """Open a question for every conflict that has none, and withdraw those whose conflict is over.

    Args:
        connection: Of a write transaction that holds the agency's scope.
        agency: Whose case.
        case_id: Which.
        gathered: The documents that were looked at: questions about others are left alone.
        comparer: Of their pages.
        detected: What was found among them.
        by: Who caused it.
        review: How urgent questions are, and until when they are due.
    """
    numbers = {paper.occurrence for paper in gathered.papers}
    there = {
        one.id: one
        for one in asked.by_ids(connection, asked.of_occurrences(connection, numbers)).values()
        if one.kind in KINDS
    }
    for conflict in detected.conflicts:
        known = next((one for one in there.values() if _is_about(one, conflict)), None)
        if known is not None:
            del there[known.id]
            continue
        _Asking(connection, gathered, comparer, conflict).ask(agency, case_id, by=by, review=review)
    for one in there.values():
        withdraw(connection, one, by=by)


def withdraw(connection: Connection, one: Question, *, by: str) -> None:
    """End a question whose conflict is over."""
    values = {"state": str(asked.State.WITHDRAWN), "claimed_by": None, "claimed_until": None}
    asked.change(connection, one, "withdrawn", by=by, version=one.version + 1, **values)


def sides(one: Question) -> tuple[frozenset[tuple[str, str, str]], ...]:
    """What the sides of a conflict consisted of when it was asked about."""
    return tuple(
        frozenset((content, inner, name) for content, inner, name in side)
        for side in one.details.get("sides", ())
    )


def _is_about(one: Question, conflict: Conflict) -> bool:
    mine = Ruling(kind=ConflictKind(str(one.kind)), sides=sides(one))
    return len(mine.sides) == len(conflict.sides) and mine.covers(conflict)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An image of a side, as a member of the question."""

    paper: Paper
    page: Page | None


class _Asking:
    """One conflict on its way to a question."""

    def __init__(
        self, connection: Connection, gathered: Gathered, comparer: Comparer, conflict: Conflict
    ) -> None:
        self._connection, self._gathered, self._comparer = connection, gathered, comparer
        self._conflict = conflict
        self._verdicts: dict[tuple[int, int], Verdict | None] = {}

    def ask(self, agency: str, case_id: str, *, by: str, review: Review) -> None:
        conflict = self._conflict
        beside = self._beside()
        shown = [
            _Shown(side.shown, page) for side, page in zip(conflict.sides, self._first(beside), strict=True)
        ]
        shown += [_Shown(paper, page) for pair in beside[1:MOST_PAIRS] for paper, page in pair]
        title = words.title(paper for side in conflict.sides for paper in side.papers)
        proposed = conflict.sides.index(self._newest())
        if conflict.kind is ConflictKind.REVERTS:
            proposed = 0
        differs, now = self._differs(), datetime.now(UTC)
        named, reasons = words.asked(conflict, title), [*words.why(conflict), *differs]
        last = uploads.by_numbers(self._connection, [self._newest().first.occurrence])[0]
        urgency, days = review.precedence(agency, last.source or "", last.category or "")
        asked.add(
            self._connection,
            Question(
                agency=agency,
                case_id=case_id,
                kind=Kind(str(conflict.kind)),
                title=say(named),
                category=conflict.sides[0].shown.category or None,
                source=last.source,
                priority=urgency,
                opened_at=now,
                due_at=now + days,
                proposal=str(Answer.NEWER_VERSION_OF),
                proposed={"newer": proposed},
                reasons=english(reasons),
                confidence=0.5,
                details={
                    "sides": plain(conflict.key),
                    "differs": list(english(differs)),
                    "versions": [_told(side) for side in conflict.sides],
                    "said": msgspec.to_builtins({"title": named, "reasons": reasons}),
                },
            ),
            [self._member(position, one) for position, one in enumerate(shown)],
            list(self._pairs(shown)),
            by=by,
        )

    def _newest(self) -> Version:
        return max(self._conflict.sides, key=lambda side: (side.first.received_at, side.first.rank))

    def _beside(self) -> list[tuple[tuple[Paper, Page], tuple[Paper, Page]]]:
        """The pages of the first two sides that are to be looked at beside each other."""
        a, b = (side.shown for side in self._conflict.sides[:2])
        alike = self._comparer.compare(a, b)
        pairs = [((a, x), (b, y)) for x, y, _ in alike.changed]
        pairs += [((a, x), (b, y)) for x, y in zip(alike.only_a, alike.only_b, strict=False)]
        return pairs or [((a, x), (b, y)) for x, y in zip(a.pages[:1], b.pages[:1], strict=False)]

    def _first(
        self, beside: Sequence[tuple[tuple[Paper, Page], tuple[Paper, Page]]]
    ) -> Iterator[Page | None]:
        for place, side in enumerate(self._conflict.sides):
            if place < 2 and beside:
                yield beside[0][place][1]
            else:
                yield next(iter(side.shown.pages), None)

    def _member(self, position: int, one: _Shown) -> Member:
        image = None if one.page is None else self._gathered.images[one.page.image]
        return Member(
            position=position,
            occurrence=one.paper.occurrence,
            content=one.paper.content,
            inner=one.paper.inner if image is None else image.inner,
            role=Part.OFFERED,
        )

    def _pairs(self, shown: Sequence[_Shown]) -> Iterator[Pair]:
        """What is known of members beside each other."""
        count = len(self._conflict.sides)
        ends = [(a, b) for a in range(count) for b in range(a + 1, count)]
        ends += [(at, at + 1) for at in range(count, len(shown) - 1, 2)]
        for a, b in ends:
            one, other = shown[a].page, shown[b].page
            if one is None or other is None:
                continue
            verdict = self._verdict(one.image, other.image)
            if verdict is not None:
                turned = self._is_turned(one.image, other.image)
                yield Pair(a=b, b=a, verdict=verdict) if turned else Pair(a=a, b=b, verdict=verdict)

    def _is_turned(self, one: int, other: int) -> bool:
        a, b = self._gathered.images[one], self._gathered.images[other]
        return verdicts.ordered(a, b)[0] is not a

    def _verdict(self, one: int, other: int) -> Verdict | None:
        """The verdict on two images; its evidence is in the order of the catalog."""
        a, b = verdicts.ordered(self._gathered.images[one], self._gathered.images[other])
        if (a.id, b.id) not in self._verdicts:
            found = dict(verdicts.known(self._connection, [(a.id, b.id)], version=None))
            same = self._comparer.same(one, other)
            self._verdicts[a.id, b.id] = found.get((a.id, b.id)) or (_SAME if same else None)
        return self._verdicts[a.id, b.id]

    def _differs(self) -> list[Saying]:
        """What differs between the first two sides; of a swap, what each document became."""
        sides = self._conflict.sides
        if self._conflict.kind is ConflictKind.TWO_NAMES:
            return [said("shows-the-same")]
        pairs = [(sides[0], sides[1])]
        if self._conflict.kind is ConflictKind.SWAPPED_PAGES:
            pairs = [(sides[0], sides[2]), (sides[1], sides[3])]
        sizes = {
            number: (image.fingerprint.width, image.fingerprint.height)
            for number, image in self._gathered.images.items()
        }
        found: list[Saying] = []
        for a, b in pairs:
            found += words.differs(a.shown, b.shown, self._comparer, self._seen, sizes)
        return found[: 2 * words.MOST]

    def _seen(self, one: int, other: int) -> tuple[Verdict, bool] | None:
        verdict = self._verdict(one, other)
        return None if verdict is None else (verdict, self._is_turned(one, other))


def _told(side: Version) -> dict[str, Any]:
    return {
        "label": side.label,
        "name": side.shown.name,
        "occurrence": side.shown.public_id,
        "received_at": side.first.received_at.isoformat(),
        "pages": len(side.shown.pages),
        "words": words.told(side),
    }
