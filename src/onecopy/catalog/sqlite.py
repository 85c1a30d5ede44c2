"""What SQLite needs: its folder, WAL, explicit transactions, and one writer at a time."""

import os
import random
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, event

from onecopy.errors import EnvironmentProblem


def arguments(url: URL, busy_seconds: float) -> dict[str, Any]:
    """What ``create_engine`` is told, once the folder of the file is there.

    Raises:
        EnvironmentProblem: The folder cannot be made.
    """
    _make_folder(url.database or "")
    return {"connect_args": {"timeout": busy_seconds}}


def expect(url: URL) -> None:
    """See that the file is there.

    Raises:
        EnvironmentProblem: ``no-catalog``.
    """
    if url.database and not Path(url.database).exists():
        raise EnvironmentProblem(
            f"There is no catalog at {url.database}. Name yours with --catalog; "
            "scan, import and serve make one.",
            code="no-catalog",
        )


def set_up(engine: Engine, *, durable: bool, busy_seconds: float) -> None:
    """Explicit transactions: by default the driver would begin one only at the first change."""

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        _use_wal(connection, busy_seconds)
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("onecopy_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _use_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Switch to a write-ahead log. While another process does so to a new file, SQLite refuses at once."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - no secret


def files(url: URL) -> list[str]:
    """The absolute paths of the files it consists of."""
    if not url.database:
        return []
    path = os.path.realpath(url.database)
    return [path + suffix for suffix in ("", "-wal", "-shm", "-journal")]


def _make_folder(database: str) -> None:
    if not database or database.startswith((":memory:", "file:")):
        return
    folder = Path(database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EnvironmentProblem(
            f"The catalog's folder {folder} cannot be made ({error.strerror}). Choose another with --catalog."
        ) from error
