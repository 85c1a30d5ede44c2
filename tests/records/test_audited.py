"""The catalog beside its audit log, on every database."""

import pytest
from sqlalchemy import update

from onecopy.audit.event import Event, Kind
from onecopy.catalog import contents, decisions, events, occurrences
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.schema import decision, occurrence
from onecopy.catalog.store import Catalog
from onecopy.records.audited import disagreements
from onecopy.records.deletion import delete

POLICY = "a" * 64


def upload(connection, case, logged=True):
    """What the gate writes of an upload, as far as the two are compared."""
    one = Occurrence(name="n", content="0" * 64, case_id=case, agency="fire")
    number = occurrences.add(connection, one)
    made = Decision(occurrence=number, decision="link", reason="", policy=POLICY, rule="r")
    decisions.add(connection, made)
    event = Event(
        kind=Kind.UPLOAD_LINKED,
        actor="portal",
        agency="fire",
        outcome="link",
        details={"case": case, "rule": "r", "policy": POLICY},
        objects=(("occurrence", one.public_id), ("sha256", "0" * 64)),
    )
    if logged:
        events.append(connection, event)
    return one.public_id


@pytest.fixture
def catalog(catalog_url):
    """A catalog with a few uploads."""
    with Catalog(catalog_url) as catalog:
        with catalog.write() as connection:
            contents.add(connection, "0" * 64, 1)
            for number in range(5):
                upload(connection, str(number))
        yield catalog


def differences(catalog):
    with catalog.read() as connection:
        return list(disagreements(connection))


def test_what_agrees_and_what_does_not(catalog):
    with catalog.write() as connection:  # more than are looked at together
        for number in range(5, 510):
            upload(connection, str(number))
    assert differences(catalog) == []
    with catalog.write() as connection:
        connection.execute(update(occurrence).where(occurrence.c.case_id == "3").values(case_id="x"))
        connection.execute(update(decision).where(decision.c.id == 505).values(decision="store"))
    first, second = differences(catalog)
    assert first.endswith("has the case 'x' in the catalog, and '3' in the log.")
    assert second.endswith("has the decision 'store' in the catalog, and 'link' in the log.")


def test_a_deletion_that_was_logged_and_one_that_was_not(catalog):
    with catalog.write() as connection:
        one, other = occurrences.of_case(connection, "1") + occurrences.of_case(connection, "2")
        delete(connection, one, by="officer")
    assert differences(catalog) == []
    with catalog.write() as connection:
        occurrences.gone(connection, [other.id])
    (said,) = differences(catalog)
    assert (
        said
        == f"Upload {other.public_id} is deleted in one of the log and the catalog, and not in the other."
    )


def test_an_upload_that_nobody_logged(catalog):
    with catalog.write() as connection:
        upload(connection, "secret", logged=False)
    (said,) = differences(catalog)
    assert said == "The log has 5 uploads that were kept, and the catalog 6 decisions on such."
