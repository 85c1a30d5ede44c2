"""Asking by digest alone, and what is said of matches afterwards."""

import hashlib
import io
import zipfile

import pytest


@pytest.fixture
def ask(client, case):
    """Asks about bytes that it does not send."""

    def ask(data, **fields):
        asked = {"sha256": hashlib.sha256(data).hexdigest(), "case": case} | fields
        return client.post("/v1/checks", json=asked)

    return ask


def test_what_is_held_is_answered_as_if_it_had_been_sent(send, ask, encode, photo, case):
    data = encode(photo(2), 71)
    send(encode(photo(2), 93), "before.jpg", agency="digest", case="another")
    send(data, "front.jpg", agency="digest", case="a third")
    told = ask(data, agency="digest", name="x.jpg")
    assert (told.status_code, told.json()["decision"]) == (200, "link")
    assert told.json() == send(data, "x.jpg", to="checks", agency="digest").json()
    assert {match["relation"] for match in told.json()["matches"]} == {"same-bytes", "same-image"}


def test_what_is_not_held_needs_its_bytes(send, client, ask, case):
    send(b"held by another", agency="other")
    for data in (b"held by another", b"held by nobody"):
        told = ask(data, agency="digest", name="a.jpg").json()
        assert told == {
            "occurrence": {
                "id": None,
                "case": case,
                "name": "a.jpg",
                "sha256": hashlib.sha256(data).hexdigest(),
            },
            "decision": "store",
            "reason": told["reason"],
            "matches": [],
            "images": [],
            "needs_bytes": True,
        }
        assert "Send the file itself" in told["reason"]
    assert client.get(f"/v1/cases/{case}", params={"agency": "digest"}).status_code == 404


def test_what_was_deleted_is_not_held(send, client, ask):
    one = send(b"deleted, then asked about").json()["occurrence"]["id"]
    assert "needs_bytes" not in ask(b"deleted, then asked about").json()
    client.delete(f"/v1/occurrences/{one}")
    assert ask(b"deleted, then asked about").json()["needs_bytes"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"sha256": "abc"}, 422, "invalid-request"),
        ({"sha256": None}, 422, "invalid-request"),
        ({"case": " "}, 422, "bad-context"),
        ({"agancy": "fire"}, 422, "invalid-request"),
        ({"captured_at": "yesterday"}, 422, "bad-context"),
        ({"metadata": {"a": "\0"}}, 422, "bad-context"),
    ],
)
def test_questions_that_do_not_fit(ask, change, status, code):
    reply = ask(b"x", **change)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


@pytest.fixture
def of_agency(service, client):
    """A client with a token of an agency's own."""
    wanted = {"name": "reviewer of later", "role": "reviewer", "agency": "later"}
    with service.client(client.post("/v1/tokens", json=wanted).json()["token"]) as reviewer:
        yield reviewer


def matches(client, one):
    reply = client.get(f"/v1/occurrences/{one['occurrence']['id']}/matches")
    assert reply.status_code == 200, reply.text
    assert reply.json()["occurrence"] == one["occurrence"]
    assert not reply.json()["more"]
    return reply.json()["images"]


def test_later_uploads_are_among_the_matches(send, client, of_agency, encode, photo):
    data = encode(photo(3), 90)
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a/front.jpg", data)
            archive.writestr("b/other.jpg", encode(photo(4), 90))
        whole = out.getvalue()
    first = send(whole, "photos.zip", agency="later").json()
    assert [one["matches"] for one in matches(of_agency, first)] == [[], []]
    same = send(data, "front.jpg", agency="later").json()
    saved = send(encode(photo(3), 60), "saved.jpg", agency="later").json()
    again = send(whole, "again.zip", agency="later").json()
    send(data, "theirs.jpg", agency="another")

    front, other = matches(of_agency, first)
    assert (front["inner"], front["width"], front["height"]) == ("!/a/front.jpg", 640, 480)
    told = [(one["relation"], one["occurrence"]["name"], one["occurrence_inner"]) for one in front["matches"]]
    assert sorted(told[:2]) == [
        ("same-bytes", "again.zip", "!/a/front.jpg"),
        ("same-bytes", "front.jpg", ""),
    ]
    assert told[2:] == [("same-image", "saved.jpg", "")]
    assert [one["occurrence"]["id"] for one in other["matches"]] == [again["occurrence"]["id"]]

    everybodys, _ = matches(client, first)
    assert [
        one.get("agency") for one in everybodys["matches"] if one["occurrence"]["name"] == "theirs.jpg"
    ] == ["another"]
    (image,) = matches(of_agency, saved)
    for match in image["matches"]:
        assert match["relation"] == "same-image"
        assert match["evidence"]["method"] != "digest"
    ids = {one["occurrence"]["id"] for one in image["matches"]}
    assert ids == {one["occurrence"]["id"] for one in (first, same, again)}
