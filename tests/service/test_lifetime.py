"""Starting, stopping, and being killed."""

import contextlib
import hashlib
import json
import random
import signal
import sys
import threading
import time

import httpx
import pytest

from onecopy.catalog import uploads
from onecopy.catalog.store import Catalog
from onecopy.cli import main
from onecopy.service.auth import set_up_token
from onecopy.vault.local import LocalVault


def test_first_start_prints_a_token_once_and_every_start_remembers(make_service, encode, photo):
    first, near = encode(photo(), 92), encode(photo(), 60)
    service = make_service(token=None).start()
    token = service.printed_token()
    assert len(token) >= 40
    with service.client(token) as client:
        stored = client.post("/v1/uploads", files={"file": ("a.jpg", first)}, data={"case": "c"})
        assert stored.status_code == 201
    service.stop()
    files = [path for path in service.folder.rglob("*") if path.is_file()]
    assert not any(token.encode() in path.read_bytes() for path in files)

    service.start()
    assert not any("token" in line for line in service.said)
    with service.client(token) as client:
        content = client.get(f"/v1/occurrences/{stored.json()['occurrence']['id']}/content")
        assert content.content == first
        again = client.post("/v1/uploads", files={"file": ("a.jpg", first)}, data={"case": "c"})
        assert again.status_code == 200
        saved = client.post("/v1/checks", files={"file": ("b.jpg", near)}, data={"case": "c"}).json()
        assert [match["relation"] for match in saved["matches"]] == ["same-image"] * 2
    chosen = "a-token-that-was-chosen"  # as by another process, started with ONECOPY_ADMIN_TOKEN
    with Catalog(service.folder / "catalog.db") as catalog:
        assert set_up_token(catalog, chosen) is None
    for given, status in ((token, 401), (chosen, 200)):
        with service.client(given) as client:
            assert client.get("/v1/cases/c").status_code == status


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Runs ``onecopy serve``, which must end with one sentence; returns that and the exit code."""

    def refused(port="0", vault="v"):
        places = ["--catalog", str(tmp_path / "new" / "c.db"), "--vault", str(tmp_path / vault)]
        monkeypatch.setattr(sys, "argv", ["onecopy", "serve", "--port", port, *places])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("onecopy: ")
        assert said.err.count("\n") == 1
        return said.err, ended.value.code

    return refused


def test_short_token_is_refused(refused, monkeypatch):
    monkeypatch.setenv("ONECOPY_ADMIN_TOKEN", "short")
    said, code = refused()
    assert (code, "ONECOPY_ADMIN_TOKEN is shorter than 16" in said) == (2, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEBHOOK_ALLOW", "10.0.0.0/99"), ("IMPORT_FOLDERS", "/nowhere"), ("PUBLIC_URL", "onecopy.example")],
)
def test_settings_that_cannot_be_are_said_before_anything_is_promised(refused, monkeypatch, name, value):
    monkeypatch.setenv(f"ONECOPY_{name}", value)
    said, code = refused()
    assert (code, value in said) == (2, True)


def test_taken_port_is_said(service, refused):
    port = service.url.rsplit(":", 1)[1]
    said, code = refused(port=port)
    assert (code, f"port {port}" in said, "--port" in said) == (1, True, True)


def test_folder_that_is_no_vault_is_said(tmp_path, refused):
    (tmp_path / "mine.txt").write_text("mine")
    said, code = refused(vault=".")
    assert (code, "is not a vault" in said) == (1, True)


@pytest.mark.parametrize(
    ("how", "code", "workers"), [(signal.SIGTERM, 0, 1), (signal.SIGINT, 130, 1), (signal.SIGTERM, 0, 2)]
)
def test_accepted_uploads_are_finished(make_service, how, code, workers):
    service = make_service(arguments=("--workers", str(workers))).start()
    told = threading.Event()

    def body():
        yield b'--b\r\nContent-Disposition: form-data; name="case"\r\n\r\nc\r\n'
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="slow.bin"\r\n\r\n'
        while service.process.poll() is None and not any(service.folder.glob("vault/spool/*.part")):
            time.sleep(0.01)
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
    sha256 = response.json()["occurrence"]["sha256"]
    with LocalVault(service.folder / "vault").open(sha256) as file:
        assert file.read() == b"slow" * 10
    with Catalog(service.folder / "catalog.db") as catalog, catalog.read() as connection:
        assert [one.name for one in uploads.of_case(connection, "c", "")] == ["slow.bin"]


@pytest.mark.parametrize(
    ("kills", "city"),
    [
        (10, False),
        pytest.param(200, False, marks=pytest.mark.slow),
        pytest.param(40, True, marks=pytest.mark.slow),
    ],
)
def test_killed_while_uploads_come_in(make_service, encode, photo, request, kills, city):
    """Whatever was acknowledged before a kill reads back byte for byte, and nothing stands in the way."""
    service = make_service()
    if city:
        catalog, bucket = request.getfixturevalue("new_database")(), request.getfixturevalue("bucket_url")
        service.arguments = ("--catalog", catalog, "--vault", bucket, "--workers", "2")
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

    for round_ in range(kills):
        service.start()
        before = len(acknowledged)
        threads = [threading.Thread(target=upload, args=(round_ * 10 + n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        while round_ % 2 and len(acknowledged) == before:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.3))
        service.stop(signal.SIGKILL)
        for thread in threads:
            thread.join(60)
    service.start()
    assert len(acknowledged) >= kills // 2
    with service.client() as client:
        for name, data in acknowledged.items():
            assert client.get(f"/v1/occurrences/{name}/content").content == data
    if city:
        return
    kept = [path for path in (service.folder / "vault" / "contents").rglob("*") if path.is_file()]
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in kept)
