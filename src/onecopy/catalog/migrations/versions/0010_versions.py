"""Version sets: which documents of a case are versions of one, which counts, and what people said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLACE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "version_set",
        sa.Column("id", _ID, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criterion", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_version_set"),
        sa.UniqueConstraint("public_id", name="uq_version_set_public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_version_set_agency_case_id", "version_set", ["agency", "case_id"], unique=False)
    op.create_table(
        "version_member",
        sa.Column("occurrence", _ID, nullable=False),
        sa.Column("inner", _PLACE, nullable=False),
        sa.Column("set", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name="fk_version_member_occurrence", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set"], ["version_set.id"], name="fk_version_member_set", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence", "inner", name="pk_version_member"),
    )
    op.create_index("ix_version_member_set", "version_member", ["set"], unique=False)
    op.create_table(
        "version_ruling",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("sides", sa.JSON(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.Column("answer", _ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer"], ["answer.id"], name="fk_version_ruling_answer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_version_ruling"),
        sa.UniqueConstraint("answer", name="uq_version_ruling_answer"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_version_ruling_agency_case_id", "version_ruling", ["agency", "case_id"], unique=False)
    op.create_table(
        "version_case",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "case_id", name="pk_version_case"),
    )
