"""Tokens with roles, and agreements between agencies."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ADMIN = """
INSERT INTO token (id, name, role, sha256, created_at, created_by)
SELECT 'admin', 'admin', 'administrator', value, CURRENT_TIMESTAMP, 'the first start'
FROM setting WHERE name = 'admin-token-sha256'
"""


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("name", name="uq_token_name"),
        sa.UniqueConstraint("sha256", name="uq_token_sha256"),
    )
    op.execute(_ADMIN)
    op.execute("DELETE FROM setting WHERE name = 'admin-token-sha256'")
    op.create_table(
        "agreement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("seeker", sa.Text(), nullable=False),
        sa.Column("reveals", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
    )
    op.create_index(
        "uq_agreement_in_force",
        "agreement",
        ["holder", "seeker"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
