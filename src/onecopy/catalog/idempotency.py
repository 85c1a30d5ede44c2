"""Answers to requests that may come again, each under the key that its caller gave it.

A request is begun under its key, and its answer is written in the transaction that does what it asks. Should
the answer be lost on its way, the request comes again and is given the same answer. A lease says that
somebody is at it; it is renewed meanwhile and runs out by itself where a process was killed. Nothing rests
on the lease: two that answer one request meet in :func:`finish`, which lets only one of them commit.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from onecopy.catalog.schema import idempotency
from onecopy.errors import UsageError

LEASE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One request of one caller.

    Attributes:
        caller: Who asks.
        key: What they call the request.
        request: SHA-256 of all that it says.
    """

    caller: str
    key: str
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it was sent: status, body and where the new thing is."""

    status: int
    body: str
    location: str | None = None


class AnsweredError(Exception):
    """Somebody else has answered the same request meanwhile: undo, and give that answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the request was answered meanwhile")
        self.answer = answer


class InProgressError(UsageError):
    """Somebody else is answering the same request. ``seconds``: when to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "The same request is being answered. Send it again in a while for its answer.",
            code="idempotency-in-progress",
        )
        self.seconds = seconds


def scope(ticket: Ticket) -> str:
    """What to name to :meth:`onecopy.catalog.store.Catalog.write` for :func:`begin`."""
    return f"request {ticket.caller} {ticket.key}"


def begin(connection: Connection, ticket: Ticket, now: datetime) -> Answer | None:
    """Begin to answer a request.

    Returns:
        The answer that it was given before; ``None`` if it is to be answered now.

    Raises:
        InProgressError: Another is at it.
        UsageError: ``idempotency-mismatch``: the key was given to another request.
    """
    row = connection.execute(select(idempotency).where(*_is(ticket))).mappings().first()
    if row is None:
        values = {"caller": ticket.caller, "key": ticket.key, "request": ticket.request}
        connection.execute(
            insert(idempotency).values(values | {"began_at": now, "leased_until": now + LEASE})
        )
        return None
    if row["request"] != ticket.request:
        raise UsageError(
            "This Idempotency-Key was given to another request. Take a new key for every new request.",
            code="idempotency-mismatch",
        )
    if row["status"] is not None:
        return Answer(status=row["status"], body=row["body"], location=row["location"])
    left = row["leased_until"] - now
    if timedelta(0) < left <= LEASE:  # more than that, and a clock was set back
        raise InProgressError(math.ceil(left.total_seconds()))
    renew(connection, ticket, now)
    return None


def renew(connection: Connection, ticket: Ticket, now: datetime) -> None:
    """Say that somebody is still at it."""
    statement = update(idempotency).where(*_is(ticket), idempotency.c.status.is_(None))
    connection.execute(statement.values(leased_until=now + LEASE))


def finish(connection: Connection, ticket: Ticket, answer: Answer, now: datetime) -> None:
    """Write the answer, in the transaction that does what was asked.

    Raises:
        AnsweredError: Another was faster. Nothing of this transaction may be committed.
    """
    values = {"status": answer.status, "body": answer.body, "location": answer.location}
    unanswered = update(idempotency).where(*_is(ticket), idempotency.c.status.is_(None))
    if connection.execute(unanswered.values(values)).rowcount:
        return
    row = connection.execute(select(idempotency).where(*_is(ticket))).mappings().first()
    if row is not None:
        first = Answer(status=row["status"], body=row["body"], location=row["location"])
        raise AnsweredError(first)
    values |= {"caller": ticket.caller, "key": ticket.key, "request": ticket.request}
    connection.execute(insert(idempotency).values(values | {"began_at": now, "leased_until": now}))


def give_up(connection: Connection, ticket: Ticket) -> None:
    """Let a request be as if it never came, for it could not be answered."""
    connection.execute(delete(idempotency).where(*_is(ticket), idempotency.c.status.is_(None)))


def forget(connection: Connection, before: datetime) -> None:
    """Drop the requests that began before a moment."""
    connection.execute(delete(idempotency).where(idempotency.c.began_at < before))


def _is(ticket: Ticket) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return idempotency.c.caller == ticket.caller, idempotency.c.key == ticket.key
