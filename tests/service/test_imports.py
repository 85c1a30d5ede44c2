"""Imports of a real service: by HTTP, in the background, over kills."""

import random
import signal
import time

import pytest

SOON = 120


@pytest.fixture
def archive(tmp_path, encode, photo):
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(encode(photo(2), 90))
    (folder / "b.jpg").write_bytes(encode(photo(2), 60))
    for number in range(40):
        (folder / f"{number}.bin").write_bytes(random.Random(number).randbytes(2000))
    return folder


@pytest.fixture
def running(make_service, archive):
    service = make_service(environment={"ONECOPY_IMPORT_FOLDERS": str(archive)}).start()
    yield service
    service.stop()
    assert "Traceback" not in service.errors()


def send(client, manifest, kind="text/csv", **params):
    return client.post("/v1/imports", content=manifest, headers={"Content-Type": kind}, params=params)


def ended(client, id):
    end = time.monotonic() + SOON
    while (one := client.get(f"/v1/imports/{id}").json())["state"] == "running":
        assert time.monotonic() < end, one
        time.sleep(0.1)
    return one


def test_an_archive_is_taken_in_and_told_of(running):
    manifest = "file,case\na.jpg,c\nb.jpg,c\n/etc/passwd,c\nmissing,c\n"
    with running.client() as client:
        tried = send(client, manifest, agency="fire", dry_run=True, name="try.csv")
        assert (tried.status_code, tried.headers["location"]) == (202, f"/v1/imports/{tried.json()['id']}")
        one = ended(client, tried.json()["id"])
        assert (one["progress"]["decisions"], one["dry_run"]) == ({"store": 2}, True)
        assert client.get("/v1/cases/c", params={"agency": "fire"}).status_code == 404

        id = send(client, manifest, agency="fire", name="real.csv").json()["id"]
        one = ended(client, id)
        assert (one["rows"], one["state"], one["progress"]["waiting"]) == (4, "done", 0)
        assert one["progress"]["decisions"] == {"store": 1, "link": 1}
        wrong = client.get(f"/v1/imports/{id}/rows", params={"state": "problem"}).json()
        assert [(row["number"], row["code"]) for row in wrong["rows"]] == [
            (4, "not-allowed"),
            (5, "vanished"),
        ]
        held = client.get("/v1/cases/c", params={"agency": "fire"}).json()["occurrences"]
        rows = client.get(f"/v1/imports/{id}/rows", params={"limit": 2}).json()
        assert {row["occurrence"] for row in rows["rows"]} == {each["id"] for each in held}
        assert rows["next"] == 3
        listed = client.get("/v1/imports").json()["imports"]
        assert [each["name"] for each in listed] == ["real.csv", "try.csv"]
        refused = client.post(f"/v1/imports/{id}/pause")
        assert (refused.status_code, refused.json()["code"]) == (409, "import-ended")
        assert client.post(f"/v1/imports/{id}/retry").json()["state"] == "running"
        assert ended(client, id)["progress"]["problems"] == 2


@pytest.mark.slow
def test_kills_lose_nothing_and_do_nothing_twice(running):
    manifest = "".join(f'{{"file": "{number}.bin", "case": "k"}}\n' for number in range(40))
    with running.client() as client:
        id = send(client, manifest, "application/x-ndjson").json()["id"]
        while client.get(f"/v1/imports/{id}").json()["progress"]["waiting"] > 30:
            time.sleep(0.02)
    running.stop(signal.SIGKILL)
    running.start()
    with running.client() as client:
        one = ended(client, id)
        assert (one["state"], one["progress"]["decisions"]) == ("done", {"store": 40})
        held = client.get("/v1/cases/k").json()["occurrences"]
        assert sorted(each["name"] for each in held) == sorted(f"{number}.bin" for number in range(40))
        for each in held[::10]:
            content = client.get(f"/v1/occurrences/{each['id']}/content").content
            assert content == random.Random(int(each["name"][:-4])).randbytes(2000)


@pytest.mark.parametrize(
    ("manifest", "kind", "status", "code"),
    [
        ("file,case\n", "text/csv", 422, "bad-manifest"),
        ("file,case\na.jpg,c\n,c\n", "text/csv", 422, "bad-manifest"),
        ("{", "application/jsonl", 422, "bad-manifest"),
        ("file,case\na.jpg,c\n", "application/json", 415, "not-a-manifest"),
        ("file,case\na.jpg,c\n", "", 415, "not-a-manifest"),
    ],
)
def test_manifests_that_cannot_be(running_once, manifest, kind, status, code):
    with running_once.client() as client:
        reply = send(client, manifest, kind)
        assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
        if code == "bad-manifest":
            assert reply.json()["errors"][0]["line"] >= 1
        assert client.get("/v1/imports").json()["imports"] == []


@pytest.fixture(scope="module")
def running_once(make_service, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    service = make_service(environment={"ONECOPY_IMPORT_FOLDERS": str(folder)}).start()
    yield service
    service.stop()


def test_a_service_that_imports_from_nowhere_says_so(client):
    reply = send(client, "file,case\na.jpg,c\n")
    assert (reply.status_code, reply.json()["code"]) == (422, "no-import-places")
    assert "ONECOPY_IMPORT_FOLDERS" in reply.json()["detail"]
