"""Lists over HTTP: filters, pages, links; and what is another agency's."""

import hashlib

import pytest


@pytest.fixture
def fill(anywhere, case):
    """Uploads things, each in a case of its own; returns what was answered."""

    def fill(number, **fields):
        with anywhere.client() as client:
            replies = [
                client.post(
                    "/v1/uploads",
                    files={"file": (f"{n}.bin", f"{case} {n}".encode())},
                    data={"case": f"{case}/{n}", "agency": case} | fields,
                )
                for n in range(number)
            ]
        assert {reply.status_code for reply in replies} == {201}
        return [reply.json()["occurrence"] for reply in replies]

    return fill


def pages(client, address, **params):
    """All pages, found by their links."""
    reply = client.get(address, params=params)
    while True:
        assert reply.status_code == 200, reply.text
        yield reply.json()
        if "next" not in reply.links:
            assert reply.json()["next"] is None
            return
        assert reply.json()["next"] in reply.links["next"]["url"]
        reply = client.get(reply.links["next"]["url"])


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_occurrences_come_in_pages(fill, anywhere, case, order):
    sent = fill(5, captured_at="2026-05-03T09:12:44Z", metadata='{"inspector": "Kim"}')
    with anywhere.client() as client:
        found = list(pages(client, "/v1/occurrences", agency=case, order=order, limit=2))
        assert [len(page["occurrences"]) for page in found] == [2, 2, 1]
        listed = [one for page in found for one in page["occurrences"]]
        assert [one["id"] for one in listed] == [one["id"] for one in sent][:: 1 if order == "oldest" else -1]
        for one in listed:
            assert one == client.get(f"/v1/occurrences/{one['id']}").json()
        one = listed[0]
        asked = {"agency": case, "sha256": one["sha256"].upper(), "metadata[inspector]": "Kim"}
        assert [
            found["id"] for found in client.get("/v1/occurrences", params=asked).json()["occurrences"]
        ] == [one["id"]]


def test_cases_come_in_pages(fill, anywhere, case):
    fill(5)
    with anywhere.client() as client:
        found = list(pages(client, "/v1/cases", agency=case, limit=2))
        listed = [one for page in found for one in page["cases"]]
        assert [one["case"] for one in listed] == [f"{case}/{n}" for n in range(5)]
        assert {one["occurrences"] for one in listed} == {1}
        (one,) = client.get("/v1/cases", params={"agency": case, "prefix": f"{case}/3"}).json()["cases"]
        assert one == listed[3]


def test_a_page_does_not_move_when_more_comes_in(fill, anywhere, case):
    fill(4)
    with anywhere.client() as client:
        first = client.get("/v1/occurrences", params={"agency": case, "limit": 2})
        client.post("/v1/uploads", files={"file": b"later"}, data={"case": "later", "agency": case})
        client.delete(f"/v1/occurrences/{first.json()['occurrences'][-1]['id']}")
        second = client.get(first.links["next"]["url"]).json()
    assert [one["name"] for one in second["occurrences"]] == ["1.bin", "0.bin"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("occurrences", {"agancy": "fire"}, "unknown-field"),
        ("cases", {"metadata": "x"}, "unknown-field"),
        ("occurrences", {"metadata['\"]": "x"}, "unknown-field"),
        ("occurrences", {"limit": 0}, "invalid-request"),
        ("occurrences", {"limit": 501}, "invalid-request"),
        ("occurrences", {"order": "best"}, "invalid-request"),
        ("occurrences", {"sha256": "abc"}, "invalid-request"),
        ("occurrences", {"since": "2026-05-03T00:00:00"}, "invalid-request"),
        ("occurrences", {"since": "0001-01-01T00:00:00+14:00"}, "invalid-request"),
        ("occurrences", {"cursor": "x"}, "bad-cursor"),
        ("occurrences", {"cursor": "WyJuZXdlc3QiLCAieCJd"}, "bad-cursor"),
        ("occurrences", {"cursor": "W1tbW1tb"}, "bad-cursor"),
        ("cases", {"cursor": "WyJhIl0"}, "bad-cursor"),
        ("cases", {"cursor": "WyJhIiwiXHUwMDAwIl0"}, "bad-cursor"),
    ],
)
def test_what_cannot_be_asked(client, path, params, code):
    reply = client.get(f"/v1/{path}", params=params)
    assert (reply.status_code, reply.json()["code"]) == (422, code)


def test_zero_characters_are_refused_everywhere(anywhere):
    with anywhere.client() as client:
        for address in ("/v1/cases/a%00b", "/v1/occurrences?case=a%00b", "/v1/occurrences/%00/content"):
            reply = client.get(address)
            assert (reply.status_code, reply.json()["code"]) == (400, "invalid-request")


def test_a_case_of_many_says_where_the_rest_is(anywhere, case, monkeypatch):
    """A case's own page is bounded, too."""
    with anywhere.client() as client:
        for n in range(3):
            client.post("/v1/uploads", files={"file": b"%d" % n}, data={"case": case, "agency": "many"})
        whole = client.get(f"/v1/cases/{case}", params={"agency": "many"}).json()
        assert (len(whole["occurrences"]), whole["next"]) == (3, None)
        part = client.get(f"/v1/cases/{case}", params={"agency": "many", "limit": 2})
        assert [one["id"] for one in part.json()["occurrences"]] == [
            one["id"] for one in whole["occurrences"][:2]
        ]
        rest = client.get(part.links["next"]["url"]).json()
        assert [one["id"] for one in rest["occurrences"]] == [one["id"] for one in whole["occurrences"][2:]]


def sha256(data):
    return hashlib.sha256(data).hexdigest()
