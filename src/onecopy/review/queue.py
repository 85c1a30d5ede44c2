"""The queue as reviewers see it: pages with cursors, counts, cases, and the next question for somebody."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from onecopy.catalog import queue
from onecopy.catalog.questions import Question
from onecopy.catalog.queue import CaseCount, Filter, Order
from onecopy.review.model import Refused, Reviewer

MOST = 200
"""Rows of one page."""

_KEYS: dict[str, Any] = {
    Order.PRIORITY: tuple[int, datetime, int],
    Order.DEADLINE: tuple[datetime, int],
    Order.AGE: tuple[datetime, int],
    Order.CASE: tuple[str, int, datetime, int],
    "cases": tuple[int, datetime, str, str],
}


class Page(NamedTuple):
    """Questions, and where the next page begins; ``None`` at the end."""

    questions: list[Question]
    next: str | None


class CasePage(NamedTuple):
    """Cases with questions, and where the next page begins."""

    cases: list[CaseCount]
    next: str | None


def page(
    connection: Connection,
    wanted: Filter,
    *,
    order: Order = Order.PRIORITY,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of the queue.

    Args:
        connection: Of any transaction.
        wanted: Which questions.
        order: What comes first.
        cursor: The ``next`` of the page before.
        limit: How many, 1 to :data:`MOST`.

    Raises:
        Refused: ``bad-cursor``: it is of another order, or of nothing.
    """
    after = None if cursor is None else _unpacked(cursor, order)
    found = queue.page(connection, wanted, order=order, after=after, limit=_within(limit) + 1)
    more = len(found) > limit
    return Page(found[:limit], _packed(queue.key(found[limit - 1], order), order) if more else None)


def cases(connection: Connection, wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> CasePage:
    """The cases that have such questions, the most urgent first.

    Raises:
        Refused: ``bad-cursor``.
    """
    after = None if cursor is None else _unpacked(cursor, "cases")
    found = queue.by_case(connection, wanted, after=after, limit=_within(limit) + 1)
    more = len(found) > limit
    return CasePage(found[:limit], _packed(queue.case_key(found[limit - 1]), "cases") if more else None)


def next_for(
    connection: Connection, wanted: Filter, *, by: Reviewer, order: Order = Order.PRIORITY
) -> Question | None:
    """The first question that is free for a reviewer: not another's, not skipped, not answered by them."""
    free = replace(wanted, agency=by.agency or wanted.agency, free_for=by.name, now=datetime.now(UTC))
    return next(iter(queue.page(connection, free, order=order, after=None, limit=1)), None)


def _within(limit: int) -> int:
    return max(1, min(limit, MOST))


def _packed(key: Sequence[Any], order: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([order, list(key)])).decode().rstrip("=")


def _unpacked(cursor: str, order: str) -> tuple[Any, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        said, key = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[str, Any])
        if said != order:
            raise ValueError
        found: tuple[Any, ...] = msgspec.convert(key, _KEYS[order])
    except (ValueError, msgspec.MsgspecError, binascii.Error, UnicodeError):
        raise Refused(
            "The cursor is none of this list. Begin without one, and do not change the order between pages.",
            code="bad-cursor",
        ) from None
    return found
