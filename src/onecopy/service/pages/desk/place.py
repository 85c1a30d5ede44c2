"""Where somebody is in the queue: which questions, in which order. All of it is in the address of a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection

from onecopy.catalog import queue
from onecopy.catalog.questions import Kind, Question, State
from onecopy.catalog.queue import Filter, Order
from onecopy.model import Relation
from onecopy.policy.review import Review
from onecopy.service.pages.words import N_

LONGEST = 500
_SHOWN = 60

SURE = {
    "high": (0.99, None, N_("99%% and more")),
    "medium": (0.9, 0.99, N_("90%% to 99%%")),
    "low": (None, 0.9, N_("under 90%%")),
}
"""Bands of confidence: at least, below, and what to call it (for a template, where a % is doubled)."""
OLDER = {"day": (1, N_("a day")), "week": (7, N_("a week")), "month": (30, N_("a month"))}
URGENCY = (N_("most urgent"), N_("urgent"), N_("normal"), N_("when there is time"))
ORDERS = {
    Order.PRIORITY: N_("most urgent first"),
    Order.DEADLINE: N_("first due first"),
    Order.AGE: N_("oldest first"),
    Order.CASE: N_("by case"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What somebody filters by. Empty stands for any."""

    agency: str = ""
    case: str = ""
    kind: str = ""
    relation: str = ""
    category: str = ""
    sure: str = ""
    older: str = ""
    urgency: str = ""
    reviewer: str = ""
    order: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """From the parameters of an address; what is none of ours, or makes no sense, is left out."""
        known = {name: given.get(name, "").strip()[:LONGEST] for name in cls.__slots__}
        for name, allowed in _ALLOWED.items():
            if known[name] not in allowed:
                known[name] = ""
        return cls(**known)

    @staticmethod
    def left_out(given: Mapping[str, str]) -> list[str]:
        """The filters of an address that make no sense, as given: :meth:`read` goes without them."""
        wanted = ((name, given.get(name, "").strip(), allowed) for name, allowed in _ALLOWED.items())
        return [
            f"{name}={value[:_SHOWN]}" for name, value, allowed in wanted if value and value not in allowed
        ]

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """From :attr:`query`."""
        return cls.read(dict(parse_qsl(text[: 20 * LONGEST], max_num_fields=50)))

    @property
    def query(self) -> str:
        """As the parameters of an address, without a question mark."""
        return urlencode(list(self._given()))

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return any(name != "order" for name, _ in self._given())

    def sorted_by(self, review: Review) -> Order:
        """What comes first; by default as the policy says."""
        return Order(self.order or str(review.order))

    def filter(self, agency: str | None, *, me: str, now: datetime | None = None) -> Filter:
        """As the catalog asks.

        Args:
            agency: Of whoever looks; it bounds all that is shown.
            me: What "me" as a reviewer is called.
            now: The time by which questions are old.
        """
        at_least, below, _ = SURE[self.sure] if self.sure else (None, None, "")
        before = None
        if self.older:
            before = (now or datetime.now(UTC)) - timedelta(days=OLDER[self.older][0])
        return Filter(
            agency=agency if agency is not None else (self.agency or None),
            case_id=self.case or None,
            kind=Kind(self.kind) if self.kind else None,
            relation=self.relation or None,
            category=self.category or None,
            priority=int(self.urgency) if self.urgency else None,
            at_least=at_least,
            below=below,
            opened_before=before,
            reviewer=(me if self.reviewer == "me" else self.reviewer) or None,
        )

    def next(
        self,
        connection: Connection,
        agency: str | None,
        me: str,
        after: Question | None,
        *,
        review: Review,
        limit: int = 1,
    ) -> list[Question]:
        """The questions that come next and are free for somebody: behind one, then from the front again."""
        now = datetime.now(UTC)
        wanted = replace(self.filter(agency, me=me, now=now), state=State.OPEN, free_for=me, now=now)
        order = self.sorted_by(review)
        seen = None if after is None else queue.key(after, order)
        found = queue.page(connection, wanted, order=order, after=seen, limit=limit)
        if len(found) < limit and seen is not None:
            more = queue.page(connection, wanted, order=order, after=None, limit=limit)
            known = {one.id for one in found}
            found += [one for one in more if one.id not in known]
        return [one for one in found if after is None or one.id != after.id][:limit]

    def _given(self) -> Iterator[tuple[str, str]]:
        for name in self.__slots__:
            if value := getattr(self, name):
                yield name, value


_ALLOWED: dict[str, Sequence[str]] = {
    "kind": list(Kind),
    "relation": list(Relation),
    "sure": list(SURE),
    "older": list(OLDER),
    "urgency": [str(n) for n in range(len(URGENCY))],
    "order": list(Order),
}
