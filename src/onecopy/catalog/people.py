"""People who may sign in, each with a role. Their sessions are in :mod:`onecopy.catalog.sessions`.

Somebody is added by e-mail address. The first sign-in with that address, verified by the provider, ties it to
the provider's own name of the person, which never passes to somebody else, as addresses do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events, sessions
from onecopy.catalog.schema import person, session
from onecopy.errors import UsageError

LONGEST = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in."""

    email: str
    role: str
    agency: str | None
    """Whose they are; ``None`` for all agencies."""
    added_at: datetime
    added_by: str
    subject: str | None = None
    """The provider's name of them, once they have signed in."""


_FIELDS = tuple(one.name for one in fields(Person))


def address(email: str) -> str:
    """An e-mail address as it is kept: in lower case.

    Raises:
        UsageError: ``bad-context``: it is none.
    """
    email = email.strip().lower()
    name, at, domain = email.rpartition("@")
    if not (name and at and domain) or len(email) > LONGEST or not email.isprintable() or " " in email:
        raise UsageError("That is no e-mail address.", code="bad-context")
    return email


def add(connection: Connection, *, email: str, role: str, agency: str | None, by: str) -> Person:
    """Let somebody sign in.

    Raises:
        UsageError: ``name-taken``: they may already; or that is no address.
    """
    email = address(email)
    if connection.scalar(select(person.c.email).where(person.c.email == email)) is not None:
        raise UsageError(f"{email} may sign in already. Remove them first.", code="name-taken")
    one = Person(email=email, role=role, agency=agency, added_at=datetime.now(UTC), added_by=by)
    connection.execute(insert(person).values({name: getattr(one, name) for name in _FIELDS}))
    _record(connection, Kind.PERSON_ADDED, one, by)
    return one


def remove(connection: Connection, email: str, *, by: str, agency: str | None = None) -> bool:
    """Let somebody sign in no more; their sessions end at once.

    Args:
        connection: Of a write transaction.
        email: Who.
        by: Who does that.
        agency: Only if they are this agency's; ``None`` for any.

    Returns:
        Whether there was such a person.
    """
    row = connection.execute(select(person).where(person.c.email == email.strip().lower())).mappings().first()
    if row is None or (agency is not None and row["agency"] != agency):
        return False
    one = _person(row)
    connection.execute(delete(session).where(session.c.email == one.email))
    connection.execute(delete(person).where(person.c.email == one.email))
    _record(connection, Kind.PERSON_REMOVED, one, by)
    return True


def listed(connection: Connection, *, agency: str | None = None) -> list[Person]:
    """All who may sign in; only those of an agency, if one is named."""
    query = select(person).order_by(person.c.email)
    if agency is not None:
        query = query.where(person.c.agency == agency)
    return [_person(row) for row in connection.execute(query).mappings()]


def sign_in(
    connection: Connection, *, subject: str, email: str | None, lasts: timedelta
) -> tuple[Person, str] | None:
    """Open a session for somebody whom the provider has vouched for.

    Args:
        connection: Of a write transaction.
        subject: The provider, and its name of the person.
        email: Their address, if the provider verified it.
        lasts: How long the session does.

    Returns:
        Who it is and the session's secret; ``None`` if they may not sign in.
    """
    one = _known(connection, subject, email)
    if one is None:
        return None
    secret = sessions.open_session(connection, lasts=lasts, email=one.email)
    _record(connection, Kind.SIGNED_IN, one, one.email)
    return one, secret


def _known(connection: Connection, subject: str, email: str | None) -> Person | None:
    row = connection.execute(select(person).where(person.c.subject == subject)).mappings().first()
    if row is not None:
        return _person(row)
    if email is None:
        return None
    mine = (person.c.email == email.lower()) & person.c.subject.is_(None)
    connection.execute(update(person).where(mine).values(subject=subject))
    row = connection.execute(select(person).where(person.c.subject == subject)).mappings().first()
    return None if row is None else _person(row)


def _person(row: Mapping[Any, Any]) -> Person:
    return Person(**{name: row[name] for name in _FIELDS})


def _record(connection: Connection, kind: Kind, one: Person, by: str) -> None:
    details = {"role": one.role, "everyAgency": one.agency is None}
    objects = (("person", one.email),)
    events.append(connection, Event(kind=kind, actor=by, agency=one.agency, details=details, objects=objects))
