"""The whole schema of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint_version", sa.Integer(), nullable=True),
        sa.Column("extras", sa.String(length=200), nullable=True),
        sa.Column("identified_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_content"),
    )
    op.create_table(
        "scan",
        sa.Column("id", ID, nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=True),
        sa.Column("findings", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_scan"),
    )
    op.create_index("ix_scan_key", "scan", ["key"], unique=False)
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "container",
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inner", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content"], ["content.sha256"], name="fk_container_content", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("content", "position", name="pk_container"),
    )
    op.create_table(
        "image",
        sa.Column("id", ID, nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("inner", PLACE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("image_data_hint", sa.String(length=32), nullable=False),
        sa.Column("image_data_sha256", sa.String(length=64), nullable=True),
        sa.Column("pixels_sha256", sa.String(length=64), nullable=True),
        sa.Column("orientation", sa.SmallInteger(), nullable=False),
        sa.Column("profile_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdq", sa.LargeBinary(length=32), nullable=True),
        sa.Column("pdq_turned", sa.LargeBinary(length=96), nullable=True),
        sa.Column("pdq_quality", sa.SmallInteger(), nullable=False),
        sa.Column("pdq_trimmed", sa.LargeBinary(length=32), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("unmatchable", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["content.sha256"], name="fk_image_content", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_image"),
        sa.UniqueConstraint("content", "inner", name="uq_image_content_inner"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_image_image_data_hint", "image", ["image_data_hint"], unique=False)
    op.create_index("ix_image_image_data_sha256", "image", ["image_data_sha256"], unique=False)
    op.create_index("ix_image_pixels_sha256", "image", ["pixels_sha256"], unique=False)
    op.create_index("ix_image_sha256", "image", ["sha256"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("locator", PLACE, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("uploader", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem_code", sa.String(length=40), nullable=True),
        sa.Column("problem_message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["content"], ["content.sha256"], name="fk_occurrence_content"),
        sa.PrimaryKeyConstraint("id", name="pk_occurrence"),
        sa.UniqueConstraint("public_id", name="uq_occurrence_public_id"),
    )
    op.create_index("ix_occurrence_case_id", "occurrence", ["case_id"], unique=False)
    op.create_index("ix_occurrence_content", "occurrence", ["content"], unique=False)
    op.create_index(
        "uq_occurrence_present_locator",
        "occurrence",
        ["locator"],
        unique=True,
        sqlite_where=sa.text("gone_at IS NULL"),
        postgresql_where=sa.text("gone_at IS NULL"),
    )
    op.create_table(
        "remark",
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inner", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content"], ["content.sha256"], name="fk_remark_content", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("content", "position", name="pk_remark"),
    )
    op.create_table(
        "decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("occurrence", ID, nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["occurrence"], ["occurrence.id"], name="fk_decision_occurrence"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_occurrence", "decision", ["occurrence"], unique=False)
    op.create_table(
        "file_state",
        sa.Column("occurrence", ID, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name="fk_file_state_occurrence", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence", name="pk_file_state"),
    )
    op.create_table(
        "preview",
        sa.Column("image", ID, nullable=False),
        sa.Column("longest_side", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["image"], ["image.id"], name="fk_preview_image", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image", "longest_side", name="pk_preview"),
    )
    op.create_table(
        "verdict",
        sa.Column("a", ID, nullable=False),
        sa.Column("b", ID, nullable=False),
        sa.Column("verify_version", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["a"], ["image.id"], name="fk_verdict_a", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["b"], ["image.id"], name="fk_verdict_b", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("a", "b", name="pk_verdict"),
    )
    op.create_index("ix_verdict_b", "verdict", ["b"], unique=False)
