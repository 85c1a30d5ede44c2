"""Servers that tests of several parts need. Where one cannot be had, its tests are skipped and say why."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
import s3


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server, without a database's name."""
    why = postgres.missing()
    if why:
        pytest.skip(why)
    with postgres.server() as address:
        yield address


@pytest.fixture
def new_database(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases; all are dropped in the end."""
    import psycopg

    made: list[str] = []
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:

        def make() -> str:
            made.append(f"onecopy_test_{uuid.uuid4().hex}")
            admin.execute(f"CREATE DATABASE {made[-1]}")
            return f"{postgres_server}/{made[-1]}"

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty catalog can be: on every database there is, one after the other."""
    if request.param == "sqlite":
        return str(tmp_path / "catalog.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


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
