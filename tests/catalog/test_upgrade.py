"""From the first release's catalog, with data in it, to this one's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, func, insert, select

from onecopy.catalog import arrivals, contents, decisions, migrate, uploads
from onecopy.catalog.schema import metadata
from onecopy.catalog.store import Catalog

ONE, OTHER, THIRD = "1" * 64, "2" * 64, "3" * 64
THEN = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
UPLOADS = [("fire", OTHER), ("fire", ONE), ("parks", ONE), ("fire", OTHER), ("", ONE)]


def fill(connection: Connection) -> None:
    """Rows as the first release wrote them, whatever the tables are called by now."""
    tables = MetaData()
    tables.reflect(connection)
    content, occurrence = tables.tables["content"], tables.tables["occurrence"]
    connection.execute(insert(content), [{"sha256": sha256, "bytes": 7} for sha256 in (ONE, OTHER, THIRD)])
    rows = [
        {"public_id": f"upload-{n}", "name": "n", "content": sha256, "agency": agency, "case_id": "c",
         "locator": None, "seen_at": THEN}
        for n, (agency, sha256) in enumerate(UPLOADS)
    ]  # fmt: skip
    scanned = {"name": "n", "case_id": None, "agency": None, "seen_at": THEN}
    rows.append({"public_id": "scanned", "content": THIRD, "locator": "/scanned"} | scanned)
    rows.append({"public_id": "lost", "content": None, "locator": "/lost"} | scanned)
    connection.execute(insert(occurrence), rows)
    first = connection.scalar(select(occurrence.c.id).where(occurrence.c.public_id == "upload-0"))
    connection.execute(
        insert(tables.tables["decision"]),
        [{"occurrence": first, "decision": "store", "reason": "New.", "matches": [], "made_at": THEN}],
    )


@pytest.fixture
def first_release(empty_url: str, older: Callable[[str], AbstractContextManager[Connection]]) -> str:
    """Where a catalog of the first release is, with data in it."""
    with older("0001") as connection:
        fill(connection)
    return empty_url


def test_everything_is_there_after_the_upgrade(first_release: str) -> None:
    with Catalog(first_release) as catalog, catalog.read() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == migrate.HEAD
        for name, number in (("content", 3), ("occurrence", 7), ("decision", 1)):
            assert connection.scalar(select(func.count()).select_from(metadata.tables[name])) == number
        (first, last) = (one for one in uploads.held(connection, [OTHER], "fire"))
        assert (first.public_id, last.public_id, first.seen_at) == ("upload-0", "upload-3", THEN)
        (made,) = decisions.of_occurrence(connection, first.id)
        assert (made.decision, made.made_at) == ("store", THEN)


def test_what_was_received_is_in_the_log(first_release: str) -> None:
    with Catalog(first_release) as catalog:
        with catalog.read() as connection:
            assert arrivals.agencies(connection) == ["", "fire", "parks"]
            assert list(arrivals.since(connection, "fire", 0)) == [(1, OTHER), (2, ONE)]
            assert list(arrivals.since(connection, "parks", 0)) == [(1, ONE)]
        with catalog.write([arrivals.scope("fire")]) as connection:
            contents.add(connection, THIRD, 7)
            arrivals.add(connection, "fire", THIRD)
        with catalog.read() as connection:
            assert list(arrivals.since(connection, "fire", 2)) == [(3, THIRD)]
