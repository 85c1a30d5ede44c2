"""Reading back: names, bytes, cases."""

import io
from urllib.parse import quote, unquote

import pytest

NAMES = [
    "front.jpg",
    "front door (2).JPG",
    'the "north" side.jpg',
    "two\nlines.jpg",
    "a; filename=b.exe",
    "日本語 übersicht.jpg",
    "<script>alert(1)<script>.jpg",
    "100%.jpg",
    "back\\slash.jpg",
    "n" * 251 + ".jpg",
]


def said_name(response):
    header = response.headers["content-disposition"]
    assert header.startswith("attachment; ")
    if "filename*=" in header:
        return unquote(header.split("filename*=UTF-8''")[1])
    return header.split('"')[1]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_come_back(send, client, name):
    data = name.encode()
    for response in (send(data, name, agency="names"), send(data, "x", name=name, agency="names")):
        one = response.json()["occurrence"]
        assert one["name"] == name
        assert client.get(f"/v1/occurrences/{one['id']}").json()["name"] == name
        content = client.get(f"/v1/occurrences/{one['id']}/content")
        assert content.content == data
        assert said_name(content) == name


def test_names_that_no_database_takes_are_encoded(client, case):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="caf\xe9.jpg"\r\n\r\nx\r\n'
        b'--b\r\nContent-Disposition: form-data; name="case"\r\n\r\n' + case.encode() + b"\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = client.post("/v1/uploads", content=body, headers=headers)
    assert response.json()["occurrence"]["name"] == "caf%E9.jpg"


@pytest.mark.parametrize("sent", ["C:\\fakepath\\a.jpg", "/home/me/a.jpg", "../../a.jpg"])
def test_paths_are_not_names(send, sent):
    assert send(b"x", sent, agency="paths").json()["occurrence"]["name"] == "a.jpg"


def test_file_without_a_name(client, case):
    file = ("", b"y", "application/octet-stream")  # without a type it would be a text
    response = client.post("/v1/uploads", files={"file": file, "case": (None, case)})
    assert response.json()["occurrence"]["name"] == "unnamed"


def test_content_is_a_download_and_nothing_else(send, client):
    data = b"<script>alert(1)</script>"
    one = send(data, "x.html").json()["occurrence"]
    response = client.get(f"/v1/occurrences/{one['id']}/content")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-length"] == str(len(data))
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


def test_large_content_streams_back(send, client):
    data = bytes(range(256)) * 20_000
    one = send(io.BytesIO(data), "large.bin").json()["occurrence"]
    assert client.get(f"/v1/occurrences/{one['id']}/content").content == data


def test_occurrence(send, client, case):
    fields = {"agency": "fire", "source": "portal", "category": "site-photo"}
    one = send(b"some bytes", "a.bin", **fields).json()
    seen = client.get(f"/v1/occurrences/{one['occurrence']['id']}").json()
    expected = one["occurrence"] | fields | {"bytes": 10, "decision": "store", "reason": one["reason"]}
    expected |= {"captured_at": None, "metadata": {}}
    assert seen.pop("received_at").endswith("Z")
    assert seen == expected


@pytest.mark.parametrize("case", ["24016-7", "2026/03/17", "a b&c?d#e%f", "№ 5", "a/../b"])
def test_cases(send, client, case):
    ids = [send(b"%d" % n, f"{n}.bin", case=case).json()["occurrence"]["id"] for n in range(3)]
    response = client.get(f"/v1/cases/{quote(case, safe='')}")
    assert response.status_code == 200
    body = response.json()
    assert (body["case"], body["agency"]) == (case, "")
    assert [one["id"] for one in body["occurrences"]] == ids


@pytest.mark.parametrize("name", ["..", ".", "../2026", "permits/./7"])
def test_a_case_that_no_path_can_name_is_named_behind_the_question_mark(send, client, service, name):
    from onecopy.client import Client

    assert send(name.encode(), "a.txt", case=name, agency="names").status_code == 201
    for path in ("/v1/cases/_", "/v1/cases/anything/current"):
        reply = client.get(path, params={"case": f" {name} ", "agency": "names"})
        assert reply.status_code == 200, reply.text
        assert reply.json()["case"] == name
        assert client.get(path, params={"case": name, "agency": "another"}).status_code == 404
    with Client(service.url, service.token) as asking:
        (one,) = asking.case(name, agency="names").occurrences
        assert one.name == "a.txt"


def test_cases_of_two_agencies_do_not_meet(send, client):
    for agency in ("fire", "building"):
        send(agency.encode(), "x.bin", case="7", agency=agency)
    for agency in ("fire", "building"):
        seen = client.get("/v1/cases/7", params={"agency": agency}).json()
        assert [one["agency"] for one in seen["occurrences"]] == [agency]
    response = client.get("/v1/cases/7")
    assert response.status_code == 404
    assert "?agency=" in response.json()["detail"]


def test_head_is_get_without_the_body(send, client):
    one = send(b"some bytes").json()["occurrence"]["id"]
    for path in ("/healthz", f"/v1/occurrences/{one}", f"/v1/occurrences/{one}/content"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(get.content))
        assert head.headers["x-content-type-options"] == "nosniff"
    assert client.head("/v1/cases/never-heard-of").status_code == 404
    assert client.head("/v1/uploads").status_code == 405
