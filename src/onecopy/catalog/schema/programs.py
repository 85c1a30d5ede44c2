"""What other programs sent and are told: requests, webhooks, imports."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
)

from onecopy.catalog.schema.base import Moment, metadata, sha256

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", String(340), primary_key=True),
    Column("key", String(255), primary_key=True),
    sha256("request", nullable=False),  # of its fields and its content
    Column("began_at", Moment, nullable=False, index=True),
    Column("leased_until", Moment, nullable=False),  # while it is answered; renewed by whoever does
    Column("status", SmallInteger),  # of the first answer; null before there is one
    Column("body", Text),
    Column("location", Text),
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("agency", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("kinds", JSON, nullable=False),  # what it wants to hear of
    Column("secret", Text, nullable=False),  # as given out: to sign, it must be had again
    Column("former_secret", Text),
    Column("former_until", Moment),  # till when both sign
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("delivered_at", Moment),  # the last time that it took something
    Column("rests_until", Moment),  # it asked for a pause
    Column("disabled_at", Moment),
    Column("disabled_reason", String(20)),
    Column("deleted_at", Moment),  # never removed: uploads under way may be about to write to it
)

delivery = Table(
    "delivery",
    metadata,
    Column("webhook", String(36), ForeignKey("webhook.id"), primary_key=True),
    Column("id", String(40), primary_key=True),  # the event's: the same for every webhook that hears of it
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),  # what is signed, byte for byte
    Column("created_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),  # a process is at it, or was killed
    Column("tried_at", Moment),
    Column("status", Integer),  # what the receiver answered last
    Column("problem", Text),  # or why it did not
)
Index(
    "ix_delivery_due",
    delivery.c.webhook,
    delivery.c.due_at,
    sqlite_where=delivery.c.state == "waiting",
    postgresql_where=delivery.c.state == "waiting",
)
Index("ix_delivery_created", delivery.c.webhook, delivery.c.created_at)

import_ = Table(
    "import",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("agency", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    sha256("manifest", nullable=False, index=True),
    Column("place", Text, nullable=False),  # who works on it: services, or a command in a folder
    Column("dry_run", Boolean, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("rows", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("ended_at", Moment),
    Column("claimed_by", String(36)),
    Column("claimed_until", Moment),
)

import_row = Table(
    "import_row",
    metadata,
    Column("import", String(36), ForeignKey("import.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # its line in the manifest
    Column("file", Text, nullable=False),
    Column("context", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decision", String(16)),
    Column("occurrence", String(36)),
    sha256("sha256"),
    Column("code", String(40)),
    Column("message", Text),
    Column("done_at", Moment),
)
Index("ix_import_row_state", import_row.c["import"], import_row.c.state, import_row.c.decision)
Index("ix_import_row_done", import_row.c["import"], import_row.c.done_at)
Index("ix_import_row_sha256", import_row.c["import"], import_row.c.sha256)
