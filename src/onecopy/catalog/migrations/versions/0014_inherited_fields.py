"""What an answer lets the kept one inherit may be a field of an upload's own, whose name has no bound."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("inheritance") as table:
        table.alter_column("field", existing_type=sa.String(length=40), type_=sa.Text(), existing_nullable=False)
