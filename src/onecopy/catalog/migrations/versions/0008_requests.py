"""What uploaders say of their uploads, what lists are read by, and answers for requests that come again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_LISTS = (("agency", "content"), ("agency", "case_id"), ("agency", "seen_at", "id"), ("seen_at", "id"))


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("occurrence", sa.Column("metadata", sa.JSON(none_as_null=True), nullable=True))
    for columns in _LISTS:
        op.create_index(
            f"ix_upload_{'_'.join(columns)}",
            "occurrence",
            list(columns),
            sqlite_where=sa.text("locator IS NULL"),
            postgresql_where=sa.text("locator IS NULL"),
        )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.String(length=340), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_began_at", "idempotency", ["began_at"], unique=False)
