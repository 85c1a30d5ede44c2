"""Sessions of tokens beside those of people, and when each was used last. All sign in again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_index("ix_session_email", table_name="session")
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("token", sa.String(length=20), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["email"], ["person.email"], name="fk_session_email", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["token"], ["token.id"], name="fk_session_token", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", name="pk_session"),
    )
    op.create_index("ix_session_email", "session", ["email"], unique=False)
    op.create_index("ix_session_token", "session", ["token"], unique=False)
