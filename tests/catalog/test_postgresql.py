"""What is PostgreSQL's own: reaching it, secrets in its address, and locks that put writers in line."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import postgres
import psycopg
import pytest
from sqlalchemy import Connection

from onecopy.catalog import settings
from onecopy.catalog.problems import shown
from onecopy.catalog.store import Catalog, parse
from onecopy.errors import EnvironmentProblem, UsageError

PASSWORD = postgres.PASSWORD.replace(" ", "%20")


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


def refused(url: str) -> str:
    with pytest.raises(EnvironmentProblem) as caught:
        Catalog(url)
    said = caught.value.message
    assert "hush" not in said
    assert postgres.PASSWORD not in said
    assert PASSWORD not in said
    return said


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_any_usual_scheme_will_do(scheme: str) -> None:
    assert parse(f"{scheme}://host/db").drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "url",
    ["postgresql://ann:hush@host:5432/city", "postgresql://ann@host:5432/city?password=hush&sslmode=require"],
)
def test_its_place_holds_no_secrets(url: str) -> None:
    assert shown(parse(url)).replace(":***", "") == "postgresql://ann@host:5432/city"


def test_a_server_that_does_not_answer() -> None:
    said = refused(f"postgresql://ann:hush@127.0.0.1:{postgres.free_port()}/city")
    assert "postgresql://ann:***@127.0.0.1" in said
    assert "does not answer. Check that the database runs" in said


def test_a_host_that_does_not_exist() -> None:
    assert "there is no such host" in refused("postgresql://ann:hush@no-such-host.invalid/city")


def test_a_wrong_password(url: str) -> None:
    assert "refused the user or password" in refused(url.replace(PASSWORD, "hush"))


def test_a_database_that_does_not_exist(url: str) -> None:
    assert "createdb" in refused(url + "_not")


def test_a_port_that_is_no_number() -> None:
    with pytest.raises(UsageError):
        Catalog("postgresql://ann:hush@host:port/city")


WITHOUT = """
import sys
sys.modules["psycopg"] = None
from onecopy.catalog.store import Catalog
from onecopy.errors import EnvironmentProblem
try:
    Catalog("postgresql://ann:hush@127.0.0.1/city")
except EnvironmentProblem as problem:
    print(problem.code, problem.message)
"""


def test_without_the_driver() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("needs-extra ")
    assert "pip install 'onecopy[postgres]'" in done.stdout


def test_another_programs_database(url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "another program's tables" in refused(url)


def test_a_connection_that_was_cut_is_made_again(url: str) -> None:
    with Catalog(url) as catalog, psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'onecopy' AND datname = current_database()"
        )
        with catalog.read() as connection:
            assert settings.get(connection, "n") is None


def test_a_connection_that_is_cut_in_its_midst_is_one_sentence(url: str) -> None:
    def cut_off(connection: Connection) -> None:
        with psycopg.connect(url, autocommit=True) as admin:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        settings.put(connection, "n", "1")

    with Catalog(url) as catalog:
        with pytest.raises(EnvironmentProblem, match="broke off"), catalog.write() as connection:
            cut_off(connection)
        with catalog.read() as connection:
            assert settings.get(connection, "n") is None


def test_a_scan_does_not_wait_for_the_disk_and_a_gate_does(url: str) -> None:
    for durable, expected in ((False, "off"), (True, "on")):
        with Catalog(url, durable=durable) as catalog, catalog.write() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == expected


@pytest.mark.parametrize(
    ("one", "other", "waits"),
    [
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a", "b"], ["b", "c"], True),
        ([], ["a"], True),
        (["a"], [], True),
        ([], [], True),
    ],
)
def test_writers_of_one_scope_go_one_at_a_time(
    url: str, one: list[str], other: list[str], waits: bool
) -> None:
    def second(catalog: Catalog) -> str | None:
        with catalog.write(other) as connection:
            return settings.get(connection, "n")

    with Catalog(url) as here, Catalog(url) as there, ThreadPoolExecutor(1) as threads:
        with here.write(one) as connection:
            settings.put(connection, "n", "1")
            later = threads.submit(second, there)
            if waits:
                with pytest.raises(NotYet):
                    later.result(0.2)
            else:
                assert later.result(10) is None
        if waits:
            assert later.result(10) == "1"  # what was committed while it waited


def test_scopes_named_in_another_order_do_not_wait_in_a_circle(url: str) -> None:
    def often(scopes: list[str]) -> None:
        with Catalog(url) as catalog:
            for _ in range(50):
                with catalog.write(scopes):
                    pass

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(often, scopes) for scopes in (["a", "b"], ["b", "a"])]:
            done.result(30)


def test_a_writer_waits_only_so_long(url: str) -> None:
    with (
        Catalog(url) as here,
        Catalog(url, busy_seconds=0.1) as there,
        here.write(["a"]),
        pytest.raises(EnvironmentProblem, match="in use by another program"),
        there.write(["a"]),
    ):
        pass


def test_more_at_once_than_connections(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecopy.catalog.postgresql.AT_ONCE", 4)
    with Catalog(url, busy_seconds=0.1) as catalog:
        threads = ThreadPoolExecutor(8)
        with catalog.read(), catalog.read(), catalog.read(), catalog.read():
            asked = threads.submit(lambda: catalog.read().__enter__())
            with pytest.raises(EnvironmentProblem, match="more at once"):
                asked.result(30)
        threads.shutdown()


def test_a_reader_cannot_write(url: str) -> None:
    with (
        Catalog(url) as catalog,
        pytest.raises(EnvironmentProblem, match="cannot be written"),
        catalog.read() as connection,
    ):
        settings.put(connection, "n", "1")


def test_its_files_are_nowhere_here(url: str) -> None:
    with Catalog(url) as catalog:
        assert catalog.files() == []
