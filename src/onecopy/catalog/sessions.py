"""Sessions of browsers: each is of a person, or of a token that somebody signed in with.

A session ends at a set time, and earlier if it is not used for a while. Whoever it is of is looked up each
time: a person who was removed, and a token that was revoked, have none left.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from onecopy.catalog.schema import person, session, token
from onecopy.catalog.tokens import digest, fresh

IDLE = timedelta(hours=1)
"""How long a session stays open that nobody uses."""
TOUCH = timedelta(minutes=1)
"""Use is noted no more often than this: a look at a page is no reason to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open session: of whom, as what they are now.

    Attributes:
        name: A person's address, or a token's name.
        role: As of now.
        agency: Whose they are; ``None`` for all agencies.
        is_person: Or a token.
        ends_at: When it does at the latest.
        used_at: When it was noted last that it is used.
    """

    name: str
    role: str
    agency: str | None
    is_person: bool
    ends_at: datetime
    used_at: datetime

    def wants_touch(self, now: datetime) -> bool:
        """Whether it is time to note that it is used."""
        return now - self.used_at >= TOUCH


def open_session(
    connection: Connection, *, lasts: timedelta, email: str | None = None, token_id: str | None = None
) -> str:
    """Open a session of a person or of a token, and forget those that have ended.

    Returns:
        Its secret, of which only the digest is kept.
    """
    now, secret = datetime.now(UTC), fresh()
    connection.execute(delete(session).where(or_(session.c.ends_at < now, session.c.used_at < now - IDLE)))
    values = {"sha256": digest(secret), "email": email, "token": token_id}
    connection.execute(insert(session).values(values | {"ends_at": now + lasts, "used_at": now}))
    return secret


def get(connection: Connection, secret: str) -> Session | None:
    """The session with this secret; ``None`` if it has ended, or there is none."""
    now = datetime.now(UTC)
    query = (
        select(
            session.c.ends_at,
            session.c.used_at,
            person.c.email,
            person.c.role,
            person.c.agency,
            token.c.name,
            token.c.role.label("token_role"),
            token.c.agency.label("token_agency"),
            token.c.revoked_at,
            token.c.expires_at,
        )
        .outerjoin(person, session.c.email == person.c.email)
        .outerjoin(token, session.c.token == token.c.id)
        .where(session.c.sha256 == digest(secret), session.c.ends_at > now, session.c.used_at > now - IDLE)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    times = {"ends_at": row["ends_at"], "used_at": row["used_at"]}
    if row["email"] is not None:
        return Session(name=row["email"], role=row["role"], agency=row["agency"], is_person=True, **times)
    ended = row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= now)
    if row["name"] is None or ended:
        return None
    return Session(
        name=row["name"], role=row["token_role"], agency=row["token_agency"], is_person=False, **times
    )


def touch(connection: Connection, secret: str) -> None:
    """Note that a session is used."""
    used = update(session).where(session.c.sha256 == digest(secret))
    connection.execute(used.values(used_at=datetime.now(UTC)))


def close(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(session).where(session.c.sha256 == digest(secret)))
