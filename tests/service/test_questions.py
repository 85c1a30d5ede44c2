"""A reviewer's way through the API, with real uploads: asked, answered, recognised, taken back."""

import io

import pytest
from PIL import ImageDraw


@pytest.fixture
def reviewer(service, client):
    """Makes a client of a token with a role."""
    made = []

    def make(name, role="reviewer"):
        wanted = {"name": f"{name} {len(made)} {id(made)}", "role": role, "agency": ""}
        token = client.post("/v1/tokens", json=wanted).json()["token"]
        made.append(service.client(token))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def stamped(photo):
    """A photograph as it is, and with a stamp on it, as files."""

    def stamped(number=0):
        picture = photo(number)
        with io.BytesIO() as plain, io.BytesIO() as changed:
            picture.save(plain, "JPEG", quality=92)
            ImageDraw.Draw(picture).rectangle((200, 150, 330, 260), fill=(250, 250, 250))
            picture.save(changed, "JPEG", quality=92)
            return plain.getvalue(), changed.getvalue()

    return stamped


def test_from_a_held_upload_to_what_is_recognised_and_back(send, client, case, stamped, reviewer):
    plain, changed = stamped()
    send(plain, "front.jpg")
    held = send(changed, "stamped.jpg")
    assert (held.status_code, held.json()["decision"]) == (202, "hold")
    ana, bo = reviewer("Ana"), reviewer("Bo")
    (question,) = ana.get("/v1/questions", params={"case": case}).json()["questions"]
    assert question["title"] == f"A changed copy of a photograph in case {case}"
    assert (question["kind"], question["relation"], question["state"]) == ("changed-copy", "edited", "open")
    assert ana.get("/v1/questions/counts", params={"case": case}).json()["total"] == 1
    assert ana.get("/v1/questions/cases", params={"case": case}).json()["cases"][0]["case"] == case
    assert ana.get("/v1/questions/next", params={"case": case}).json()["question"]["id"] == question["id"]
    last = ana.get("/v1/questions/changes").json()["next"]

    address = f"/v1/questions/{question['id']}"
    whole = ana.get(address).json()
    assert [(one["name"], one["role"]) for one in whole["members"]] == [
        ("front.jpg", "earlier"),
        ("stamped.jpg", "held"),
    ]
    assert whole["pairs"][0]["evidence"]["words"]

    assert ana.post(f"{address}/claim").status_code == 200
    said = {"version": question["version"], "answer": "not-related"}
    late = bo.post(f"{address}/answers", json=said)
    assert (late.status_code, late.json()["code"]) == (409, "claimed")
    given = ana.post(f"{address}/answers", json=said | {"note": "Two sides of the house."})
    assert given.status_code == 200, given.text
    assert given.json()["decided"] == [{"occurrence": held.json()["occurrence"]["id"], "decision": "store"}]
    late = bo.post(f"{address}/answers", json=said)
    assert (late.status_code, late.json()["code"]) == (409, "already-answered")
    assert "answered 'not related' on " in late.json()["detail"]
    kinds = [one["kind"] for one in bo.get("/v1/questions/changes", params={"after": last}).json()["changes"]]
    assert kinds == ["claimed", "answered"]

    again = send(changed, "stamped again.jpg").json()
    assert again["decision"] == "link"
    assert "Recognised, as decided on " in again["reason"]
    elsewhere = f"{case}-elsewhere"
    send(plain, "front.jpg", case=elsewhere)
    recognised = send(changed, "third.jpg", case=elsewhere).json()
    assert (
        recognised["decision"] == "link"
    )  # to its bytes in the first case; beside the other it is no question
    assert "Recognised, as decided on " in recognised["reason"]
    assert ana.get("/v1/questions", params={"case": elsewhere}).json()["questions"] == []

    undone = bo.post(f"/v1/answers/{given.json()['answer']['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["question"]["state"] == "open"
    occurrence = client.get(f"/v1/occurrences/{held.json()['occurrence']['id']}").json()
    assert occurrence["decision"] == "hold"
    twice = bo.post(f"/v1/answers/{given.json()['answer']['id']}/undo")
    assert (twice.status_code, twice.json()["code"]) == (409, "already-undone")


def test_what_is_not_fit_is_refused(send, case, stamped, reviewer):
    plain, changed = stamped(1)
    send(plain, "front.jpg")
    send(changed, "stamped.jpg")
    ana = reviewer("Ana")
    (question,) = ana.get("/v1/questions", params={"case": case}).json()["questions"]
    address = f"/v1/questions/{question['id']}"
    for body, status, code in (
        ({"version": 1, "answer": "perhaps"}, 422, "invalid-request"),
        ({"version": 1, "answer": "same-keep-left", "keep": 9}, 422, "bad-answer"),
        ({"version": 1, "answer": "same-keep-left", "keep": -1}, 422, "invalid-request"),
        ({"version": 9, "answer": "same-keep-left"}, 409, "changed"),
        ({"version": 1, "answer": "skip", "colour": "red"}, 422, "invalid-request"),
    ):
        reply = ana.post(f"{address}/answers", json=body)
        assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert ana.get("/v1/questions", params={"cursor": "x"}).json()["code"] == "bad-cursor"
    assert ana.get("/v1/questions", params={"order": "none"}).status_code == 422
    assert ana.post(f"{address}/claim", json={"minutes": 0}).status_code == 422
    assert ana.post(f"{address}/claim", json={"minutes": 5}).json()["claimed_by"].startswith("Ana")
    assert ana.post(f"{address}/release").json()["claimed_by"] is None


def test_a_batch_goes_through_the_api_and_back(send, case, stamped, reviewer):
    for number in (2, 0):
        plain, changed = stamped(number)
        send(plain, f"{number}.jpg")
        assert send(changed, f"{number} stamped.jpg").status_code == 202
    ana = reviewer("Ana")
    found = ana.get("/v1/questions", params={"case": case, "order": "age", "limit": 1}).json()
    asked = (
        found["questions"]
        + ana.get(
            "/v1/questions", params={"case": case, "order": "age", "limit": 1, "cursor": found["next"]}
        ).json()["questions"]
    )
    given = [{"question": one["id"], "version": 1, "answer": "both-needed"} for one in asked]
    done = ana.post("/v1/answers", json={"answers": given})
    assert [one["question"]["state"] for one in done.json()["results"]] == ["answered", "answered"]
    batch = done.json()["results"][0]["answer"]["batch"]
    back = ana.post(f"/v1/batches/{batch}/undo")
    assert [one["question"]["state"] for one in back.json()["results"]] == ["open", "open"]


def test_an_uploader_sees_no_questions(reviewer):
    portal = reviewer("portal", "uploader")
    assert portal.get("/v1/questions").json()["code"] == "forbidden"
