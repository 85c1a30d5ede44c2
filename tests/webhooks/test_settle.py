"""What follows from an attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from onecopy.catalog import deliveries, webhooks
from onecopy.catalog.deliveries import State
from onecopy.catalog.store import Catalog
from onecopy.catalog.webhooks import Happened
from onecopy.webhooks.deliver import settle
from onecopy.webhooks.schedule import DELAYS
from onecopy.webhooks.send import Answer


@pytest.fixture
def connection(tmp_path):
    with Catalog(tmp_path / "c.db") as catalog, catalog.write() as connection:
        yield connection


@pytest.fixture
def one(connection):
    return webhooks.create(
        connection, agency="a", url="https://p.example/", kinds=[Happened.UPLOAD_HELD], by="b"
    )[0]


def attempt(connection, one, answer, now):
    (claimed,) = deliveries.claim(connection, now, until=now, most=1, busy={}, each=1)
    settle(connection, claimed, answer, now)
    return deliveries.get(connection, one, claimed.delivery.id)


def test_it_is_tried_to_the_end_of_the_schedule_and_then_the_webhook_is_disabled(connection, one, caplog):
    webhooks.emit(connection, Happened.UPLOAD_HELD, "a", {})
    now = datetime.now(UTC)
    for number, delay in enumerate(DELAYS, start=1):
        found = attempt(connection, one, Answer(status=500, problem="It answered 500."), now)
        assert (found.state, found.attempts, found.problem) == (State.WAITING, number, "It answered 500.")
        assert found.due_at - now >= delay
        now = found.due_at
    found = attempt(connection, one, Answer(problem="It did not answer within 20 seconds."), now)
    assert (found.state, found.attempts, found.status) == (State.FAILED, 10, None)
    assert webhooks.get(connection, one.id, agency=None).disabled_reason == "failing"
    assert f"the webhook {one.id} is told nothing any more (failing)" in caplog.text


def test_one_that_takes_others_stays_enabled(connection, one):
    webhooks.emit(connection, Happened.UPLOAD_HELD, "a", {})
    now = datetime.now(UTC)
    for _ in DELAYS:
        now = attempt(connection, one, Answer(status=500, problem="It answered 500."), now).due_at
    webhooks.emit(connection, Happened.UPLOAD_HELD, "a", {})
    claimed = deliveries.claim(connection, now, until=now, most=2, busy={}, each=2)
    second, first = sorted(claimed, key=lambda each: each.delivery.attempts)
    settle(connection, second, Answer(status=204), now)
    settle(connection, first, Answer(status=500, problem="It answered 500."), now)
    assert deliveries.get(connection, one, first.delivery.id).state is State.FAILED
    found = webhooks.get(connection, one.id, agency=None)
    assert (found.disabled_at, found.delivered_at) == (None, now)


def test_one_that_is_gone_is_disabled_at_once(connection, one, caplog):
    for _ in range(2):
        webhooks.emit(connection, Happened.UPLOAD_HELD, "a", {})
    now = datetime.now(UTC)
    found = attempt(connection, one, Answer(status=410, problem="It answered 410."), now)
    assert (found.state, found.status) == (State.FAILED, 410)
    assert webhooks.get(connection, one.id, agency=None).disabled_reason == "gone"
    assert "told nothing any more (gone)" in caplog.text
    assert deliveries.claim(connection, now + timedelta(days=9), until=now, most=9, busy={}, each=9) == []


@pytest.mark.parametrize("status", [429, 503])
def test_one_that_has_too_much_to_do_is_left_alone(connection, one, status):
    for _ in range(2):
        webhooks.emit(connection, Happened.UPLOAD_HELD, "a", {})
    now = datetime.now(UTC)
    answer = Answer(status=status, problem="Busy.", asked=timedelta(minutes=10))
    assert attempt(connection, one, answer, now).due_at >= now + timedelta(minutes=10)
    later = now + timedelta(minutes=9)
    assert deliveries.claim(connection, later, until=later, most=9, busy={}, each=9) == []
    later = now + timedelta(minutes=20)
    assert len(deliveries.claim(connection, later, until=later, most=9, busy={}, each=9)) == 2
