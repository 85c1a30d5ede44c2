"""The audit log in a catalog: what is done to its rows behind its back is found."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from onecopy.audit.check import Checked, Head, check
from onecopy.audit.event import Event, Kind
from onecopy.audit.merkle import leaf_hash
from onecopy.catalog import events, policies
from onecopy.catalog.store import Catalog


@pytest.fixture
def log(catalog: Catalog) -> Catalog:
    """A log of seven entries."""
    for number in range(7):
        with catalog.write() as connection:
            one = Event(
                kind=Kind.UPLOAD_STORED,
                actor="portal",
                agency="fire" if number % 2 else "parks",
                details={"case": f"№ {number}"},
                objects=(("occurrence", f"o{number}"),),
            )
            assert events.append(connection, one) == number
    return catalog


def checked(catalog: Catalog, published: Head | None = None) -> Checked:
    with catalog.read() as connection:
        return check(events.entries(connection), events.head(connection), published)


def head(catalog: Catalog) -> Head:
    with catalog.read() as connection:
        found = events.head(connection)
    assert found is not None
    return found


def test_a_log_is_intact_and_says_so(log: Catalog) -> None:
    found = checked(log)
    assert (found.intact, found.faults) == (True, [])
    assert Head(size=found.size, root=found.root) == head(log)


def test_an_empty_log_proves_nothing(catalog: Catalog) -> None:
    found = checked(catalog)
    assert not found.intact
    assert found.faults == ["The log is empty: nothing was checked."]


def test_lines_are_premis_events(log: Catalog) -> None:
    with log.read() as connection:
        (position, line), *_ = events.lines(connection, agency="fire", after=1, limit=1)
    said = json.loads(line)
    assert (position, said["position"], said["agency"]) == (3, 3, "fire")
    assert said["eventType"] == "ingestion"
    assert said["eventTypeURI"] == "http://id.loc.gov/vocabulary/preservation/eventType/ing"
    assert said["eventDetail"] == "upload.stored"
    assert said["eventOutcomeDetail"] == {"case": "№ 3"}
    assert said["linkingObjectIdentifiers"] == [{"type": "occurrence", "value": "o3"}]


def test_an_event_goes_with_its_transaction(log: Catalog) -> None:
    before = head(log)

    def fail(connection: Connection) -> None:
        events.append(connection, Event(kind=Kind.UPLOAD_HELD, actor="a"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), log.write() as connection:
        fail(connection)
    assert head(log) == before
    assert checked(log).intact


TAMPERING: list[tuple[str, list[str], str]] = [
    (
        "line changed",
        ["UPDATE event SET line = REPLACE(line, 'portal', 'nobody') WHERE position = 3"],
        "Entry 3 was changed",
    ),
    (
        "one space",
        ["UPDATE event SET line = line || ' ' WHERE position = 3"],
        "Entry 3 was changed",
    ),
    ("agency column", ["UPDATE event SET agency = 'x' WHERE position = 3"], "another 'agency'"),
    ("kind column", ["UPDATE event SET kind = 'x' WHERE position = 3"], "another 'eventDetail'"),
    ("time column", ["UPDATE event SET at = '2020-01-01 00:00:00' WHERE position = 3"], "'eventDateTime'"),
    ("hash column", ["UPDATE event SET leaf = 'x' WHERE position = 3"], "Entry 3 was changed"),
    ("removed", ["DELETE FROM event WHERE position = 3"], "Where entry 3 should stand is entry 4."),
    ("first removed", ["DELETE FROM event WHERE position = 0"], "Where entry 0 should stand is entry 1."),
    ("last removed", ["DELETE FROM event WHERE position = 6"], "should have 7 entries and has 6"),
    ("all removed", ["DELETE FROM event"], "The log is empty"),
    (
        "removed, the rest moved up",
        [
            "DELETE FROM event WHERE position = 5",
            "UPDATE event SET position = 5 WHERE position = 6",
        ],
        "Entry 5 was moved: it says that it is entry 6.",
    ),
    (
        "reordered",
        [
            "UPDATE event SET position = 99 WHERE position = 2",
            "UPDATE event SET position = 2 WHERE position = 4",
            "UPDATE event SET position = 4 WHERE position = 99",
        ],
        "Entry 2 was moved: it says that it is entry 4.",
    ),
    (
        "added",
        ["INSERT INTO event SELECT 7, at, kind, agency, line, leaf FROM event WHERE position = 6"],
        "Entry 7 was moved",
    ),
    ("head moved back", ["UPDATE event_head SET size = 6"], "should have 6 entries and has 7"),
    ("root changed", ["UPDATE event_head SET root = 'x'"], "The root should be x and is "),
    ("nonsense", ["UPDATE event SET line = '[' WHERE position = 1"], "Entry 1 cannot be read."),
]


@pytest.mark.parametrize(
    ("statements", "said"), [one[1:] for one in TAMPERING], ids=[one[0] for one in TAMPERING]
)
def test_tampering_is_found(log: Catalog, statements: list[str], said: str) -> None:
    with log.write() as connection:
        for statement in statements:
            connection.execute(text(statement))
    found = checked(log)
    assert not found.intact
    assert any(said in fault for fault in found.faults), found.faults


def rewritten(connection: Connection, change: Callable[[str], str]) -> None:
    """Tamper with an entry as somebody would who knows how the log is made, hash and all."""
    line = change(str(connection.scalar(text("SELECT line FROM event WHERE position = 3"))))
    values = {"line": line, "leaf": leaf_hash(line.encode()).hex()}
    connection.execute(text("UPDATE event SET line = :line, leaf = :leaf WHERE position = 3"), values)


def test_an_entry_with_its_hash_changed_too_is_found(log: Catalog) -> None:
    with log.write() as connection:
        rewritten(connection, lambda line: line.replace("portal", "nobody"))
    assert [fault[:18] for fault in checked(log).faults] == ["The root should be"]


def test_a_log_that_was_made_anew_is_found_by_its_published_root(log: Catalog) -> None:
    published = head(log)
    with log.write() as connection:
        events.append(connection, Event(kind=Kind.UPLOAD_HELD, actor="a"))
    assert checked(log, published).intact
    with log.write() as connection:
        rewritten(connection, lambda line: line.replace("portal", "nobody"))
    with log.write() as connection:
        root = checked(log).root
        connection.execute(text("UPDATE event_head SET root = :root"), {"root": root})
    assert checked(log).intact
    (fault,) = checked(log, published).faults
    assert fault.startswith("The first 7 entries are not those of the published root")
    (fault,) = checked(log, Head(size=100, root=published.root)).faults
    assert fault == "The log had 100 entries when its root was published; some are gone."


def test_many_at_once_make_one_line(catalog: Catalog) -> None:
    def work(name: str) -> None:
        for _ in range(10):
            with catalog.write([f"agency {name}"]) as connection:
                events.append(connection, Event(kind=Kind.UPLOAD_STORED, actor=name))

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, name) for name in "abcd"]:
            done.result(60)
    found = checked(catalog)
    assert (found.intact, found.size) == (True, 40)


def test_a_policy_that_changes_is_an_event(catalog: Catalog) -> None:
    with catalog.write() as connection:
        assert policies.adopt(connection, "a" * 64, "first", "{}", actor="settings")
        assert not policies.adopt(connection, "a" * 64, "first", "{}", actor="settings")
        assert policies.adopt(connection, "b" * 64, "second", "[]", actor="settings")
        assert policies.current(connection) == "b" * 64
        assert policies.text(connection, "a" * 64) == "{}"
    with catalog.read() as connection:
        said = [json.loads(line) for _, line in events.lines(connection, agency=None, after=-1, limit=9)]
    assert [one["eventType"] for one in said] == ["policy assignment"] * 2
    assert [one["eventOutcomeDetail"]["before"] for one in said] == [None, "a" * 64]
