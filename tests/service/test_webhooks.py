"""Webhooks of a real service, told to a real receiver, whatever happens to either."""

import contextlib
import signal
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import receiver as receivers

from onecopy.catalog import deliveries, webhooks
from onecopy.catalog.store import Catalog

HERE = {"ONECOPY_WEBHOOK_ALLOW": "127.0.0.1", "ONECOPY_WEBHOOK_SECONDS": "1"}


@pytest.fixture
def receiver(tmp_path):
    with receivers.running(tmp_path) as receiver:
        yield receiver


def subscribe(client, receiver, path, **more):
    reply = client.post("/v1/webhooks", json={"url": receiver.url(path)} | more)
    assert reply.status_code == 201, reply.text
    receiver.trust(reply.json()["secret"], path)
    return reply.json()


def upload(client, data, case="c", **fields):
    return client.post("/v1/uploads", files={"file": ("a.jpg", data)}, data={"case": case} | fields)


def state(client, hook, message):
    """How far a message is, once that is settled or it was tried."""
    end = time.monotonic() + 120
    while True:
        found = client.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["deliveries"]
        (one,) = [each for each in found if each["id"] == message]
        if one["attempts"] or one["state"] != "waiting":
            return one
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def city(request, make_service):
    """Two processes that share the work."""
    arguments = ("--workers", "2")
    with contextlib.ExitStack() as made:
        if request.param == "postgresql":
            import psycopg

            server, name = request.getfixturevalue("postgres_server"), f"onecopy_test_{uuid.uuid4().hex}"
            admin = made.enter_context(psycopg.connect(f"{server}/postgres", autocommit=True))
            admin.execute(f"CREATE DATABASE {name}")
            made.callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
            arguments += ("--catalog", f"{server}/{name}")
        service = make_service(environment=HERE, arguments=arguments).start()
        yield service
        service.stop()
        assert "Traceback" not in service.errors()


def test_each_upload_is_told_once_signed_and_thin(city, receiver, encode, photo):
    with city.client() as client:
        hook = subscribe(client, receiver, "/ok", agency="fire")
        subscribe(client, receiver, "/other", agency="parks")
        data = encode(photo(), 91)
        replies = [upload(client, data, agency="fire").json() for _ in range(6)]
        assert [reply["decision"] for reply in replies] == ["store"] + ["link"] * 5
        told = receiver.wait(6)
        time.sleep(1.5)  # both processes look once a second
        assert len(receiver.told()) == 6
        assert all(one["verified"] and one["path"] == "/ok" for one in told)
        assert len({one["id"] for one in told}) == 6
        bodies = {one["body"]["data"]["occurrence"]: one["body"] for one in told}
        for reply in replies:
            body = bodies[reply["occurrence"]["id"]]
            assert body["type"] == f"upload.{'stored' if reply['decision'] == 'store' else 'linked'}"
            assert body["data"] == {
                "occurrence": reply["occurrence"]["id"],
                "case": "c",
                "sha256": reply["occurrence"]["sha256"],
                "decision": reply["decision"],
                "relation": None if reply["decision"] == "store" else "same-bytes",
            }
        assert state(client, hook, told[0]["id"])["state"] == "delivered"
        assert client.get(f"/v1/webhooks/{hook['id']}").json()["delivered_at"]


def test_only_the_events_that_were_asked_for(city, receiver, encode, photo):
    with city.client() as client:
        subscribe(client, receiver, "/ok", agency="held", events=["upload.held"])
        stored = upload(client, encode(photo(1), 91), agency="held").json()
        crop = photo(1).crop((20, 20, 520, 420))
        held = upload(client, encode(crop, 91), agency="held").json()
        assert (stored["decision"], held["decision"]) == ("store", "hold")
        (told,) = receiver.wait(1)
        assert told["body"]["type"] == "upload.held"
        assert told["body"]["data"]["occurrence"] == held["occurrence"]["id"]
        assert told["body"]["data"]["relation"] == held["matches"][0]["relation"]


