"""What was decided, by which policy, and the log that proves it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
)

from onecopy.catalog.schema.base import Id, Moment, metadata, sha256

decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("matches", JSON, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
    sha256("policy"),  # the digest of the one that decided; null where a person did
    Column("rule", Text),
    Column("reviewers", SmallInteger, nullable=False, server_default="0"),  # how many must agree, if held
    Column("facts", JSON(none_as_null=True)),  # what the policy went by, to try another one on it
    Column("answer", Id, index=True),  # the people's answer that it follows, if it follows one
    Column("restores", Id),  # the earlier decision that holds again, where an answer was taken back
)

policy = Table(
    "policy",
    metadata,
    sha256("digest", primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("first_used_at", Moment, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # from 0, without a gap
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("agency", Text, index=True),
    Column("line", Text, nullable=False),  # what is hashed, byte for byte
    sha256("leaf", nullable=False),
    Index(None, "agency", "position"),
    Index(None, "kind", "position"),
)

event_head = Table(
    "event_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, which is locked to append
    Column("size", BigInteger, nullable=False),
    sha256("root", nullable=False),
    Column("peaks", JSON, nullable=False),  # the tree's right edge
)

tally = Table(
    "tally",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("month", String(7), primary_key=True),  # of the upload, in UTC: 2026-05
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in (
            "received",
            "bytes",
            "own_bytes",
            "stored_bytes",
            "proposed_bytes",
            "linked",
            "linked_by_people",
            "held",
            "rejected",
        )
    ),
)
