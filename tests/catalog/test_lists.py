"""Lists of uploads and cases, page by page, while others come in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from onecopy.catalog import contents, decisions, lists, occurrences
from onecopy.catalog.decisions import Decision
from onecopy.catalog.lists import Filter, Listed
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog

THEN = datetime(2026, 5, 3, 9, tzinfo=UTC)
ONE, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def connection(catalog_url: str) -> Iterator[Connection]:
    with Catalog(catalog_url) as catalog, catalog.write() as connection:
        contents.add_all(connection, {ONE: 7, OTHER: 9})
        yield connection


def add(connection: Connection, minutes: int, **how: Any) -> str:
    plain = Occurrence(name="a.jpg", content=ONE, agency="fire", case_id="c", seen_at=THEN)
    one = replace(plain, public_id=f"id {minutes}", seen_at=THEN + timedelta(minutes=minutes), **how)
    number = occurrences.add(connection, one)
    for decision in ("hold", "store"):
        decisions.add(connection, Decision(occurrence=number, decision=decision, reason=f"{minutes}."))
    return one.public_id


def ids(found: list[Listed]) -> list[str]:
    return [one.occurrence.public_id for one in found]


@pytest.mark.parametrize("oldest", [False, True])
def test_pages_hold_everything_once(connection: Connection, oldest: bool) -> None:
    for minutes in (3, 1, 4, 0, 5, 9, 2, 6):
        add(connection, minutes)
    for n in range(5):  # at one instant
        occurrences_at_once = replace(
            Occurrence(name="b", content=ONE, agency="fire", case_id="c"),
            public_id=f"at once {n}",
            seen_at=THEN,
        )
        number = occurrences.add(connection, occurrences_at_once)
        decisions.add(connection, Decision(occurrence=number, decision="store", reason="New."))
    whole = ids(lists.occurrences(connection, Filter(agency="fire"), limit=100, oldest=oldest))
    assert len(set(whole)) == len(whole) == 13
    paged: list[str] = []
    after = None
    while page := lists.occurrences(connection, Filter(agency="fire"), limit=2, after=after, oldest=oldest):
        paged += ids(page)
        after = page[-1].occurrence
        add(connection, 1000 + len(paged) if not oldest else -len(paged))  # comes in meanwhile
    assert paged == whole


def test_the_last_decision_and_the_size_are_told(connection: Connection) -> None:
    add(connection, 1, content=OTHER)
    (one,) = lists.occurrences(connection, Filter(), limit=5)
    assert (one.bytes, one.decision, one.reason) == (9, "store", "1.")


TAKEN = datetime(2020, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [1, 2, 3]),
        (Filter(agency="fire"), [1, 2]),
        (Filter(agency=""), []),
        (Filter(case="24016-7"), [2]),
        (Filter(prefix="24016-"), [2]),
        (Filter(prefix="24%"), []),
        (Filter(sha256=OTHER), [3]),
        (Filter(source="portal"), [1]),
        (Filter(category="plan"), [1]),
        (Filter(name="b.jpg"), [2]),
        (Filter(since=THEN + timedelta(minutes=2)), [2, 3]),
        (Filter(until=THEN + timedelta(minutes=2)), [1]),
        (Filter(captured_since=TAKEN), [1]),
        (Filter(captured_since=TAKEN, captured_until=TAKEN), []),
        (Filter(metadata={"inspector": "Kim"}), [1]),
        (Filter(metadata={"inspector": "Kim", "lot": "5"}), [1]),
        (Filter(metadata={"a.b c": "№ 5"}), [2]),
        (Filter(metadata={"inspector": "kim"}), []),
        (Filter(agency="fire", source="portal", name="b.jpg"), []),
    ],
)
def test_filters(connection: Connection, wanted: Filter, found: list[int]) -> None:
    kim = {"inspector": "Kim", "lot": 5}
    add(connection, 1, source="portal", category="plan", captured_at=TAKEN, metadata=kim)
    add(connection, 2, case_id="24016-7", name="b.jpg", metadata={"a.b c": "№ 5"})
    add(connection, 3, agency="parks", content=OTHER)
    add(connection, 4, gone_at=THEN)
    add(connection, 5, locator="/scanned")
    assert ids(lists.occurrences(connection, wanted, limit=9, oldest=True)) == [f"id {n}" for n in found]


def test_cases(connection: Connection) -> None:
    names = ["b", "a", "B", "№ 5", "a/b", "24016-1"]
    for n, name in enumerate(names):
        add(connection, n, case_id=name)
        add(connection, 100 + n, case_id=name)
    add(connection, 50, agency="parks", case_id="a")
    whole = lists.cases(connection, Filter(), limit=99)
    assert sorted((one.agency, one.case) for one in whole) == sorted(
        [("parks", "a"), *(("fire", name) for name in names)]
    )
    paged, after = [], None
    while page := lists.cases(connection, Filter(), limit=2, after=after):
        paged += page
        after = (page[-1].agency, page[-1].case)
    assert paged == whole
    first = next(one for one in whole if one.case == "b")
    assert (first.occurrences, first.first, first.last) == (2, THEN, THEN + timedelta(minutes=100))
    (late,) = lists.cases(connection, Filter(agency="fire", since=THEN + timedelta(minutes=105)), limit=9)
    assert (late.case, late.occurrences) == ("24016-1", 1)


def test_a_place_is_found_by_whoever_may_see_it(connection: Connection) -> None:
    one = add(connection, 1, gone_at=THEN)
    found = lists.place(connection, one, agency="fire")
    assert found is not None
    assert lists.place(connection, one, agency=None) == found
    assert lists.place(connection, one, agency="parks") is None
    assert lists.place(connection, add(connection, 2, locator="/x"), agency="fire") is None
