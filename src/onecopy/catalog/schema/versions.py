"""Documents of a case, their versions, and what counts."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from onecopy.catalog.schema.base import Id, Moment, Place, metadata

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
    Column("apart", Text),  # why it is no version of another document of one name
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
