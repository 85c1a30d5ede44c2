"""The catalog itself: where it is, how it is opened, and its transactions."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from onecopy.catalog import postgresql, sqlite
from onecopy.catalog.migrate import bring_up_to_date
from onecopy.catalog.problems import environment_problem, shown
from onecopy.errors import EnvironmentProblem, UsageError

BUSY_SECONDS = 10.0
"""How long to wait for another program that writes to the same catalog."""

_DRIVER = "postgresql+psycopg"


def default_url() -> str:
    """The catalog in the user's data folder (``~/.local/share/onecopy/catalog.db`` on Linux)."""
    import platformdirs

    folder = platformdirs.user_data_path("onecopy", appauthor=False)
    return str(folder / "catalog.db")


def parse(where: str | Path) -> URL:
    """A database URL (``postgresql://user@host/name``), or the path of an SQLite file.

    Raises:
        UsageError: It is neither.
    """
    text = str(where)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise UsageError(
            "The catalog's address cannot be read. Give a path, or a URL like postgresql://user@host/name."
        ) from error
    return url.set(drivername=_DRIVER) if url.drivername in ("postgresql", "postgres") else url


class Catalog:
    """An open catalog, brought up to date. Thread-safe; close it when done (it is a context manager).

    Args:
        where: A path, a database URL (SQLite or PostgreSQL), or ``None`` for the default.
        durable: Wait for the disk at every commit (SQLite ``synchronous=FULL``), as the gate must before
            it answers. A scan does without: a power cut then loses its last seconds, which the next scan
            makes good, and never harms the database.
        busy_seconds: How long to wait for another writer; by default :data:`BUSY_SECONDS`.
        make: Make the file where there is none; who only looks would else look into a new, empty one.

    Raises:
        EnvironmentProblem: It cannot be reached, opened, written, or understood; ``no-catalog`` where there
            is none and none is made, ``needs-extra`` where the driver is not installed.
        UsageError: ``where`` is no path or URL.
    """

    def __init__(
        self,
        where: str | Path | None = None,
        *,
        durable: bool = False,
        busy_seconds: float | None = None,
        make: bool = True,
    ) -> None:
        self.url = parse(default_url() if where is None else where)
        self._is_sqlite = self.url.get_backend_name() == "sqlite"
        if self._is_sqlite and not make:
            sqlite.expect(self.url)
        self._reader: dict[str, Any] = {} if self._is_sqlite else postgresql.READER
        self._engine = self._connectable(durable, BUSY_SECONDS if busy_seconds is None else busy_seconds)
        try:
            with self._connected() as connection:
                bring_up_to_date(connection)
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def place(self) -> str:
        """Where it is, to be shown to people: nothing secret is in it."""
        return shown(self.url)

    def _connectable(self, durable: bool, busy_seconds: float) -> Engine:
        arguments = sqlite.arguments(self.url, busy_seconds) if self._is_sqlite else {}
        if self.url.drivername == _DRIVER:
            arguments = postgresql.arguments(busy_seconds)
        try:
            engine = create_engine(
                self.url,
                json_serializer=lambda value: msgspec.json.encode(value).decode(),
                json_deserializer=msgspec.json.decode,
                **arguments,
            )
        except (NoSuchModuleError, ImportError) as error:
            raise self._no_driver() from error
        if self._is_sqlite:
            sqlite.set_up(engine, durable=durable, busy_seconds=busy_seconds)
        else:
            postgresql.set_up(engine, durable=durable, busy_seconds=busy_seconds)
        return engine

    def _no_driver(self) -> EnvironmentProblem:
        if self.url.drivername != _DRIVER:
            return EnvironmentProblem(
                f"There is no driver for {self.url.drivername}. Use an SQLite file or PostgreSQL."
            )
        return EnvironmentProblem(
            "A catalog on PostgreSQL needs a driver. Install it with: pip install 'onecopy[postgres]'",
            code="needs-extra",
        )

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is written.

        Raises:
            EnvironmentProblem: The database stands in the way.
        """
        with self._connected(**self._reader) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self, scopes: Iterable[str] = ()) -> Iterator[Connection]:
        """One transaction: all of it or none.

        Args:
            scopes: What it looks at and changes. Writers that share a scope go one at a time, from here on;
                one that names none excludes all others. SQLite has but one writer at a time anyway.

        Raises:
            EnvironmentProblem: Locked for too long, disk full, read-only; ``collided`` where two writers
                stood in each other's way: try again.
        """
        options = {"onecopy_write": True, "onecopy_scopes": tuple(scopes)}
        with self._connected(**options) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _connected(self, **options: Any) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection.execution_options(**options)
        except SQLAlchemyError as error:
            problem = environment_problem(error, self.url)
            if problem is None:
                raise
            raise problem from error

    def files(self) -> list[str]:
        """The absolute paths of the files it consists of, where it is on this machine."""
        return sqlite.files(self.url) if self._is_sqlite else []

    def close(self) -> None:
        """Let go of the database. Safe to call twice."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
