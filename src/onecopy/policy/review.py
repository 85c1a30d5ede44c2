"""What a policy says of the questions that people are asked: which come first, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Any

from onecopy.model import Relation
from onecopy.policy.rules import PolicyError

DAYS = 10
SUGGEST_AFTER = 20
MOST_DAYS = 3650


class Urgency(IntEnum):
    """How soon a question is looked at; the lowest comes first."""

    URGENT = 0
    HIGH = 1
    NORMAL = 2
    LOW = 3


class First(StrEnum):
    """What comes first in the queue."""

    PRIORITY = "priority"
    """The most urgent; of these, the first that is due."""
    DEADLINE = "deadline"
    AGE = "age"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """For whose questions another urgency holds. An empty set stands for *any*.

    Raises:
        PolicyError: It says something that no policy may say.
    """

    urgency: Urgency = Urgency.NORMAL
    days: int | None = None
    """Until it is due; ``None`` for as many as others have."""
    agencies: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what no policy may say."""
        if self.days is not None:
            _check_days(self.days)
        if not (self.agencies or self.sources or self.categories):
            raise PolicyError(
                "a priority needs 'when', with an agency, a source or a category; "
                "what holds for all is said by 'days' and 'order'."
            )

    def fits(self, agency: str, source: str, category: str) -> bool:
        """Whether it is about such uploads."""
        asked = ((self.agencies, agency), (self.sources, source), (self.categories, category))
        return all(not allowed or given in allowed for allowed, given in asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How questions are worked on.

    Attributes:
        order: What comes first in the queue.
        days: Until a question is due.
        priorities: Whose questions are more urgent, or less. The first that fits decides.
        offer: Relations that are offered to people although nothing is held: ``same-scene`` or none.
        suggest_after: After how many equal answers to alike questions a rule is offered.

    Raises:
        PolicyError: It says something that no policy may say.
    """

    order: First = First.PRIORITY
    days: int = DAYS
    priorities: tuple[Precedence, ...] = ()
    offer: frozenset[Relation] = frozenset()
    suggest_after: int = SUGGEST_AFTER

    def __post_init__(self) -> None:
        """Refuse what no policy may say."""
        _check_days(self.days)
        if not 2 <= self.suggest_after <= 10_000:
            raise PolicyError(f"a rule is offered after 2 to 10000 answers, not after {self.suggest_after}.")
        if self.offer - {Relation.SAME_SCENE}:
            raise PolicyError(
                "only 'same-scene' can be offered. What else people shall see is held: write a rule."
            )

    def precedence(self, agency: str, source: str, category: str) -> tuple[Urgency, timedelta]:
        """How urgent a question about such an upload is, and how long it may take."""
        found = (one for one in self.priorities if one.fits(agency, source, category))
        one = next(found, None)
        days = self.days if one is None or one.days is None else one.days
        return Urgency.NORMAL if one is None else one.urgency, timedelta(days=days)


def _check_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise PolicyError(f"a question can be due after 1 to {MOST_DAYS} days, not after {days}.")


def plain(review: Review) -> dict[str, Any]:
    """As the canonical text of a policy has it: what stands at its default is left out."""
    said: dict[str, Any] = {}
    if review.order is not First.PRIORITY:
        said["order"] = str(review.order)
    if review.days != DAYS:
        said["days"] = review.days
    if review.offer:
        said["offer"] = sorted(review.offer)
    if review.suggest_after != SUGGEST_AFTER:
        said["suggest-after"] = review.suggest_after
    if review.priorities:
        said["priorities"] = [dict(_plain(one)) for one in review.priorities]
    return said


def _plain(one: Precedence) -> Iterator[tuple[str, Any]]:
    conditions = (("agency", one.agencies), ("source", one.sources), ("category", one.categories))
    yield "when", {word: sorted(allowed) for word, allowed in conditions if allowed}
    yield "priority", one.urgency.name.lower()
    if one.days is not None:
        yield "days", one.days
