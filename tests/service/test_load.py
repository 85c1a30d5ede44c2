"""Too much at once: refused with a problem that says when to come again, and nothing accepted is lost."""

import socket
import threading
import time
from contextlib import ExitStack

import httpx
import pytest

from onecopy.service.rate import Rate


@pytest.fixture(scope="module")
def small(make_service):
    return make_service(arguments=("--uploads-at-once", "2")).start()


class Slow:
    """An upload that has begun and does not end until it is told to."""

    HEAD = b'--b\r\nContent-Disposition: form-data; name="case"\r\n\r\nc\r\n'
    FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.bin"\r\n\r\n'

    def __init__(self, service, name):
        self.go, self.response = threading.Event(), None
        self.thread = threading.Thread(target=self.send, args=(service, name))
        before = self.spooled(service)
        self.thread.start()
        while self.spooled(service) == before and self.thread.is_alive():
            time.sleep(0.01)

    @staticmethod
    def spooled(service):
        return len(list(service.folder.glob("vault/spool/*.part")))

    def send(self, service, name):
        def body():
            yield self.HEAD + self.FILE
            assert self.go.wait(60)
            yield name + b"\r\n--b--\r\n"

        with service.client() as client:
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            self.response = client.post("/v1/uploads", content=body(), headers=headers)

    def end(self):
        self.go.set()
        self.thread.join(60)
        return self.response


def test_one_too_many_is_refused_and_those_under_way_are_kept(small):
    slow = [Slow(small, name) for name in (b"one", b"two")]
    form = {"files": {"file": ("x.jpg", bytes(8 << 20))}, "data": {"case": "c"}}
    with small.client() as client:
        for _ in range(5):
            refused = client.post("/v1/uploads", **form)
            assert (refused.status_code, refused.json()["code"]) == (503, "over-capacity")
            assert int(refused.headers["retry-after"]) > 0
        assert Slow.spooled(small) == 2  # nothing of those that were refused was taken in
        assert client.get("/v1/cases/c").status_code == 404  # others are answered
        metrics = client.get("/metrics").text
        assert 'onecopy_refused_total{why="capacity"} 5.0' in metrics
        assert "onecopy_uploads_under_way 2.0" in metrics
        assert [one.end().status_code for one in slow] == [201, 201]
        assert client.post("/v1/uploads", **form).status_code == 201
        kept = client.get("/v1/cases/c").json()["occurrences"]
        assert len(kept) == 3


def test_a_client_that_asks_first_is_not_made_to_send(small):
    with ExitStack() as ending:
        for name in (b"three", b"four"):
            ending.callback(Slow(small, name).end)
        host, port = small.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 30) as connection:
            connection.sendall(
                f"POST /v1/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {small.token}\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 99999999\r\n"
                "Expect: 100-continue\r\n\r\n".encode()
            )
            answer = b""
            while piece := connection.recv(1 << 16):
                answer += piece
    assert answer.startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_token_has_so_many_requests_a_minute(make_service, workers):
    arguments = ("--requests-per-minute", "20", "--workers", workers)
    service = make_service(arguments=arguments).start()
    answers = []
    for _ in range(30):
        with service.client() as client:  # over a new connection: any process may get it
            answers.append(client.get("/v1/cases/c"))
    counts = [answer.status_code for answer in answers]
    assert counts[:20] == [404] * 20
    assert 20 <= counts.count(404) <= 25  # a few more where the test is slow: a third of a second each
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert limited.json()["code"] == "too-many-requests"
    assert 1 <= int(limited.headers["retry-after"]) <= 3
    assert limited.headers["ratelimit-policy"] == '"minute";q=20;w=60'
    assert limited.headers["ratelimit"].startswith('"minute";r=0;t=')
    assert answers[0].headers["ratelimit"].startswith('"minute";r=19;t=')
    assert httpx.get(f"{service.url}/healthz", trust_env=False).status_code == 200


def test_the_bucket_fills_again():
    rate = Rate(":memory:", 60)
    assert [rate.take("a", now=100.0).requests for _ in range(60)] == list(range(59, -1, -1))
    refused = rate.take("a", now=100.0)
    assert (refused.taken, refused.requests, refused.seconds) == (False, 0, 1)
    assert rate.take("b", now=100.0).taken
    assert rate.take("a", now=101.0).taken
    assert not rate.take("a", now=101.0).taken
    assert rate.take("a", now=161.5).requests == 59


def test_no_limit_counts_nothing():
    assert Rate(":memory:", 0).take("a") is None


def test_counts_that_cannot_be_reached_keep_nobody_out(tmp_path):
    rate = Rate(str(tmp_path / "counts.db"), 1)
    rate.close()
    assert rate.take("a") is None


def test_processes_share_the_counts(tmp_path):
    place = str(tmp_path / "counts.db")
    rates = [Rate(place, 100) for _ in range(4)]
    taken = []

    def take(rate):
        taken.extend(left.taken for left in (rate.take("a", now=5.0) for _ in range(50)))

    threads = [threading.Thread(target=take, args=(rate,)) for rate in rates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 100
