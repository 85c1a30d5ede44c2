"""Running totals of uploads by agency, source and month; and what the dashboard looks questions up by."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NAMES = ("received", "bytes", "own_bytes", "stored_bytes", "proposed_bytes", "linked", "linked_by_people",
          "held", "rejected")  # fmt: skip

_FILL = """
INSERT INTO tally (agency, source, month, received, bytes, own_bytes, stored_bytes, proposed_bytes, linked,
                   linked_by_people, held)
SELECT agency, source, month, COUNT(*), SUM(bytes),
       SUM(CASE WHEN id = own THEN bytes ELSE 0 END),
       SUM(CASE WHEN id = first THEN bytes ELSE 0 END),
       SUM(CASE WHEN id = own AND decision = 'link' THEN bytes ELSE 0 END),
       SUM(CASE WHEN decision = 'link' AND (policy IS NOT NULL OR answer IS NULL) THEN 1 ELSE 0 END),
       SUM(CASE WHEN decision = 'link' AND policy IS NULL AND answer IS NOT NULL THEN 1 ELSE 0 END),
       SUM(CASE WHEN decision = 'hold' THEN 1 ELSE 0 END)
FROM (
    SELECT o.id, COALESCE(o.agency, '') AS agency, COALESCE(o.source, '') AS source, {month} AS month,
           c.bytes AS bytes, d.decision AS decision, d.policy AS policy, d.answer AS answer,
           MIN(o.id) OVER (PARTITION BY o.agency, o.content) AS own,
           MIN(o.id) OVER (PARTITION BY o.content) AS first
    FROM occurrence o
    JOIN content c ON c.sha256 = o.content
    JOIN decision d ON d.id = (SELECT MAX(e.id) FROM decision e WHERE e.occurrence = o.id)
    WHERE o.locator IS NULL AND o.gone_at IS NULL
) counted
GROUP BY agency, source, month
"""
_MONTH = {
    "postgresql": "to_char(o.seen_at AT TIME ZONE 'UTC', 'YYYY-MM')",
    "sqlite": "substr(o.seen_at, 1, 7)",
}


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in _NAMES),
        sa.PrimaryKeyConstraint("agency", "source", "month", name="pk_tally"),
    )
    op.execute(_FILL.format(month=_MONTH[op.get_bind().dialect.name]))
    op.create_index("ix_question_agency_state_answered_at", "question", ["agency", "state", "answered_at"])
    op.create_index("ix_question_state_answered_at", "question", ["state", "answered_at"])
    op.create_index("ix_question_state_opened_at", "question", ["state", "opened_at"])
    op.create_index("ix_occurrence_agency_seen_at_id", "occurrence", ["agency", "seen_at", "id"])
    op.create_index("ix_occurrence_seen_at_id", "occurrence", ["seen_at", "id"])
    op.create_index("ix_event_agency_position", "event", ["agency", "position"])
    op.create_index("ix_event_kind_position", "event", ["kind", "position"])
    op.create_index("ix_answer_undone_at", "answer", ["undone_at"])
