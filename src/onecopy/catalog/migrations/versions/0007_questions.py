"""Questions for people, their answers, what those said of pairs, and the feed of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLACE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", _ID, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=True),
        sa.Column("scope", sa.String(length=16), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("file_type", sa.String(length=40), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("proposal", sa.String(length=24), nullable=True),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("reviewers", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=24), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("public_id", name="uq_question_public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_question_agency_state_case_id_priority_due_at_id",
        "question",
        ["agency", "state", "case_id", "priority", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_question_agency_state_due_at_id", "question", ["agency", "state", "due_at", "id"], unique=False
    )
    op.create_index(
        "ix_question_agency_state_opened_at_id",
        "question",
        ["agency", "state", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_question_agency_state_priority_due_at_id",
        "question",
        ["agency", "state", "priority", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_question_state_priority_due_at_id",
        "question",
        ["state", "priority", "due_at", "id"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("question", _ID, nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_answer_question", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.UniqueConstraint("public_id", name="uq_answer_public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_batch", "answer", ["batch"], unique=False)
    op.create_index("ix_answer_question", "answer", ["question"], unique=False)
    op.create_table(
        "question_change",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("question", _ID, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question"], ["question.id"], name="fk_question_change_question", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_question_change"),
    )
    op.create_index("ix_question_change_agency_number", "question_change", ["agency", "number"], unique=False)
    op.create_table(
        "question_pair",
        sa.Column("question", _ID, nullable=False),
        sa.Column("a", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("b", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question"], ["question.id"], name="fk_question_pair_question", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question", "a", "b", name="pk_question_pair"),
    )
    op.create_table(
        "inheritance",
        sa.Column("answer", _ID, nullable=False),
        sa.Column("occurrence", _ID, nullable=False),
        sa.Column("giver", _ID, nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("conflicts_with", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["answer"], ["answer.id"], name="fk_inheritance_answer", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["giver"], ["occurrence.id"], name="fk_inheritance_giver"),
        sa.ForeignKeyConstraint(["occurrence"], ["occurrence.id"], name="fk_inheritance_occurrence"),
        sa.PrimaryKeyConstraint("answer", "occurrence", "giver", "field", name="pk_inheritance"),
    )
    op.create_index("ix_inheritance_occurrence", "inheritance", ["occurrence"], unique=False)
    op.create_table(
        "judgement",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("a_content", sa.String(length=64), nullable=False),
        sa.Column("a_inner", _PLACE, nullable=False),
        sa.Column("b_content", sa.String(length=64), nullable=False),
        sa.Column("b_inner", _PLACE, nullable=False),
        sa.Column("says", sa.String(length=16), nullable=False),
        sa.Column("better", sa.String(length=1), nullable=True),
        sa.Column("answer", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer"], ["answer.id"], name="fk_judgement_answer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "agency", "a_content", "a_inner", "b_content", "b_inner", name="pk_judgement"
        ),
    )
    op.create_index("ix_judgement_agency_b_content", "judgement", ["agency", "b_content"], unique=False)
    op.create_index("ix_judgement_answer", "judgement", ["answer"], unique=False)
    op.create_table(
        "question_member",
        sa.Column("question", _ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occurrence", _ID, nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("inner", _PLACE, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["content.sha256"], name="fk_question_member_content"),
        sa.ForeignKeyConstraint(["occurrence"], ["occurrence.id"], name="fk_question_member_occurrence"),
        sa.ForeignKeyConstraint(
            ["question"], ["question.id"], name="fk_question_member_question", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question", "position", name="pk_question_member"),
    )
    op.create_index("ix_question_member_content", "question_member", ["content"], unique=False)
    op.create_index("ix_question_member_occurrence", "question_member", ["occurrence"], unique=False)
    op.add_column("decision", sa.Column("answer", _ID, nullable=True))
    op.add_column("decision", sa.Column("restores", _ID, nullable=True))
    op.create_index("ix_decision_answer", "decision", ["answer"], unique=False)
