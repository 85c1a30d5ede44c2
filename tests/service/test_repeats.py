"""``Idempotency-Key``: a request that comes again is given its first answer, whatever happened between."""

import contextlib
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture
def send_keyed(anywhere, case):
    """Uploads under a key: ``send_keyed(data, key, field=…)``."""

    def send_keyed(data, key=KEY, name="a.bin", token=None, **fields):
        with anywhere.client(token) as client:
            return client.post(
                "/v1/uploads",
                files={"file": (name, data)},
                data={"case": case} | fields,
                headers={"Idempotency-Key": f"{case} {key}"},
            )

    return send_keyed


def held(anywhere, case):
    with anywhere.client() as client:
        reply = client.get("/v1/occurrences", params={"case": case})
        assert reply.status_code == 200
        return reply.json()["occurrences"]


def same(first, again):
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("location", "content-type"):
        assert again.headers.get(name) == first.headers.get(name)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_the_first_answer_is_given_again(send_keyed, anywhere, case, encode, photo):
    first = send_keyed(encode(photo(), 81))
    assert first.status_code == 201
    other = send_keyed(encode(photo(), 81), "another key")
    assert other.json()["decision"] == "link"
    for _ in range(2):
        same(first, send_keyed(encode(photo(), 81)))
    assert len(held(anywhere, case)) == 2


def test_quotes_around_a_key_are_no_part_of_it(send_keyed, anywhere, case):
    first = send_keyed(b"quoted")
    with anywhere.client() as client:
        again = client.post(
            f"/v1/uploads?case={case}&name=a.bin",
            content=b"quoted",
            headers={"Idempotency-Key": f'"{case} {KEY}"', "Content-Type": "application/octet-stream"},
        )
    same(first, again)


@pytest.mark.parametrize(
    "other", [{"data": b"other bytes"}, {"name": "b.bin"}, {"source": "e-mail"}, {"metadata": '{"a": 1}'}]
)
def test_a_key_of_another_request_is_refused(send_keyed, anywhere, case, other):
    send_keyed(b"bytes")
    refused = send_keyed(**({"data": b"bytes"} | other))
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-mismatch")
    assert len(held(anywhere, case)) == 1


def test_a_request_that_failed_may_be_mended(send_keyed, anywhere, case):
    data = case.encode()
    assert send_keyed(data, source="s" * 300).status_code == 422
    assert send_keyed(data).status_code == 201


def test_keys_of_two_callers_do_not_meet(send_keyed, anywhere, case):
    with anywhere.client() as client:
        wanted = {"name": f"portal {case}", "role": "uploader", "agency": ""}
        token = client.post("/v1/tokens", json=wanted).json()["token"]
    first = send_keyed(b"theirs", agency="")
    second = send_keyed(b"theirs, too", token=token)
    assert (first.status_code, second.status_code) == (201, 201)


@pytest.mark.parametrize("key", ["", "k" * 256, "ü", '""'])
def test_keys_that_are_none(client, case, key):
    headers = {"Idempotency-Key": key.encode()}
    reply = client.post("/v1/uploads", files={"file": b"x"}, data={"case": case}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-idempotency-key")


@pytest.fixture(params=["city_service", "two processes"])
def crowd(request, make_service):
    if request.param == "city_service":
        return request.getfixturevalue(request.param)
    return make_service(arguments=("--workers", "2")).start()


def test_many_at_once_are_one(crowd, case, encode, photo):
    data = encode(photo(1), 83)

    def send(_):
        with crowd.client() as client:
            how = {"files": {"file": ("a.jpg", data)}, "headers": {"Idempotency-Key": case}}
            return client.post("/v1/uploads", data={"case": case}, **how)

    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(send, range(8)))
    done = [reply for reply in replies if reply.is_success]
    waiting = [reply for reply in replies if not reply.is_success]
    assert done
    assert len({(reply.status_code, reply.content) for reply in done}) == 1
    for reply in waiting:
        assert (reply.status_code, reply.json()["code"]) == (409, "idempotency-in-progress")
        assert 0 < int(reply.headers["retry-after"]) <= 15
    assert len(held(crowd, case)) == 1


LOST = """
import os
from onecopy.service import repeats
repeats.as_response = lambda *_: os._exit(9)  # committed, and nothing said yet
"""


@pytest.fixture
def request_of(encode, photo):
    """The same upload, under the same key, however often it is sent."""
    return lambda number, key: {
        "files": {"file": ("a.jpg", encode(photo(number), 84))},
        "data": {"case": f"killed {number}"},
        "headers": {"Idempotency-Key": key},
    }


def test_an_answer_that_was_lost_after_the_commit_is_given_again(make_service, request_of):
    service = make_service(before=LOST).start()
    with service.client() as client, pytest.raises(httpx.HTTPError):
        client.post("/v1/uploads", **request_of(0, KEY))
    assert service.stop(None) == 9
    service.before = ""
    service.start()
    with service.client() as client:
        (one,) = client.get("/v1/occurrences").json()["occurrences"]
        replies = [client.post("/v1/uploads", **request_of(0, KEY)) for _ in range(2)]
        assert [one] == client.get("/v1/occurrences").json()["occurrences"]
    for reply in replies:
        assert (reply.status_code, reply.json()["occurrence"]["id"]) == (201, one["id"])
        assert reply.headers["location"] == f"/v1/occurrences/{one['id']}"
        assert reply.headers["idempotency-replayed"] == "true"


@pytest.mark.slow
def test_killed_at_any_moment_an_upload_is_kept_once_and_answered(make_service, request_of):
    service = make_service(arguments=("--workers", "2"))
    for number, delay in enumerate((0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4)):
        service.start()
        request = request_of(number, f"round {number}")
        lost = threading.Thread(target=_send_and_forget, args=(service, request))
        lost.start()
        _wait_until_begun(service, number)
        time.sleep(delay)
        service.stop(signal.SIGKILL)
        lost.join(60)
        service.start()
        asked = {"params": {"case": f"killed {number}"}}
        with service.client() as client:
            before = client.get("/v1/occurrences", **asked).json()["occurrences"]
            while (reply := client.post("/v1/uploads", **request)).status_code == 409:
                time.sleep(min(1.0, int(reply.headers["retry-after"])))
            assert reply.is_success
            assert ("idempotency-replayed" in reply.headers) == bool(before)
            (one,) = client.get("/v1/occurrences", **asked).json()["occurrences"]
        assert one["id"] == reply.json()["occurrence"]["id"]
        service.stop()


def _send_and_forget(service, request):
    with contextlib.suppress(httpx.HTTPError), service.client() as client:
        client.post("/v1/uploads", **request)


def _wait_until_begun(service, round_):
    """Until the request is known under its key, which is when it is looked at."""
    with contextlib.closing(sqlite3.connect(service.folder / "catalog.db")) as catalog:
        while not catalog.execute("SELECT 1 FROM idempotency WHERE key = ?", [f"round {round_}"]).fetchone():
            time.sleep(0.005)
