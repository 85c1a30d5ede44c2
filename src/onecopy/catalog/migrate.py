"""Bring a catalog's schema up to date, inside one transaction, whoever opens it first.

A new catalog is made from the tables as they are now; one that is there goes through the migrations that it
lacks. A test compares what the two come to.
"""

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    text,
)

from onecopy.audit.merkle import EMPTY
from onecopy.catalog.schema import event_head, metadata
from onecopy.errors import EnvironmentProblem

HEAD = "0015"
"""The newest migration. Alembic is loaded only where a catalog is behind: opening one must be quick."""

_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it."""
_FIRST_ROWS = {event_head: {"id": 1, "size": 0, "root": EMPTY, "peaks": []}}
"""What a new catalog holds."""


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or run the migrations that are missing.

    Raises:
        EnvironmentProblem: The catalog was written by a newer onecopy, or is some other program's database.
    """
    with connection.begin():
        if _revision(connection) == HEAD:
            return
    connection = connection.execution_options(onecopy_write=True)
    with connection.begin():
        revision = _revision(connection)  # again, now that nobody else can be at it
        _refuse_foreign(connection, revision)
        if revision is None:
            _make(connection)
        elif revision != HEAD:
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_foreign(connection: Connection, revision: str | None) -> None:
    if revision is None and inspect(connection).get_table_names():
        raise EnvironmentProblem(
            "This database holds another program's tables. Choose another with --catalog."
        )
    if revision is not None and revision > HEAD:
        raise EnvironmentProblem(
            "The catalog was written by a newer onecopy. Update onecopy, or choose another catalog."
        )


def _make(connection: Connection) -> None:
    """Every table at once: the migrations one after the other take ten times as long."""
    metadata.create_all(connection, checkfirst=False)
    for table, row in _FIRST_ROWS.items():
        connection.execute(insert(table).values(row))
    _VERSION.create(connection)
    connection.execute(insert(_VERSION).values(version_num=HEAD))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
