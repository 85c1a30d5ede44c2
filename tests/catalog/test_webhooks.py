"""Webhooks and their deliveries, on every database."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from onecopy.catalog import deliveries, events, webhooks
from onecopy.catalog.deliveries import FAR, State
from onecopy.catalog.webhooks import BOTH, Disabled, Happened
from onecopy.errors import UsageError

HELD = Happened.UPLOAD_HELD
URL = "https://portal.example/"


def now():
    return datetime.now(UTC)


@pytest.fixture
def writing(catalog):
    with catalog.write([webhooks.SCOPE]) as connection:
        yield connection


def make(connection, agency="fire", kinds=(HELD,)):
    return webhooks.create(connection, agency=agency, url=URL, kinds=kinds, by="somebody")[0]


def claim(connection, at=None, *, seconds=30, most=10, busy=None, each=10):
    at = at or now()
    until = at + timedelta(seconds=seconds)
    return deliveries.claim(connection, at, until=until, most=most, busy=busy or {}, each=each)


def test_an_agencys_webhooks_hear_of_what_they_want(writing):
    one, both = make(writing), make(writing, kinds=(HELD, Happened.REVIEW_DECIDED))
    theirs = make(writing, agency="parks")
    webhooks.emit(writing, HELD, "fire", {"case": "c", "occurrence": "o"})
    webhooks.emit(writing, Happened.REVIEW_DECIDED, "fire", {"case": "d"})
    webhooks.emit(writing, Happened.UPLOAD_STORED, "fire", {"case": "e"})
    assert [len(deliveries.listed(writing, each, limit=9)) for each in (one, both, theirs)] == [1, 2, 0]
    (held,) = deliveries.listed(writing, one, limit=9)
    said = json.loads(held.body)
    assert (said["type"], said["data"]) == ("upload.held", {"case": "c", "occurrence": "o"})
    assert held.id in {other.id for other in deliveries.listed(writing, both, limit=9)}  # one event, one id
    assert held.id.startswith("msg_")


def test_what_is_not_committed_is_not_told(catalog):
    with catalog.write([webhooks.SCOPE]) as connection:
        one = make(connection)
    with contextlib.suppress(ZeroDivisionError), catalog.write() as connection:
        webhooks.emit(connection, HELD, "fire", {})
        raise ZeroDivisionError
    with catalog.read() as connection:
        assert deliveries.listed(connection, one, limit=9) == []


def test_what_is_claimed_is_nobody_elses_until_the_claim_runs_out(writing):
    make(writing)
    assert not deliveries.any_due(writing, now())
    webhooks.emit(writing, HELD, "fire", {})
    assert deliveries.any_due(writing, now())
    (first,) = claim(writing)
    assert (claim(writing), deliveries.any_due(writing, now())) == ([], False)
    later = now() + timedelta(seconds=31)
    assert [one.delivery.id for one in claim(writing, later)] == [first.delivery.id]
    deliveries.release(writing, first.delivery)
    assert len(claim(writing)) == 1
    deliveries.delivered(writing, first.delivery, now(), 204)
    assert not deliveries.any_due(writing, later + timedelta(hours=1))
    # One whose claim ran out is late with its failure: the other's success stands.
    deliveries.missed(writing, first.delivery, now(), again=now(), status=500, problem="It answered 500.")
    found = deliveries.get(writing, webhooks.listed(writing, agency=None)[0], first.delivery.id)
    assert (found.state, found.status, found.attempts) == (State.DELIVERED, 204, 1)


def test_a_slow_receiver_does_not_take_all_places(writing):
    slow, quick = make(writing), make(writing)
    for _ in range(5):
        webhooks.emit(writing, HELD, "fire", {})
    busy = {slow.id: 3}
    found = [one.delivery.webhook for one in claim(writing, most=6, busy=busy, each=4)]
    assert (found.count(slow.id), found.count(quick.id)) == (1, 4)
    assert claim(writing, most=0) == []


def test_times_that_a_wrong_clock_set_count_as_past(writing):
    one = make(writing)
    webhooks.emit(writing, HELD, "fire", {})
    ahead = now() + timedelta(days=365)
    (wrong,) = claim(writing, ahead)  # claimed by a machine whose clock was a year ahead, which then died
    assert len(claim(writing)) == 1
    deliveries.missed(writing, wrong.delivery, ahead, again=ahead, status=None, problem="It timed out.")
    deliveries.rest(writing, one.id, ahead)
    assert deliveries.any_due(writing, now())
    assert len(claim(writing)) == 1
    deliveries.rest(writing, one.id, now() + FAR / 2)  # a pause that may be meant
    deliveries.release(writing, wrong.delivery)
    assert not deliveries.any_due(writing, now())
    assert claim(writing) == []


def test_who_is_disabled_or_deleted_is_told_nothing(writing):
    one, other = make(writing), make(writing)
    webhooks.emit(writing, HELD, "fire", {})
    assert webhooks.disable(writing, one, Disabled.GONE, by="webhook delivery")
    assert not webhooks.disable(writing, one, Disabled.FAILING, by="webhook delivery")
    webhooks.delete(writing, other, by="somebody")
    assert deliveries.any_due(writing, now())  # there is something to drop
    assert claim(writing) == []
    assert not deliveries.any_due(writing, now())
    assert [each.state for each in deliveries.listed(writing, one, limit=9)] == [State.DROPPED]
    webhooks.emit(writing, HELD, "fire", {})
    assert len(deliveries.listed(writing, one, limit=9)) == 1
    (left,) = webhooks.listed(writing, agency="fire")
    assert (left.id, left.disabled_reason) == (one.id, "gone")
    assert webhooks.get(writing, other.id, agency=None) is None
    webhooks.enable(writing, left, by="somebody")
    (dropped,) = deliveries.listed(writing, one, limit=9, states=[State.DROPPED])
    deliveries.again(writing, dropped, now())
    assert [each.delivery.id for each in claim(writing)] == [dropped.id]
    kinds = [
        json.loads(line)["eventDetail"]
        for _, line in events.lines(writing, agency="fire", after=-1, limit=99)
    ]
    assert [kind for kind in kinds if kind.startswith("webhook.")] == [
        *["webhook.created"] * 2,
        "webhook.disabled",
        "webhook.deleted",
        "webhook.enabled",
    ]


def test_both_secrets_sign_for_a_while(writing):
    one, first = webhooks.create(writing, agency="fire", url=URL, kinds=[HELD], by="somebody")
    second = webhooks.rotate(writing, one, by="somebody")
    webhooks.emit(writing, HELD, "fire", {})
    (claimed,) = claim(writing)
    assert claimed.secrets == (second, first)
    (claimed,) = claim(writing, now() + BOTH + timedelta(minutes=1))
    assert claimed.secrets == (second,)
    said = str(events.lines(writing, agency="fire", after=-1, limit=99))
    assert "webhook.secret-rotated" in said
    assert "whsec" not in said


def test_deliveries_come_in_portions_newest_first_and_are_forgotten(writing):
    one = make(writing)
    for number in range(7):
        webhooks.emit(writing, HELD, "fire", {"number": number})
    found, before = [], None
    while page := deliveries.listed(writing, one, limit=3, before=before):
        found += [json.loads(each.body)["data"]["number"] for each in page]
        before = page[-1].id
    assert found == [6, 5, 4, 3, 2, 1, 0]
    for each in claim(writing)[:4]:
        deliveries.delivered(writing, each.delivery, now(), 204)
    assert deliveries.forget(writing, now() + timedelta(days=29)) == 0
    assert deliveries.forget(writing, now() + timedelta(days=31)) == 4
    assert {each.state for each in deliveries.listed(writing, one, limit=9)} == {State.WAITING}


def test_an_agency_has_so_many_and_no_more(writing):
    for _ in range(webhooks.MOST):
        make(writing)
    with pytest.raises(UsageError) as refused:
        make(writing)
    assert refused.value.code == "too-many-webhooks"
    make(writing, agency="parks")
