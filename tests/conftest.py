"""Servers that tests of several parts need. Where one cannot be had, its tests are skipped and say why."""

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
import s3

from onecopy.catalog.store import Catalog


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server, without a database's name."""
    why = postgres.missing()
    if why:
        pytest.skip(why)
    with postgres.server() as address:
        yield address


@contextlib.contextmanager
def _databases(server: str) -> Iterator[Callable[..., str]]:
    import psycopg

    made: list[str] = []
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:

        def make(template: str = "template1") -> str:
            made.append(f"onecopy_test_{uuid.uuid4().hex}")
            admin.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
            return f"{server}/{made[-1]}"

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_database(postgres_server: str) -> Iterator[Callable[..., str]]:
    """Makes empty PostgreSQL databases, or copies of a template; all are dropped in the end."""
    with _databases(postgres_server) as make:
        yield make


@pytest.fixture(scope="session")
def blank_database(postgres_server: str) -> Iterator[str]:
    """The name of a database that holds a new catalog, for others to be copies of."""
    with _databases(postgres_server) as make:
        url = make()
        Catalog(url).close()
        yield url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds a new catalog, for others to be copies of."""
    path = tmp_path_factory.mktemp("blank") / "catalog.db"
    Catalog(path).close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a catalog can be, and none is yet: on every database there is, one after the other."""
    if request.param == "sqlite":
        return str(tmp_path / "catalog.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new catalog is: on every database there is, one after the other.

    It is a copy of one that was made, which takes a tenth of the time.
    """
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("blank_file"), tmp_path / "catalog.db"))
    make: Callable[[str], str] = request.getfixturevalue("new_database")
    return make(request.getfixturevalue("blank_database"))


@pytest.fixture(scope="session")
def s3_server() -> Iterator[s3.Server]:
    """A running S3 server, with its keys in the environment."""
    why = s3.missing()
    if why:
        pytest.skip(why)
    with s3.server() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture
def bucket_url(s3_server: s3.Server, tmp_path: Path) -> str:
    """Where an empty vault can be in a bucket of its own."""
    bucket = s3_server.make_bucket()
    return f"s3://{bucket}/a/vault?endpoint={s3_server.endpoint}&spool={tmp_path / 'spool'}"
