"""Starting, stopping, and being killed."""

import contextlib
import hashlib
import json
import random
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest

MAIN = "from onecopy.cli import main; main()"


def test_first_start_prints_a_token_once(make_service):
    service = make_service(token=None).start()
    token = service.printed_token()
    assert len(token) >= 40
    with service.client(token) as client:
        first = client.post("/v1/uploads", files={"file": ("a.bin", b"kept")}, data={"case": "c"})
        assert first.status_code == 201
    service.stop()
    assert not any(
        token.encode() in path.read_bytes() for path in service.folder.rglob("*") if path.is_file()
    )

    service.start()
    assert service.printed_token() is None
    assert not any("token" in line for line in service.said)
    with service.client(token) as client:
        one = first.json()["occurrence"]
        assert client.get(f"/v1/occurrences/{one['id']}/content").content == b"kept"
        assert (
            client.post("/v1/uploads", files={"file": ("a.bin", b"kept")}, data={"case": "c"}).status_code
            == 200
        )
    service.stop()

    service.token = "a-token-that-was-chosen"
    service.start()
    for given, status in ((token, 401), (service.token, 200)):
        with service.client(given) as client:
            assert client.get("/v1/cases/c").status_code == status


def test_restart_remembers_pixels(make_service, encode, photo):
    service = make_service().start()
    with service.client() as client:
        client.post("/v1/uploads", files={"file": ("a.jpg", encode(photo(), 92))}, data={"case": "c"})
    service.stop()
    service.start()
    with service.client() as client:
        reply = client.post("/v1/uploads", files={"file": ("b.jpg", encode(photo(), 60))}, data={"case": "c"})
    assert [match["relation"] for match in reply.json()["matches"]] == ["same-image"]


def test_short_token_is_refused(make_service):
    service = make_service(token="short")
    with pytest.raises(AssertionError, match="ONECOPY_ADMIN_TOKEN is shorter than 16"):
        service.start()
    assert service.code == 2


def test_taken_port_is_said(service, tmp_path):
    port = service.url.rsplit(":", 1)[1]
    command = [sys.executable, "-c", MAIN, "serve", "--port", port]
    places = ["--catalog", tmp_path / "c.db", "--vault", tmp_path / "v"]
    run = subprocess.run([*command, *places], capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("onecopy: ")
    assert f"port {port}" in run.stderr
    assert "--port" in run.stderr
    assert run.stderr.count("\n") == 1


def test_folder_that_is_no_vault_is_said(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    command = [sys.executable, "-c", MAIN, "serve", "--port", "0"]
    places = ["--catalog", tmp_path / "new" / "c.db", "--vault", tmp_path]
    run = subprocess.run([*command, *places], capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "is not a vault" in run.stderr


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_accepted_uploads_are_finished(make_service, how, code):
    service = make_service().start()
    told = threading.Event()

    def body():
        yield b'--b\r\nContent-Disposition: form-data; name="case"\r\n\r\nc\r\n'
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="slow.bin"\r\n\r\n'
        time.sleep(0.5)  # long enough for the request to be accepted
        service.process.send_signal(how)
        told.set()
        for _ in range(10):
            time.sleep(0.05)
            yield b"slow"
        yield b"\r\n--b--\r\n"

    with service.client() as client:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        response = client.post("/v1/uploads", content=body(), headers=headers)
    assert told.is_set()
    assert response.status_code == 201
    assert service.stop(None) == code
    assert "Traceback" not in service.errors()
    service.start()
    with service.client() as client:
        stored = client.get(f"/v1/occurrences/{response.json()['occurrence']['id']}/content")
    assert stored.content == b"slow" * 10


def test_killed_while_uploads_come_in(make_service, encode, photo):
    """Whatever was acknowledged before a kill reads back byte for byte, and nothing stands in the way."""
    service = make_service()
    chance = random.Random(20260317)
    picture = encode(photo())
    acknowledged = {}

    def upload(number):
        with service.client() as client, contextlib.suppress(httpx.HTTPError, json.JSONDecodeError):
            for n in range(100):
                data = (picture if n % 3 == 0 else b"") + random.Random(number * 1000 + n).randbytes(40_000)
                response = client.post("/v1/uploads", files={"file": ("x.jpg", data)}, data={"case": "c"})
                if response.is_success:
                    acknowledged[response.json()["occurrence"]["id"]] = data

    for round_ in range(3):
        service.start()
        before = len(acknowledged)
        threads = [threading.Thread(target=upload, args=(round_ * 10 + n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        while len(acknowledged) == before:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.5))
        service.stop(signal.SIGKILL)
        for thread in threads:
            thread.join(60)
    service.start()
    assert len(acknowledged) >= 3
    with service.client() as client:
        for name, data in acknowledged.items():
            assert client.get(f"/v1/occurrences/{name}/content").content == data
    kept = [path for path in (service.folder / "vault" / "contents").rglob("*") if path.is_file()]
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in kept)
