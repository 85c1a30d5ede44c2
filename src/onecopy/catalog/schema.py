"""The tables. A change here needs a migration beside it (a test compares the two).

Works on SQLite and on PostgreSQL alike: nothing here or in the queries is particular to either.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A generated number. SQLite generates them for INTEGER only, which is 64 bits there anyway."""


Place = Text().with_variant(Text(collation="C"), "postgresql")
"""Sorts by code point everywhere, so that what lies in a folder is a range."""


class Moment(TypeDecorator[datetime]):
    """An instant, always UTC and always aware, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives it back without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _sha256(name: str, *args: Any, **kw: Any) -> Column[str]:
    return Column(name, String(64), *args, **kw)


content = Table(
    "content",
    metadata,
    _sha256("sha256", primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("fingerprint_version", Integer),  # null: not identified yet
    Column("extras", String(200)),  # what was installed then; a file that needed more is tried again
    Column("identified_at", Moment),
)

image = Table(
    "image",
    metadata,
    Column("id", Id, primary_key=True),
    _sha256("content", ForeignKey("content.sha256", ondelete="CASCADE"), nullable=False),
    Column("inner", Place, nullable=False),
    Column("position", Integer, nullable=False),
    _sha256("sha256", nullable=False, index=True),
    Column("image_data_hint", String(32), nullable=False, index=True),
    _sha256("image_data_sha256", index=True),
    _sha256("pixels_sha256", index=True),
    Column("orientation", SmallInteger, nullable=False),
    _sha256("profile_sha256"),
    Column("pdq", LargeBinary(32)),
    Column("pdq_turned", LargeBinary(96)),
    Column("pdq_quality", SmallInteger, nullable=False),
    Column("pdq_trimmed", LargeBinary(32)),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("format", String(40), nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("unmatchable", Text),
    Column("details", JSON, nullable=False),
    Column("features", LargeBinary, nullable=False),  # last: large, and seldom read
    UniqueConstraint("content", "inner"),
    sqlite_autoincrement=True,  # a number is never given twice: others hold on to it
)

container = Table(
    "container",
    metadata,
    _sha256("content", ForeignKey("content.sha256", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("inner", Text, nullable=False),
    Column("format", String(40), nullable=False),
    Column("images", Integer, nullable=False),
)

remark = Table(
    "remark",
    metadata,
    _sha256("content", ForeignKey("content.sha256", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("inner", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # problem, skipped
    Column("code", String(40)),  # of a problem
    Column("message", Text, nullable=False),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("public_id", String(36), nullable=False, unique=True),
    Column("locator", Place),  # absolute; null for an upload
    Column("name", Text, nullable=False),
    _sha256("content", ForeignKey("content.sha256"), index=True),
    Column("case_id", Text, index=True),
    Column("agency", Text),
    Column("source", Text),
    Column("category", Text),
    Column("uploader", Text),
    Column("captured_at", Moment),  # as the uploader says
    Column("metadata", JSON(none_as_null=True)),  # the uploader's own, an object
    Column("seen_at", Moment, nullable=False),
    Column("gone_at", Moment),
    Column("problem_code", String(40)),
    Column("problem_message", Text),
    Index(None, "agency", "seen_at", "id"),
    Index(None, "seen_at", "id"),
)
Index(
    "uq_occurrence_present_locator",
    occurrence.c.locator,
    unique=True,
    sqlite_where=occurrence.c.gone_at.is_(None),
    postgresql_where=occurrence.c.gone_at.is_(None),
)
for _columns in (
    ("agency", "content"),
    ("agency", "case_id"),
    ("agency", "seen_at", "id"),
    ("seen_at", "id"),
):
    Index(
        f"ix_upload_{'_'.join(_columns)}",
        *(occurrence.c[name] for name in _columns),
        sqlite_where=occurrence.c.locator.is_(None),
        postgresql_where=occurrence.c.locator.is_(None),
    )

arrival = Table(
    "arrival",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # one more than the agency's last
    _sha256("content", ForeignKey("content.sha256"), nullable=False, index=True),
)

scan = Table(
    "scan",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sources", JSON, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("key", String(64), nullable=False, index=True),  # digest of what was asked, and by which versions
    Column("state", String(64)),  # digest of every file's name, size, time and inode, once finished
    Column("findings", LargeBinary),  # of the newest finished scan with this key
)

file_state = Table(
    "file_state",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("device", BigInteger, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("a", Id, ForeignKey("image.id", ondelete="CASCADE"), primary_key=True),
    Column("b", Id, ForeignKey("image.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("verify_version", Integer, nullable=False),
    Column("relation", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("evidence", JSON, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("matches", JSON, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
    _sha256("policy"),  # the digest of the one that decided; null where a person did
    Column("rule", Text),
    Column("reviewers", SmallInteger, nullable=False, server_default="0"),  # how many must agree, if held
    Column("facts", JSON(none_as_null=True)),  # what the policy went by, to try another one on it
    Column("answer", Id, index=True),  # the people's answer that it follows, if it follows one
    Column("restores", Id),  # the earlier decision that holds again, where an answer was taken back
)

question = Table(
    "question",
    metadata,
    Column("id", Id, primary_key=True),
    Column("public_id", String(36), nullable=False, unique=True),
    Column("agency", Text, nullable=False),  # empty: of no agency in particular
    Column("case_id", Text, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("relation", String(16)),  # the strongest between its members
    Column("scope", String(16)),  # how far from the upload the nearest of the others is
    Column("category", Text),
    Column("source", Text),
    Column("file_type", String(40)),
    Column("title", Text, nullable=False),
    Column("proposal", String(24)),
    Column("proposed", JSON, nullable=False),  # which member the proposal would keep, or call newer
    Column("reasons", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("details", JSON, nullable=False),  # what a kind has of its own
    Column("rule", Text),  # of the policy: the one that asked
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # 0 is the most urgent
    Column("reviewers", SmallInteger, nullable=False),
    Column("state", String(16), nullable=False),  # open, answered, withdrawn
    Column("escalated", Boolean, nullable=False),  # two people disagreed: a records officer decides
    Column("assigned_to", Text),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("answer", String(24)),
    Column("answered_by", Text),
    Column("answered_at", Moment),
    Column("version", Integer, nullable=False),  # one more with every change to what is asked or answered
    Index(None, "agency", "state", "priority", "due_at", "id"),
    Index(None, "agency", "state", "due_at", "id"),
    Index(None, "agency", "state", "opened_at", "id"),
    Index(None, "agency", "state", "case_id", "priority", "due_at", "id"),
    Index(None, "state", "priority", "due_at", "id"),
    Index(None, "agency", "state", "answered_at"),
    Index(None, "state", "answered_at"),
    Index(None, "state", "opened_at"),
    sqlite_autoincrement=True,
)

question_member = Table(
    "question_member",
    metadata,
    Column("question", Id, ForeignKey("question.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),  # from 0, never given twice
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    _sha256("content", ForeignKey("content.sha256"), nullable=False, index=True),
    Column("inner", Place, nullable=False),
    Column("role", String(16), nullable=False),
)

question_pair = Table(
    "question_pair",
    metadata,
    Column("question", Id, ForeignKey("question.id", ondelete="CASCADE"), primary_key=True),
    Column("a", Integer, primary_key=True, autoincrement=False),  # positions; evidence speaks of A and B
    Column("b", Integer, primary_key=True, autoincrement=False),
    Column("relation", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("evidence", JSON, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("public_id", String(36), nullable=False, unique=True),
    Column("question", Id, ForeignKey("question.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("answer", String(24), nullable=False),
    Column("given", JSON, nullable=False),  # which member is kept, or newer; which are taken out; a note
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("final", Boolean, nullable=False),  # it decided the question, alone or with one before
    Column("batch", String(36), index=True),  # those that were given at once, and can be taken back at once
    Column("before", JSON, nullable=False),  # the question as it was, for taking back
    Column("undone_at", Moment, index=True),
    Column("undone_by", Text),
    sqlite_autoincrement=True,
)

judgement = Table(
    "judgement",
    metadata,
    Column("agency", Text, primary_key=True),
    _sha256("a_content", primary_key=True),
    Column("a_inner", Place, primary_key=True),
    _sha256("b_content", primary_key=True),
    Column("b_inner", Place, primary_key=True),
    Column("says", String(16), nullable=False),  # same, newer, both-needed, not-related
    Column("better", String(1)),  # a or b: the one that is kept, or is newer
    Column("answer", Id, ForeignKey("answer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Index(None, "agency", "b_content"),
)

inheritance = Table(
    "inheritance",
    metadata,
    Column("answer", Id, ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True, index=True),  # the one kept
    Column("giver", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("conflicts_with", JSON(none_as_null=True)),  # what the kept one says itself, and keeps
)

question_change = Table(
    "question_change",
    metadata,
    Column(
        "number", BigInteger, primary_key=True, autoincrement=False
    ),  # one more than the last, in commit order
    Column("question", Id, ForeignKey("question.id", ondelete="CASCADE"), nullable=False),
    Column("agency", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("by", Text),
    Column("at", Moment, nullable=False),
    Index(None, "agency", "number"),
)

policy = Table(
    "policy",
    metadata,
    _sha256("digest", primary_key=True),
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
    _sha256("leaf", nullable=False),
    Index(None, "agency", "position"),
    Index(None, "kind", "position"),
)

event_head = Table(
    "event_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, which is locked to append
    Column("size", BigInteger, nullable=False),
    _sha256("root", nullable=False),
    Column("peaks", JSON, nullable=False),  # the tree's right edge
)

version_set = Table(
    "version_set",
    metadata,
    Column("id", Id, primary_key=True),
    Column("public_id", String(36), nullable=False, unique=True),
    Column("agency", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("current", Integer),  # the version that counts; null while that is a question
    Column("since", Moment),
    Column("criterion", String(16)),  # what put it there; null for a document's only version
    Column("decided_by", Text),  # who, where a person did
    Index(None, "agency", "case_id"),
    sqlite_autoincrement=True,
)

version_member = Table(
    "version_member",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True),
    Column("inner", Place, primary_key=True),  # of a document inside an archive
    Column("set", Id, ForeignKey("version_set.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", Integer, nullable=False),  # from 1, the oldest
)

version_ruling = Table(
    "version_ruling",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("sides", JSON, nullable=False),  # contents, places in them and names
    Column("current", Integer),  # the side that counts; null where all do
    Column("answer", Id, ForeignKey("answer.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "agency", "case_id"),
    sqlite_autoincrement=True,
)

version_case = Table(
    "version_case",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("rules", Integer, nullable=False),  # by which version of the rules its documents were sorted
)

token = Table(
    "token",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("agency", Text),  # null: all agencies
    _sha256("sha256", nullable=False, unique=True),
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
    _sha256("sha256", primary_key=True),
    Column("email", String(320), ForeignKey("person.email", ondelete="CASCADE"), index=True),
    Column("token", String(20), ForeignKey("token.id", ondelete="CASCADE"), index=True),  # one of the two
    Column("ends_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", String(340), primary_key=True),
    Column("key", String(255), primary_key=True),
    _sha256("request", nullable=False),  # of its fields and its content
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

import_ = Table(
    "import",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("agency", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    _sha256("manifest", nullable=False, index=True),
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
    _sha256("sha256"),
    Column("code", String(40)),
    Column("message", Text),
    Column("done_at", Moment),
)
Index("ix_import_row_state", import_row.c["import"], import_row.c.state, import_row.c.decision)
Index("ix_import_row_done", import_row.c["import"], import_row.c.done_at)
Index("ix_import_row_sha256", import_row.c["import"], import_row.c.sha256)

preview = Table(
    "preview",
    metadata,
    Column("image", Id, ForeignKey("image.id", ondelete="CASCADE"), primary_key=True),
    Column("longest_side", Integer, primary_key=True),
    Column("jpeg", LargeBinary, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
