"""Bring a catalog's schema up to date, inside one transaction, whoever opens it first."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from onecopy.errors import EnvironmentProblem

HEAD = "0015"
"""The newest migration. Alembic is loaded only where a catalog is behind: opening one must be quick."""


def bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that are missing.

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
        if revision != HEAD:
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


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
