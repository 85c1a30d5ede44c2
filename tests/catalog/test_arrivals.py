"""The log of arrivals: its order is the order of commits, whoever is slow to commit."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from onecopy.catalog import arrivals, contents
from onecopy.catalog.schema import arrival
from onecopy.catalog.store import Catalog
from onecopy.model import FileIdentity

ONE, OTHER, THIRD = "1" * 64, "2" * 64, "3" * 64


def arrive(catalog: Catalog, agency: str, *digests: str, before_commit: Callable[[], object] = int) -> None:
    with catalog.write([arrivals.scope(agency)]) as connection:
        for digest in digests:
            contents.add(connection, digest, 1)
            arrivals.add(connection, agency, digest)
        before_commit()


def log(catalog: Catalog, agency: str, after: int = 0) -> list[tuple[int, str]]:
    with catalog.read() as connection:
        return list(arrivals.since(connection, agency, after))


def test_every_agency_counts_for_itself(catalog: Catalog) -> None:
    arrive(catalog, "fire", ONE, OTHER)
    arrive(catalog, "parks", OTHER)
    arrive(catalog, "fire", OTHER, THIRD)
    assert log(catalog, "fire") == [(1, ONE), (2, OTHER), (3, THIRD)]
    assert log(catalog, "fire", 2) == [(3, THIRD)]
    assert log(catalog, "parks") == [(1, OTHER)]
    with catalog.read() as connection:
        assert arrivals.agencies(connection) == ["fire", "parks"]
        assert arrivals.any_of(connection, "parks")
        assert not arrivals.any_of(connection, "")
        assert arrivals.holders(connection, OTHER) == {"fire", "parks"}
        assert arrivals.holders(connection, ONE) == {"fire"}
        assert arrivals.holders(connection, "4" * 64) == set()


def test_changed_fingerprints_are_logged_for_every_holder(catalog: Catalog) -> None:
    arrive(catalog, "fire", ONE, OTHER)
    arrive(catalog, "parks", OTHER)
    with catalog.write() as connection:
        contents.record(connection, OTHER, 1, FileIdentity(), version=3)
        contents.record(connection, THIRD, 1, FileIdentity(), version=3)
    assert log(catalog, "fire", 2) == [(3, OTHER)]
    assert log(catalog, "parks", 1) == [(2, OTHER)]


def test_a_late_commit_is_not_missed(catalog_url: str) -> None:
    """A writer takes its number, another agency's commits before it, somebody looks, then it commits."""
    numbered, go = threading.Event(), threading.Event()

    def slowly() -> None:
        numbered.set()
        assert go.wait(30)

    with Catalog(catalog_url) as late, Catalog(catalog_url) as quick, ThreadPoolExecutor(3) as threads:
        slow = threads.submit(arrive, late, "fire", ONE, before_commit=slowly)
        assert numbered.wait(30)
        others = [threads.submit(arrive, quick, *what) for what in (("parks", OTHER), ("fire", THIRD))]
        seen = log(quick, "fire")
        assert seen == []
        go.set()
        for done in (slow, *others):
            done.result(30)
        # Whoever looked meanwhile and goes on from there has not passed by the late one.
        assert log(quick, "fire", len(seen)) == [(1, ONE), (2, THIRD)]
        assert log(quick, "parks") == [(1, OTHER)]


def test_many_that_log_at_once_leave_no_gap(catalog_url: str) -> None:
    digests = [f"{number:064}" for number in range(40)]
    catalogs = [Catalog(catalog_url) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: arrive(catalogs[n % 4], "fire", digests[n]), range(40)))
    found = log(catalogs[0], "fire")
    assert [number for number, _ in found] == list(range(1, 41))
    assert {digest for _, digest in found} == set(digests)
    for catalog in catalogs:
        catalog.close()


def test_a_number_is_not_given_twice(catalog: Catalog) -> None:
    arrive(catalog, "fire", ONE, OTHER)
    with pytest.raises(IntegrityError), catalog.write() as connection:
        connection.execute(arrival.insert().values(agency="fire", number=2, content=ONE))
