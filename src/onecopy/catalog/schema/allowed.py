"""Who may do what: tokens, people, agreements; and settings."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from onecopy.catalog.schema.base import Moment, metadata, sha256

token = Table(
    "token",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("agency", Text),  # null: all agencies
    sha256("sha256", nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

agreement = Table(
    "agreement",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("seeker", Text, nullable=False),
    Column("reveals", String(20), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", Text),
)
Index(
    "uq_agreement_in_force",
    agreement.c.holder,
    agreement.c.seeker,
    unique=True,
    sqlite_where=agreement.c.ended_at.is_(None),
    postgresql_where=agreement.c.ended_at.is_(None),
)

person = Table(
    "person",
    metadata,
    Column("email", String(320), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("agency", Text),  # null: all agencies
    Column("subject", Text, unique=True),  # the provider's name of them; null before the first sign-in
    Column("added_at", Moment, nullable=False),
    Column("added_by", Text, nullable=False),
)

session = Table(
    "session",
    metadata,
    sha256("sha256", primary_key=True),
    Column("email", String(320), ForeignKey("person.email", ondelete="CASCADE"), index=True),
    Column("token", String(20), ForeignKey("token.id", ondelete="CASCADE"), index=True),  # one of the two
    Column("ends_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
