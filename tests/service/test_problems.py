"""Everything that goes wrong is a problem with a code, a sentence, and no traceback."""

import hashlib

import httpx
import pytest


def problem(response, status, code):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    body = response.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["title"]
    assert body["detail"].endswith(".")
    assert "Traceback" not in response.text
    return body


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/uploads"),
        ("POST", "/v1/checks"),
        ("GET", "/v1/occurrences/x"),
        ("GET", "/v1/occurrences/x/content"),
        ("GET", "/v1/cases/x"),
    ],
)
def test_no_token(service, header, method, path):
    response = httpx.request(method, service.url + path, headers=header, trust_env=False, timeout=60)
    problem(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


def test_token_in_the_address_does_not_count(service):
    response = httpx.get(f"{service.url}/v1/cases/x?token={service.token}&access_token={service.token}")
    problem(response, 401, "unauthorized")


def test_unknown_things(client):
    problem(client.get("/v1/occurrences/5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"), 404, "not-found")
    problem(client.get("/v1/occurrences/5b0e9d0e/content"), 404, "not-found")
    problem(client.get("/v1/cases/never-heard-of"), 404, "not-found")
    problem(client.get("/v2"), 404, "not-found")
    problem(client.get("/v1/uploads"), 405, "method-not-allowed")
    problem(client.post("/v1/uploads/"), 404, "not-found")


def test_digest_is_not_a_name(send, client, encode, photo):
    data = encode(photo())
    send(data)
    problem(client.get(f"/v1/occurrences/{hashlib.sha256(data).hexdigest()}"), 404, "not-found")


@pytest.mark.parametrize(
    ("files", "fields", "code"),
    [
        ({"file": ("a.jpg", b"x")}, {}, "no-case"),
        ({"file": ("a.jpg", b"x")}, {"case": "  "}, "bad-context"),
        ({"file": ("a.jpg", b"x")}, {"case": "two\nlines"}, "bad-context"),
        ({"file": ("a.jpg", b"x")}, {"case": "c" * 201}, "bad-context"),
        ({"file": ("a.jpg", b"x")}, {"case": "c", "agency": "\0"}, "bad-context"),
        ({"file": ("a.jpg", b"x")}, {"case": "c", "name": "n" * 1025}, "bad-context"),
        ({"file": ("a.jpg", b"x")}, {"case": "c", "source": "s" * 10_000}, "field-too-long"),
        ({"file": ("a.jpg", b"x")}, {"case": ["c", "d"]}, "repeated-field"),
        ({"file": ("a.jpg", b"x")}, {"case": "c", "agancy": "fire"}, "unknown-field"),
        ({"case": (None, "c")}, {}, "no-file"),
        ({"file": (None, "photo.jpg")}, {"case": "c"}, "no-file"),
        ([("file", ("a.jpg", b"x")), ("file", ("b.jpg", b"y"))], {"case": "c"}, "too-many-files"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/uploads", "/v1/checks"])
def test_forms_that_do_not_fit(client, path, files, fields, code):
    problem(client.post(path, files=files, data=fields), 422, code)


def test_bodies_that_are_no_forms(client):
    problem(client.post("/v1/uploads", json={"case": "c"}), 415, "not-a-form")
    problem(client.post("/v1/uploads", content=b"x"), 415, "not-a-form")
    form = {"Content-Type": "multipart/form-data"}
    problem(client.post("/v1/uploads", content=b"x", headers=form), 415, "not-a-form")
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    problem(client.post("/v1/uploads", content=b"nonsense", headers=form), 400, "malformed-form")
    endless = {"Content-Type": "multipart/form-data; boundary=" + "b" * 5000}
    problem(client.post("/v1/uploads", content=b"--b", headers=endless), 400, "malformed-form")
    cut = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'
    problem(client.post("/v1/uploads", content=cut, headers=form), 400, "malformed-form")
    latin = b'--b\r\nContent-Disposition: form-data; name="case"\r\n\r\n\xe9\r\n--b--\r\n'
    problem(client.post("/v1/uploads", content=latin, headers=form), 400, "malformed-form")


@pytest.mark.parametrize("name", ["agancy", "a" * 500, "\xff\u202e"])
def test_an_unknown_field_is_named(client, name):
    said = name.encode("latin-1", "ignore")
    body = b'--b\r\nContent-Disposition: form-data; name="' + said + b'"\r\n\r\nx\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = client.post("/v1/uploads", content=body, headers=headers)
    told = problem(reply, 422, "unknown-field")["detail"]
    assert told.startswith(f"The request has a field '{'�' if name[0] == 'ÿ' else name[:50]}")
    assert len(told) < 250


@pytest.fixture(scope="module")
def small(make_service):
    """A service that lets in 100 kB."""
    return make_service(environment={"ONECOPY_MAX_UPLOAD_BYTES": "100000"}).start()


def test_too_large_is_refused_before_it_is_read(small):
    with small.client() as client:
        response = client.post("/v1/uploads", files={"file": ("a", bytes(3_000_000))}, data={"case": "c"})
    problem(response, 413, "too-large")
    assert list((small.folder / "vault" / "spool").iterdir()) == []


def test_too_large_is_refused_while_it_is_read(small):
    def body():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield bytes(100_000)
        yield b"\r\n--b--\r\n"

    with small.client() as client:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        problem(client.post("/v1/uploads", content=body(), headers=headers), 413, "too-large")
        exact = client.post("/v1/uploads", files={"file": ("a", bytes(100_000))}, data={"case": "c"})
        assert exact.status_code == 201
    assert list((small.folder / "vault" / "spool").iterdir()) == []


def test_storage_that_is_gone_is_said_without_naming_it(small):
    service = small
    spool = service.folder / "vault" / "spool"
    spool.rename(service.folder / "elsewhere")
    with service.client() as client:
        response = client.post("/v1/uploads", files={"file": ("a", b"x")}, data={"case": "c"})
        body = problem(response, 503, "unavailable")
        assert str(service.folder) not in body["detail"]
        (service.folder / "elsewhere").rename(spool)
        again = client.post("/v1/uploads", files={"file": ("a", b"x")}, data={"case": "c"})
        assert again.status_code == 201
    assert str(service.folder) in service.errors()
    assert "Traceback" not in service.errors()


def test_content_that_was_lost_is_said(small):
    with small.client() as client:
        reply = client.post("/v1/uploads", files={"file": ("a", b"lost")}, data={"case": "c"}).json()
        path = f"/v1/occurrences/{reply['occurrence']['id']}/content"
        (kept,) = (small.folder / "vault" / "contents").rglob(reply["occurrence"]["sha256"])
        kept.rename(kept.with_suffix(".lost"))
        problem(client.get(path), 410, "vanished")
        kept.with_suffix(".lost").rename(kept)
        assert client.get(path).content == b"lost"
