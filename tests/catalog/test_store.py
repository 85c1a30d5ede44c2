import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from onecopy.catalog import contents, migrate, settings
from onecopy.catalog.store import Catalog
from onecopy.errors import EnvironmentProblem, UsageError


def test_head_is_the_newest_migration() -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [migrate.HEAD]


def test_it_is_kept_and_opened_again_without_alembic(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "catalog.db"
    with Catalog(path) as catalog, catalog.write() as connection:
        settings.put(connection, "name", "value")
    program = (
        "import sys; from onecopy.catalog.store import Catalog; from onecopy.catalog import settings\n"
        "with Catalog(sys.argv[1]) as c, c.read() as r: print(settings.get(r, 'name'))\n"
        "assert 'alembic' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout == "value\n"


def test_sqlite_is_set_up(tmp_path: Path) -> None:
    for durable, expected in ((False, 1), (True, 2)):
        with Catalog(tmp_path / "c.db", durable=durable) as catalog, catalog.read() as connection:
            pragma = {
                name: connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
        assert pragma == {
            "journal_mode": "wal", "foreign_keys": 1, "synchronous": expected, "busy_timeout": 10_000,
        }  # fmt: skip


def test_a_failed_transaction_leaves_nothing(catalog: Catalog) -> None:
    def fail(connection: Connection) -> None:
        contents.add(connection, "a" * 64, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), catalog.write() as connection:
        fail(connection)
    with catalog.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM content")) == 0


def test_a_reader_sees_one_moment(catalog: Catalog) -> None:
    with catalog.read() as reader:
        assert settings.get(reader, "n") is None
        with catalog.write() as writer:
            settings.put(writer, "n", "1")
        assert settings.get(reader, "n") is None


def test_a_locked_catalog_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    with Catalog(path, busy_seconds=0.05) as catalog:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(EnvironmentProblem, match="in use by another program"), catalog.write():
            pass
        other.close()


def test_a_full_disk_is_told_from_other_troubles(tmp_path: Path) -> None:
    with Catalog(tmp_path / "c.db") as catalog:
        with pytest.raises(EnvironmentProblem, match="disk is full") as caught, catalog.write() as connection:
            _fill(connection)
        assert caught.value.code == "disk-full"
        with catalog.read() as connection:
            assert settings.get(connection, "0") is None


def _fill(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite then says what it says of a full disk
    for number in range(100):
        settings.put(connection, f"{number}", "x" * 4096)


def test_a_catalog_locked_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(EnvironmentProblem, match="in use by another program"):
        Catalog(path, busy_seconds=0.05)
    other.close()


@pytest.mark.parametrize("junk", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_another_kind_of_file(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "c.db"
    path.write_bytes(junk)
    with pytest.raises(EnvironmentProblem, match=r"not a catalog|damaged"):
        Catalog(path)
    assert path.read_bytes() == junk


def test_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(EnvironmentProblem, match="another program's tables"):
        Catalog(path)


def test_a_damaged_catalog(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    Catalog(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\x55" * (len(whole) - 100))
    with pytest.raises(EnvironmentProblem, match="damaged"):
        Catalog(path)


def test_a_newer_catalog(catalog_url: str) -> None:
    with Catalog(catalog_url) as catalog, catalog.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(EnvironmentProblem, match="newer onecopy"):
        Catalog(catalog_url)


def test_many_that_open_a_new_catalog_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(16) as threads:
        for catalog in threads.map(Catalog, [empty_url] * 16):
            with catalog, catalog.read() as connection:
                assert settings.get(connection, "n") is None


def test_all_wait_while_a_new_catalog_is_being_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sqlite3.connect(tmp_path / "c.db", isolation_level=None, check_same_thread=False)
    first.execute("BEGIN IMMEDIATE")  # SQLite then refuses to switch to a write-ahead log at once
    rounds: list[None] = []

    def all_were_refused() -> None:
        rounds.append(None)
        if len(rounds) == 10:
            first.rollback()

    refused, sleep = threading.Barrier(8, all_were_refused, timeout=10), time.sleep
    monkeypatch.setattr(time, "sleep", lambda pause: refused.wait() if first.in_transaction else sleep(pause))
    with ThreadPoolExecutor(8) as threads:
        for catalog in threads.map(Catalog, [tmp_path / "c.db"] * 8):
            with catalog, catalog.read() as connection:
                assert settings.get(connection, "n") is None
    assert len(rounds) == 10
    first.close()


def test_an_address_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="folder"):
        Catalog(tmp_path / "file" / "c.db")
    with pytest.raises(EnvironmentProblem, match="cannot be opened"):
        Catalog(tmp_path)
    with pytest.raises(UsageError):
        Catalog("://")
    with pytest.raises(EnvironmentProblem, match="driver"):
        Catalog("nosuch://host/db")


def test_a_catalog_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    Catalog(path).close()
    with Catalog(f"sqlite:///file:{path}?mode=ro&uri=true") as catalog:
        with catalog.read() as connection:
            assert settings.get(connection, "n") is None
        with pytest.raises(EnvironmentProblem, match="cannot be written"), catalog.write() as connection:
            settings.put(connection, "n", "1")
