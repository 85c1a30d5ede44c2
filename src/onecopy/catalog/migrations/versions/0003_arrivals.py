"""A log of what each agency received, in the order of commits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_FILL = """
INSERT INTO arrival (agency, number, content)
SELECT agency, ROW_NUMBER() OVER (PARTITION BY agency ORDER BY MIN(id)), content
FROM occurrence
WHERE locator IS NULL AND gone_at IS NULL AND agency IS NOT NULL AND content IS NOT NULL
GROUP BY agency, content
"""


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["content.sha256"], name="fk_arrival_content"),
        sa.PrimaryKeyConstraint("agency", "number", name="pk_arrival"),
    )
    op.create_index("ix_arrival_content", "arrival", ["content"], unique=False)
    op.execute(_FILL)
