"""Tokens: who may ask, as what, and for whom. Only their digests are kept; every change is an event."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events
from onecopy.catalog.schema import token
from onecopy.errors import UsageError

FIRST = "admin"
"""The id and the name of the token of the first start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token. It cannot be had again from this."""

    id: str
    name: str
    role: str
    agency: str | None
    """Whose it is; ``None`` for all agencies."""
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


_FIELDS = tuple(one.name for one in fields(Token))
_BY_DIGEST = select(token).where(token.c.sha256 == bindparam("digest"))


def digest(secret: str) -> str:
    """What is kept of a token. It is 256 random bits, so that a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def fresh() -> str:
    """A new token, to be shown once."""
    return "onecopy_" + secrets.token_urlsafe(32)


def create(
    connection: Connection,
    *,
    name: str,
    role: str,
    agency: str | None,
    by: str,
    expires_at: datetime | None = None,
    secret: str | None = None,
    id: str | None = None,
) -> tuple[Token, str]:
    """Make a token.

    Args:
        connection: Of a write transaction.
        name: What logs call it; no other token may ever have had it.
        role: What it may do.
        agency: For whom; ``None`` for all agencies.
        by: Who makes it.
        expires_at: When it ends.
        secret: The token itself, if somebody chose it.
        id: Its id, if it is to have a certain one.

    Returns:
        What is known of it, and the token itself, which is nowhere else.

    Raises:
        UsageError: ``name-taken``; or the chosen secret is another token's.
    """
    secret = secret or fresh()
    taken = select(token.c.name).where(or_(token.c.name == name, token.c.sha256 == digest(secret)))
    if connection.scalar(taken.limit(1)) is not None:
        raise UsageError(f"There is or was a token '{name}'. Choose another name.", code="name-taken")
    one = Token(
        id=id or secrets.token_hex(6),
        name=name,
        role=role,
        agency=agency,
        created_at=datetime.now(UTC),
        created_by=by,
        expires_at=expires_at,
    )
    values = {field: getattr(one, field) for field in _FIELDS}
    connection.execute(insert(token).values(values | {"sha256": digest(secret)}))
    _record(connection, Kind.TOKEN_CREATED, one, by)
    return one, secret


def choose_first(connection: Connection, secret: str, *, role: str, by: str) -> None:
    """Set the token of the first start to one that somebody chose, in place of what it was.

    Raises:
        UsageError: Another token is the same.
    """
    held = connection.execute(_BY_DIGEST, {"digest": digest(secret)}).mappings().first()
    if held is not None and held["id"] != FIRST:
        raise UsageError(f"The chosen token is that of '{held['name']}'. Choose another.", code="name-taken")
    if held is not None and _token(held).valid(datetime.now(UTC)):
        return
    if get(connection, FIRST) is None:
        create(connection, name=FIRST, role=role, agency=None, by=by, secret=secret, id=FIRST)
        return
    values = {"sha256": digest(secret), "created_at": datetime.now(UTC), "created_by": by}
    ends = {"role": role, "agency": None, "expires_at": None, "revoked_at": None}
    connection.execute(update(token).where(token.c.id == FIRST).values(values | ends))
    one = get(connection, FIRST)
    assert one is not None
    _record(connection, Kind.TOKEN_CREATED, one, by)


def by_secret(connection: Connection, secret: str) -> Token | None:
    """The token itself given, what is known of it; valid or not."""
    row = connection.execute(_BY_DIGEST, {"digest": digest(secret)}).mappings().first()
    return None if row is None else _token(row)


def get(connection: Connection, id: str) -> Token | None:
    """A token by its id."""
    row = connection.execute(select(token).where(token.c.id == id)).mappings().first()
    return None if row is None else _token(row)


def listed(connection: Connection, *, agency: str | None) -> list[Token]:
    """The tokens of an agency, or with ``None`` all there are, oldest first; ended ones included."""
    query = select(token).order_by(token.c.created_at, token.c.id)
    if agency is not None:
        query = query.where(token.c.agency == agency)
    return [_token(row) for row in connection.execute(query).mappings()]


def revoke(connection: Connection, id: str, *, agency: str | None, by: str) -> bool:
    """End a token at once.

    Args:
        connection: Of a write transaction.
        id: Which one.
        agency: Only if it is this agency's; ``None`` for any.
        by: Who ends it.

    Returns:
        Whether there is such a token. One that had ended already stays as it was.
    """
    one = get(connection, id)
    if one is None or (agency is not None and one.agency != agency):
        return False
    if one.revoked_at is None:
        connection.execute(update(token).where(token.c.id == id).values(revoked_at=datetime.now(UTC)))
        _record(connection, Kind.TOKEN_REVOKED, one, by)
    return True


def _token(row: Mapping[Any, Any]) -> Token:
    return Token(**{name: row[name] for name in _FIELDS})


def _record(connection: Connection, kind: Kind, one: Token, by: str) -> None:
    details = {
        "name": one.name,
        "role": one.role,
        "everyAgency": one.agency is None,
        "expires": one.expires_at and one.expires_at.isoformat(),
    }
    objects = (("token", one.id),)
    events.append(connection, Event(kind=kind, actor=by, agency=one.agency, details=details, objects=objects))
