"""``onecopy.client`` with a real service, also where the way to it is bad."""

import asyncio
import hashlib
import io
import time
from datetime import UTC, datetime

import apart
import httpx
import pytest

from onecopy.client import (
    ApiError,
    AsyncClient,
    Client,
    NotVerifiedError,
    RejectedError,
    UnreachableError,
    verify_webhook,
)
from onecopy.client import client as module
from onecopy.errors import UsageError
from onecopy.webhooks.signing import signed

WHEN = datetime(2026, 5, 3, 16, 12, 44, tzinfo=UTC)


class Way(httpx.BaseTransport):
    """The way to the service, on which things happen: one for each request, in order."""

    def __init__(self, *happens):
        self.happens, self.sent = list(happens), []
        self.real = httpx.HTTPTransport()

    def handle_request(self, request):
        happens = self.happens.pop(0) if self.happens else None
        self.sent.append(request.headers.get("idempotency-key"))
        if isinstance(happens, httpx.Response):
            request.read()
            return happens
        response = self.real.handle_request(request)
        if happens == "lost":
            response.read()  # it arrived and was done; the reply did not come back
            raise httpx.ReadError("lost")
        return response

    def close(self):
        self.real.close()


@pytest.fixture
def waits(monkeypatch):
    """How long the client waited, without waiting."""
    found = []
    monkeypatch.setattr(module.time, "sleep", found.append)
    return found


@pytest.fixture
def connect(service):
    made = []

    def connect(*happens, **how):
        way = Way(*happens)
        made.append(Client(service.url, service.token, transport=way, **how))
        return made[-1], way

    yield connect
    for client in made:
        client.close()


def test_an_upload_from_first_to_last(connect, encode, photo, case, tmp_path):
    client, _ = connect()
    path = tmp_path / "front.jpg"
    path.write_bytes(encode(photo(3), 83))
    asked = client.check_digest(hashlib.sha256(path.read_bytes()).hexdigest(), case=case)
    assert asked.needs_bytes
    assert client.check(str(path), case=case).decision == "store"
    stored = client.upload(
        path,
        case=case,
        source="portal",
        category="site-photo",
        captured_at=WHEN,
        metadata={"inspector": "Kim"},
    )
    assert (stored.decision, stored.occurrence.name, len(stored.images)) == ("store", "front.jpg", 1)
    assert (stored.images[0].width, stored.images[0].format) == (640, "jpeg")
    linked = client.upload(io.BytesIO(path.read_bytes()), case=case, name="again.jpg")
    assert (linked.decision, linked.matches[0].relation) == ("link", "same-bytes")
    assert linked.matches[0].occurrence.id == stored.occurrence.id
    known = client.check(path, case=case)  # its digest is enough now
    assert (known.decision, known.needs_bytes) == ("link", False)

    one = client.occurrence(stored.occurrence.id)
    assert (one.captured_at, one.metadata, one.source) == (WHEN, {"inspector": "Kim"}, "portal")
    assert client.content(one.id) == path.read_bytes()
    assert client.download(one.id, tmp_path) == tmp_path / one.id
    assert (tmp_path / one.id).read_bytes() == path.read_bytes()
    assert [each.name for each in client.case(case).occurrences] == ["front.jpg", "again.jpg"]
    found = list(client.occurrences(case=case, limit=1, metadata={"inspector": "Kim"}))
    assert [each.id for each in found] == [one.id]
    assert len(list(client.occurrences(case=case, limit=1, since=one.received_at))) == 2
    assert case in {each.case for each in client.cases(prefix=case[:20])}
    assert client.matches(linked.occurrence.id).images[0].matches
    client.delete(linked.occurrence.id)
    with pytest.raises(ApiError) as gone:
        client.occurrence(linked.occurrence.id)
    assert (gone.value.status, gone.value.code) == (404, "not-found")
    assert gone.value.message.endswith(".")


def test_a_lost_reply_is_asked_for_again_and_nothing_is_stored_twice(connect, encode, photo, case, waits):
    client, way = connect("lost", "lost")
    reply = client.upload(encode(photo(4), 84), case=case, name="a.jpg")
    assert reply.decision == "store"  # as it was answered first, not linked to itself
    assert len(way.sent) == 3
    assert len(set(way.sent)) == 1
    assert len(client.case(case).occurrences) == 1
    assert len(waits) == 2


def test_a_key_of_the_callers_own_holds_over_restarts(connect, case):
    for _ in range(2):
        client, _ = connect()
        assert client.upload(b"bytes of a file", case=case, idempotency_key=f"{case}-7").decision == "store"


