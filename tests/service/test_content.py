"""The bytes of an occurrence: ranges, conditions, digests, HEAD."""

import hashlib
from base64 import b64encode

import pytest

DATA = bytes(range(256)) * 12_000


@pytest.fixture
def stored(anywhere, case):
    """Where the content of an upload is, and a client."""
    with anywhere.client() as client:
        one = client.post("/v1/uploads", files={"file": ("a.bin", DATA)}, data={"case": case}).json()
        yield f"/v1/occurrences/{one['occurrence']['id']}/content", client


def test_whole(stored):
    address, client = stored
    whole = client.get(address)
    sha256 = hashlib.sha256(DATA)
    assert (whole.status_code, whole.content) == (200, DATA)
    assert whole.headers["etag"] == f'"{sha256.hexdigest()}"'
    assert whole.headers["repr-digest"] == f"sha-256=:{b64encode(sha256.digest()).decode()}:"
    assert whole.headers["accept-ranges"] == "bytes"


def test_ranges(stored):
    address, client = stored
    whole = client.get(address).headers
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=2000000-2999999", 2_000_000, 3_000_000),
        ("bytes=3071990-", 3_071_990, len(DATA)),
        ("bytes=-10", len(DATA) - 10, len(DATA)),
    ):
        part = client.get(address, headers={"Range": asked, "If-Range": whole["etag"]})
        assert (part.status_code, part.content) == (206, DATA[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
        assert part.headers["content-length"] == str(end - start)
        for name in ("etag", "repr-digest", "content-disposition"):
            assert part.headers[name] == whole[name]
    changed = client.get(address, headers={"Range": "bytes=0-0", "If-Range": '"other"'})
    assert (changed.status_code, changed.content) == (200, DATA)
    beyond = client.get(address, headers={"Range": f"bytes={len(DATA)}-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range-not-satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{len(DATA)}"


def test_what_the_client_holds_is_not_sent(stored):
    address, client = stored
    etag = client.get(address).headers["etag"]
    held = client.get(address, headers={"If-None-Match": etag, "Range": "bytes=0-0"})
    assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", etag)


def test_head(stored):
    address, client = stored
    head, get = client.head(address, headers={"Range": "bytes=0-0"}), client.get(address)
    assert (head.status_code, head.content) == (200, b"")
    changing = {"date", "request-id", "x-request-id", "ratelimit", "ratelimit-policy"}
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in get.headers.items() if k not in changing
    }


def test_empty_file(client, send):
    one = send(b"", "empty.jpg").json()["occurrence"]["id"]
    for headers in ({}, {"Range": "bytes=-5"}):
        whole = client.get(f"/v1/occurrences/{one}/content", headers=headers)
        assert (whole.status_code, whole.content, whole.headers["content-length"]) == (200, b"", "0")
