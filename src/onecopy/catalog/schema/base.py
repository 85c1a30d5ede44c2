"""What all tables share: names of their constraints, and types that are the same on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A generated number. SQLite generates them for INTEGER only, which is 64 bits there anyway."""


Place = Text().with_variant(Text(collation="C"), "postgresql")
"""Sorts by code point everywhere, so that what lies in a folder is a range."""


class Moment(TypeDecorator[datetime]):
    """An instant, always UTC and always aware, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives it back without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sha256(name: str, *args: Any, **kw: Any) -> Column[str]:
    """A column of a digest, in hexadecimal."""
    return Column(name, String(64), *args, **kw)