def test_a_busy_service_is_left_alone_as_long_as_it_asks(connect, case, waits):
    busy = [
        httpx.Response(503, headers={"Retry-After": "7"}, json={"code": "over-capacity", "detail": "Busy."}),
        httpx.Response(429, headers={"Retry-After": "9999"}, json={"code": "x", "detail": "Busy."}),
        httpx.Response(503, text="a proxy"),
    ]
    client, _ = connect(*busy)
    assert client.upload(b"busy", case=case).decision == "store"
    assert waits[:2] == [7.0, 60.0]
    assert 0 < waits[2] < 5
    client, way = connect(*[httpx.Response(503, text="a proxy")] * 9, attempts=3)
    with pytest.raises(ApiError) as refused:
        client.upload(b"busy", case=case)
    assert (refused.value.status, refused.value.code, len(way.sent)) == (503, "http-error", 3)


def test_what_may_not_be_sent_twice_is_not(connect, waits):
    client, way = connect("lost")
    with pytest.raises(UnreachableError, match="cannot be reached"):
        client.create_import(b"file,case\na,c\n")
    assert (len(way.sent), waits) == (1, [])


def test_nobody_there(waits):
    with (
        Client("http://127.0.0.1:9", "token", attempts=2) as client,
        pytest.raises(UnreachableError) as nobody,
    ):
        client.upload(b"x", case="c")
    assert nobody.value.code == "unreachable"
    assert len(waits) == 1


def test_what_cannot_be_an_address_or_a_token_is_said_at_once():
    for url, token in (("127.0.0.1:8420", "token"), ("http://127.0.0.1:8420", ""), ("http://x", "a\nb")):
        with pytest.raises(UsageError, match=r"address|token"):
            Client(url, token)
    Client("http://127.0.0.1:8420", "read-from-a-file\n").close()


def test_a_rejection_says_with_what_it_has_to_do(connect):
    said = {"code": "rejected", "detail": "We hold it.", "matches": [], "occurrence": {}}
    said["occurrence"] = {"id": None, "case": "c", "name": "n", "sha256": "0" * 64}
    client, _ = connect(httpx.Response(409, json=said))
    with pytest.raises(RejectedError) as refused:
        client.upload(b"x", case="c")
    assert (refused.value.reply.decision, refused.value.reply.reason) == ("reject", "We hold it.")


def test_problems_are_raised_with_their_code(connect):
    client, _ = connect()
    with pytest.raises(ApiError) as refused:
        client.upload(b"x", case="two\nlines")
    assert (refused.value.status, refused.value.code) == (422, "bad-context")
    assert str(refused.value).startswith("bad-context: The field 'case'")
    with pytest.raises(ApiError) as refused:
        client.create_webhook("https://10.0.0.1/")
    assert refused.value.code == "bad-target"
    assert client.webhooks() == ()


def test_imports(make_service, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "m.jsonl").write_text('{"file": "a.txt"}\n{"file": "b.txt"}\n')
    service = make_service(environment={"ONECOPY_IMPORT_FOLDERS": str(tmp_path)}).start()
    with Client(service.url, service.token) as client:
        one = client.create_import(tmp_path / "m.jsonl", defaults={"case": "c"})
        assert (one.name, one.rows) == ("m.jsonl", 2)
        end = time.monotonic() + 120
        while client.get_import(one.id).state != "done":
            assert time.monotonic() < end
            time.sleep(0.1)
        assert client.get_import(one.id).progress.decisions == {"store": 1}
        assert [(row.file, row.code) for row in client.import_rows(one.id, states=["problem"])] == [
            ("b.txt", "vanished")
        ]
        assert [each.id for each in client.imports()] == [one.id]
        assert client.retry_import(one.id).state == "running"
    service.stop()


def test_awaited(service, case):
    async def both():
        async with AsyncClient(service.url, service.token) as client:
            replies = await asyncio.gather(*(client.upload(bytes([n]) * 9, case=case) for n in range(3)))
            found = [one.id async for one in client.occurrences(case=case)]
            return {reply.occurrence.id for reply in replies}, set(found)

    sent, found = apart.run(both())
    assert sent == found


def test_messages_are_verified():
    secret = "whsec_" + "A" * 44
    body = '{"type":"upload.held","timestamp":"2026-05-03T16:12:44.000000Z","data":{"case":"c"}}'
    headers = signed("msg_1", int(time.time()), body, [secret])
    message = verify_webhook(headers, body.encode(), secret)
    assert (message.id, message.type, message.timestamp, message.data) == (
        "msg_1",
        "upload.held",
        WHEN,
        {"case": "c"},
    )
    for bad in (body.encode() + b" ", b"[]"):
        with pytest.raises(NotVerifiedError):
            verify_webhook(headers, bad, secret)
    odd = signed("msg_1", int(time.time()), "[]", [secret])
    with pytest.raises(NotVerifiedError, match="cannot be read"):
        verify_webhook(odd, b"[]", secret)
