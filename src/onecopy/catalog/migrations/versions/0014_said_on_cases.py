"""What is said on the page of a case: fields of uploads that were inherited, and why namesakes are apart.

The name of an upload's own field has no bound.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("inheritance") as table:
        table.alter_column(
            "field", existing_type=sa.String(length=40), type_=sa.Text(), existing_nullable=False
        )
    op.add_column("version_set", sa.Column("apart", sa.Text(), nullable=True))
