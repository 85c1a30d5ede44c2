"""What is held: contents, the images in them, where they occurred, and what was found out about them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from onecopy.catalog.schema.base import Id, Moment, Place, metadata, sha256

content = Table(
    "content",
    metadata,
    sha256("sha256", primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("fingerprint_version", Integer),  # null: not identified yet
    Column("extras", String(200)),  # what was installed then; a file that needed more is tried again
    Column("identified_at", Moment),
)

image = Table(
    "image",
    metadata,
    Column("id", Id, primary_key=True),
    sha256("content", ForeignKey("content.sha256", ondelete="CASCADE"), nullable=False),
    Column("inner", Place, nullable=False),
    Column("position", Integer, nullable=False),
    sha256("sha256", nullable=False, index=True),
    Column("image_data_hint", String(32), nullable=False, index=True),
    sha256("image_data_sha256", index=True),
    sha256("pixels_sha256", index=True),
    Column("orientation", SmallInteger, nullable=False),
    sha256("profile_sha256"),
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
    sha256("content", ForeignKey("content.sha256", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("inner", Text, nullable=False),
    Column("format", String(40), nullable=False),
    Column("images", Integer, nullable=False),
)

remark = Table(
    "remark",
    metadata,
    sha256("content", ForeignKey("content.sha256", ondelete="CASCADE"), primary_key=True),
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
    sha256("content", ForeignKey("content.sha256"), index=True),
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
# Without uploads, which have no locator: SQLite would take it for the shortest way to one of them.
_present = and_(occurrence.c.gone_at.is_(None), occurrence.c.locator.is_not(None))
Index(
    "uq_occurrence_present_locator",
    occurrence.c.locator,
    unique=True,
    sqlite_where=_present,
    postgresql_where=_present,
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
    sha256("content", ForeignKey("content.sha256"), nullable=False, index=True),
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

preview = Table(
    "preview",
    metadata,
    Column("image", Id, ForeignKey("image.id", ondelete="CASCADE"), primary_key=True),
    Column("longest_side", Integer, primary_key=True),
    Column("jpeg", LargeBinary, nullable=False),
)