def test_secrets_change_over_and_deliveries_can_be_sent_again(city, receiver):
    with city.client() as client:
        hook = subscribe(client, receiver, "/ok", agency="rotation")
        new = client.post(f"/v1/webhooks/{hook['id']}/secret").json()["secret"]
        assert new != hook["secret"]
        for number, secret in enumerate((hook["secret"], new), start=1):
            receiver.trust(secret)
            ping = client.post(f"/v1/webhooks/{hook['id']}/ping").json()
            (*_, told) = receiver.wait(number)
            assert (told["id"], told["verified"]) == (ping["id"], True)
            assert told["body"]["type"] == "webhook.ping"
        assert state(client, hook, ping["id"])["state"] == "delivered"
        again = client.post(f"/v1/webhooks/{hook['id']}/deliveries/{ping['id']}/redeliver")
        assert (again.status_code, again.json()["state"]) == (202, "waiting")
        assert receiver.wait(3)[-1]["id"] == ping["id"]
        listed = client.get("/v1/webhooks").text
        assert "whsec_" not in listed
        assert client.delete(f"/v1/webhooks/{hook['id']}").status_code == 204
        assert client.get(f"/v1/webhooks/{hook['id']}").status_code == 404


@pytest.mark.slow
def test_who_fails_is_tried_again_who_is_gone_is_not_and_nobody_holds_up_the_others(city, receiver):
    with city.client() as client:
        hooks = {
            how: subscribe(client, receiver, f"/{how}/x", agency="faults")
            for how in ("slow", "fail-once", "gone", "move", "ok")
        }
        begun = time.monotonic()
        upload(client, b"x", agency="faults")
        receiver.wait(1, "/ok")
        receiver.wait(2, "/fail-once")  # five seconds later
        assert time.monotonic() - begun >= 5
        first, second = receiver.told("/fail-once")
        assert first["id"] == second["id"]
        assert int(second["headers"]["webhook-timestamp"]) - int(first["headers"]["webhook-timestamp"]) >= 4
        found = {how: state(client, hook, first["id"]) for how, hook in hooks.items()}
        assert (found["gone"]["state"], found["gone"]["status"]) == ("failed", 410)
        assert (found["slow"]["state"], found["slow"]["problem"]) == (
            "waiting",
            "It did not answer within 1 seconds.",
        )
        assert found["move"]["problem"].startswith("It answered 302: redirects are not followed.")
        gone = hooks["gone"]["id"]
        assert client.get(f"/v1/webhooks/{gone}").json()["disabled_reason"] == "gone"
        refused = client.post(f"/v1/webhooks/{gone}/ping")
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook-disabled")
        assert client.post(f"/v1/webhooks/{gone}/enable").json()["disabled_at"] is None
        assert len(receiver.told("/gone")) == 1


@pytest.mark.slow
def test_killed_between_the_commit_and_the_telling_and_while_telling(make_service, receiver):
    service = make_service(environment=HERE).start()
    with service.client() as client:
        hook = subscribe(client, receiver, "/ok")
        sent = {upload(client, bytes([n])).json()["occurrence"]["id"] for n in range(8)}
        receiver.wait(2)
        service.process.send_signal(signal.SIGSTOP)
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write([webhooks.SCOPE]) as connection:
        # As a process leaves it that is killed after a commit, and one that is killed while it sends.
        one = webhooks.get(connection, hook["id"], agency=None)
        for what in ("late", "twice"):
            webhooks.queue(connection, "upload.stored", {"occurrence": what}, [one.id])
        now = datetime.now(UTC)
        deliveries.claim(connection, now, until=now + timedelta(seconds=9), most=1, busy={}, each=1)
    service.stop(signal.SIGKILL)
    service.start()
    end = time.monotonic() + 120  # claims of the dead hold for eleven seconds
    while {one["body"]["data"]["occurrence"] for one in receiver.told()} != {*sent, "late", "twice"}:
        assert time.monotonic() < end
        time.sleep(0.1)
    ids = [one["id"] for one in receiver.told()]
    assert len(set(ids)) == 10
    assert all(one["verified"] for one in receiver.told())
    service.stop()
