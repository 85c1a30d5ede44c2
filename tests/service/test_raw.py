"""Uploads whose body is the file itself, and digests that are said with them."""

import hashlib
import json
import socket
import time
from base64 import b64encode

import pytest

TAKEN = "2026-05-03T09:12:44-07:00"


def digest(data, algorithm="sha-256"):
    return f"{algorithm}=:{b64encode(hashlib.sha256(data).digest()).decode()}:"


@pytest.fixture
def send_raw(client, case):
    """Uploads a body as it is: ``send_raw(data, {header: value}, to="checks", field=…)``."""

    def send_raw(data, headers=None, /, to="uploads", **fields):
        headers = {"Content-Type": "image/jpeg"} | (headers or {})
        return client.post(f"/v1/{to}", content=data, headers=headers, params={"case": case} | fields)

    return send_raw


def test_file_alone_is_as_a_form(send_raw, send, client, case, encode, photo):
    data = encode(photo(), 61)
    fields = {"agency": "raw", "source": "portal", "category": "site-photo", "name": "front & back.jpg"}
    about = {"captured_at": TAKEN, "metadata": json.dumps({"inspector": "Kim"})}
    first = send_raw(data, **fields, **about)
    assert first.status_code == 201, first.text
    again = send(data, **fields, **about).json()
    assert again["matches"][0]["occurrence"] == first.json()["occurrence"]
    raw, form = (
        client.get(f"/v1/occurrences/{one['occurrence']['id']}").json() for one in (first.json(), again)
    )
    assert raw["metadata"] == {"inspector": "Kim"}
    assert raw["captured_at"] == "2026-05-03T16:12:44Z"
    for name in (
        "case",
        "name",
        "sha256",
        "agency",
        "source",
        "category",
        "bytes",
        "captured_at",
        "metadata",
    ):
        assert raw[name] == form[name]
    checked = send_raw(data, to="checks", **fields).json()
    assert (checked["decision"], checked["occurrence"]["id"]) == ("link", None)


@pytest.mark.parametrize(
    "kind", ["image/png", "application/pdf", "application/zip", "application/octet-stream"]
)
def test_kinds_of_files(send_raw, kind):
    assert send_raw(kind.encode(), {"Content-Type": kind}).status_code == 201


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="front door.jpg"', "front door.jpg"),
        ("attachment; filename=front.jpg", "front.jpg"),
        (
            "attachment; filename=\"_.jpg\"; filename*=UTF-8''%C3%BCbersicht%20%221%22.jpg",
            'übersicht "1".jpg',
        ),
        ("attachment; filename*=iso-8859-1'en'%A3%20rates.jpg", "£ rates.jpg"),
        ('attachment; filename="übersicht.jpg"', "übersicht.jpg"),
        ('inline; filename="C:\\fakepath\\a.jpg"', "a.jpg"),
        ('attachment; filename="../../etc/a.jpg"', "a.jpg"),
        ('attachment; filename="a \\"b\\".jpg"', 'a "b".jpg'),
        ("attachment; filename*=UTF-16''a; filename=b.jpg", "b.jpg"),
        ("attachment", "unnamed"),
        ("nonsense;;;=", "unnamed"),
    ],
)
def test_the_header_names_the_file(send_raw, header, name):
    headers = {"Content-Disposition": header.encode()}
    assert send_raw(b"named", headers).json()["occurrence"]["name"] == name
    assert send_raw(b"named", headers, name="mine.jpg").json()["occurrence"]["name"] == "mine.jpg"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "no-case"),
        ("?case=", 422, "bad-context"),
        ("?case=c&case=d", 422, "repeated-field"),
        ("?case=c&agancy=fire", 422, "unknown-field"),
        ("?case=c&captured_at=yesterday", 422, "bad-context"),
        ("?case=c&captured_at=2026-05-03T09:12:44", 422, "bad-context"),
        ("?case=c&metadata=[]", 422, "bad-context"),
        ('?case=c&metadata={"a":"%5Cu0000"}', 422, "bad-context"),
    ],
)
def test_fields_that_do_not_fit(client, query, status, code):
    reply = client.post(f"/v1/uploads{query}", content=b"x", headers={"Content-Type": "image/jpeg"})
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_what_could_be_misread_is_refused(client, send):
    squeezed = {"Content-Type": "image/jpeg", "Content-Encoding": "gzip"}
    reply = client.post("/v1/uploads?case=c", content=b"x", headers=squeezed)
    assert (reply.status_code, reply.json()["code"]) == (415, "encoded-body")
    reply = client.post("/v1/uploads?agency=fire", files={"file": b"x"}, data={"case": "c"})
    assert (reply.status_code, reply.json()["code"]) == (422, "unknown-field")


def test_file_that_is_what_its_digest_says(send_raw, client, case):
    data = b"said before"
    headers = {"Repr-Digest": f"sha-512=:AAAA:, {digest(data)}, md5=:AAAA:;x=1"}
    assert send_raw(data, headers).status_code == 201
    form = {"files": {"file": ("a.bin", data)}, "data": {"case": case}}
    assert client.post("/v1/uploads", headers=headers, **form).status_code == 200


@pytest.mark.parametrize("to", ["uploads", "checks"])
def test_file_that_is_not_is_refused_and_leaves_nothing(send_raw, client, service, case, to):
    reply = send_raw(b"broken on its way", {"Repr-Digest": digest(b"broken on its wax")}, to=to)
    assert (reply.status_code, reply.json()["code"]) == (400, "digest-mismatch")
    assert client.get(f"/v1/cases/{case}").status_code == 404
    assert not list((service.folder / "vault").rglob(hashlib.sha256(b"broken on its way").hexdigest()))


@pytest.mark.parametrize(
    "header", ["sha-256", "sha-256=abc", "sha-256=:abc:", "sha-256=:YWJj:", "=::", "sha-256=:é:"]
)
def test_digests_that_are_none(send_raw, header):
    reply = send_raw(b"x", {"Repr-Digest": header.encode()})
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-digest")


@pytest.mark.parametrize("header", ["unixsum=:AA==:", "sha=:AAAA:, md5=:AAAA:"])
def test_other_digests_are_left_aside(send_raw, header):
    assert send_raw(b"x", {"Repr-Digest": header}).status_code in (200, 201)


@pytest.fixture(scope="module")
def impatient(make_service):
    return make_service(environment={"ONECOPY_IDLE_SECONDS": "1"}).start()


@pytest.mark.parametrize("expects", [b"", b"Expect: 100-continue\r\n"], ids=["", "100-continue"])
def test_upload_that_stalls_is_dropped(impatient, expects):
    host, port = impatient.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(
            b"POST /v1/uploads?case=c HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n" + expects
            + b"Content-Length: 100000\r\nAuthorization: Bearer " + impatient.token.encode() + b"\r\n\r\n"
        )  # fmt: skip
        wire.sendall(bytes(5000))
        said = b""
        while piece := wire.recv(65536):  # until the service closes the connection
            said += piece
    assert b"HTTP/1.1 408 " in said
    assert b'"code":"stalled"' in said
    assert list((impatient.folder / "vault" / "spool").iterdir()) == []


def test_upload_that_is_slow_but_goes_on_is_taken(impatient):
    def body():
        for _ in range(4):
            time.sleep(0.4)
            yield b"slow"

    with impatient.client() as client:
        headers = {"Content-Type": "image/jpeg"}
        assert client.post("/v1/uploads?case=c", content=body(), headers=headers).status_code == 201
