"""Uploads have no locator, so the index of locators does without them: SQLite took it for the way to them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_NAME = "uq_occurrence_present_locator"
_PRESENT = sa.text("gone_at IS NULL AND locator IS NOT NULL")


def upgrade() -> None:
    op.drop_index(_NAME, table_name="occurrence")
    op.create_index(
        _NAME, "occurrence", ["locator"], unique=True, sqlite_where=_PRESENT, postgresql_where=_PRESENT
    )
