"""Many uploads at one instant."""

from concurrent.futures import ThreadPoolExecutor

import pytest


def send_at_once(service, uploads, case):
    """Post every (name, data) at the same time, each over a connection of its own."""

    def send(upload):
        with service.client() as client:
            return client.post("/v1/uploads", files={"file": upload}, data={"case": case, "agency": case})

    with ThreadPoolExecutor(len(uploads)) as threads:
        return list(threads.map(send, uploads))


def relations(reply):
    return {match["relation"] for match in reply["matches"]}


def contents(service, sha256):
    return list((service.folder / "vault" / "contents").rglob(sha256))


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def crowd(request, make_service):
    if request.param == 1:
        return request.getfixturevalue("service")
    return make_service(arguments=("--workers", str(request.param))).start()


def test_identical_uploads_keep_one_content(crowd, encode, photo):
    data = encode(photo())
    responses = send_at_once(crowd, [(f"{n}.jpg", data) for n in range(16)], "identical")
    replies = [response.json() for response in responses]
    assert sorted(response.status_code for response in responses) == [200] * 15 + [201]
    assert len({reply["occurrence"]["id"] for reply in replies}) == 16
    assert all(relations(reply) == {"same-bytes"} for reply in replies if reply["decision"] == "link")
    assert len(contents(crowd, replies[0]["occurrence"]["sha256"])) == 1
    with crowd.client() as client:
        seen = client.get("/v1/cases/identical", params={"agency": "identical"}).json()["occurrences"]
        assert {one["name"] for one in seen} == {f"{n}.jpg" for n in range(16)}
        for one in seen:
            assert client.get(f"/v1/occurrences/{one['id']}/content").content == data
    # In the order of commits, each sees exactly those before it.
    links = {reply["occurrence"]["id"]: reply["matches"] for reply in replies}
    assert [len(links[one["id"]]) for one in seen] == list(range(16))


def test_the_later_of_two_near_ones_sees_the_earlier(crowd, encode, photo):
    uploads = [(f"{quality}.jpg", encode(photo(), quality)) for quality in (95, 90, 85)]
    replies = [response.json() for response in send_at_once(crowd, uploads, "near")]
    assert sorted(reply["decision"] for reply in replies) == ["link", "link", "store"]
    assert all(relations(reply) == {"same-image"} for reply in replies if reply["matches"])
    assert sorted(len(reply["matches"]) for reply in replies) == [0, 1, 2]
