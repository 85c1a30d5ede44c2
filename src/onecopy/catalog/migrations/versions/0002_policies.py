"""Which policy and which rule made a decision, and on what facts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "policy",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policy"),
    )
    op.add_column("decision", sa.Column("policy", sa.String(length=64), nullable=True))
    op.add_column("decision", sa.Column("rule", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("reviewers", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("decision", sa.Column("facts", sa.JSON(), nullable=True))
    op.create_index("ix_decision_made_at", "decision", ["made_at"], unique=False)
