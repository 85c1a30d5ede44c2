"""What people are asked, what they answered, and what follows from it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
)

from onecopy.catalog.schema.base import Id, Moment, Place, metadata, sha256

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
    sha256("content", ForeignKey("content.sha256"), nullable=False, index=True),
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
    sha256("a_content", primary_key=True),
    Column("a_inner", Place, primary_key=True),
    sha256("b_content", primary_key=True),
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
    Column("field", Text, primary_key=True),
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
