"""The catalog itself: where it is, how it is opened, and its transactions."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import msgspec
from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from onecopy.catalog.migrate import bring_up_to_date
from onecopy.catalog.problems import environment_problem
from onecopy.errors import EnvironmentProblem, UsageError

BUSY_SECONDS = 10.0
"""How long to wait for another program that writes to the same catalog."""


def default_url() -> str:
    """The catalog in the user's data folder (``~/.local/share/onecopy/catalog.db`` on Linux)."""
    import platformdirs

    folder = platformdirs.user_data_path("onecopy", appauthor=False)
    return str(folder / "catalog.db")


def parse(where: str | Path) -> URL:
    """A database URL, or the path of an SQLite file.

    Raises:
        UsageError: It is neither.
    """
    text = str(where)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        return make_url(text)
    except ArgumentError as error:
        raise UsageError(
            "The catalog's address cannot be read. Give a path, or a URL like sqlite:///file.db."
        ) from error


class Catalog:
    """An open catalog, brought up to date. Thread-safe; close it when done (it is a context manager).

    Args:
        where: A path, a database URL, or ``None`` for the default.
        durable: Wait for the disk at every commit (SQLite ``synchronous=FULL``), as the gate must before
            it answers. A scan does without (``NORMAL``): a power cut then loses its last seconds, which the
            next scan makes good, and never harms the file.
        busy_seconds: How long to wait for another writer; by default :data:`BUSY_SECONDS`.

    Raises:
        EnvironmentProblem: It cannot be opened, written, or understood.
        UsageError: ``where`` is no path or URL.
    """

    def __init__(
        self, where: str | Path | None = None, *, durable: bool = False, busy_seconds: float | None = None
    ) -> None:
        self.url = parse(default_url() if where is None else where)
        if self.url.get_backend_name() == "sqlite":
            _make_folder(self.url.database or "")
        self._engine = self._connectable(durable, BUSY_SECONDS if busy_seconds is None else busy_seconds)
        try:
            with self._spoken(), self._engine.connect() as connection:
                bring_up_to_date(connection)
        except BaseException:
            self._engine.dispose()
            raise

    def _connectable(self, durable: bool, busy_seconds: float) -> Any:
        arguments: dict[str, Any] = {}
        if self.url.get_backend_name() == "sqlite":
            arguments["connect_args"] = {"timeout": busy_seconds}
        try:
            engine = create_engine(
                self.url,
                json_serializer=lambda value: msgspec.json.encode(value).decode(),
                json_deserializer=msgspec.json.decode,
                **arguments,
            )
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise EnvironmentProblem(
                f"No driver for {self.url.drivername} is installed. Install it, or use an SQLite file."
            ) from error
        if self.url.get_backend_name() == "sqlite":
            _set_up_sqlite(engine, durable)
        return engine

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is written.

        Raises:
            EnvironmentProblem: The database stands in the way.
        """
        with self._spoken(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it or none. Writers go one at a time, from here on.

        Raises:
            EnvironmentProblem: Locked for too long, disk full, read-only.
        """
        with self._spoken(), self._engine.connect() as connection:
            connection = connection.execution_options(onecopy_write=True)
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def _spoken(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            problem = environment_problem(error, self.url)
            if problem is None:
                raise
            raise problem from error

    def files(self) -> list[str]:
        """The absolute paths of the files it consists of, where it is on this machine."""
        if self.url.get_backend_name() != "sqlite" or not self.url.database:
            return []
        path = os.path.realpath(self.url.database)
        return [path + suffix for suffix in ("", "-wal", "-shm", "-journal")]

    def close(self) -> None:
        """Let go of the database. Safe to call twice."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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


def _set_up_sqlite(engine: Any, durable: bool) -> None:
    """Explicit transactions: by default the driver would begin one only at the first change."""

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("onecopy_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
