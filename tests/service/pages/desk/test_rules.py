"""Rules that follow from answers: offered to all who review, turned into policy by records officers alone."""

import itertools
import re

import pytest


@pytest.fixture(scope="module")
def service(make_service):
    """One of its own: its policy changes."""
    return make_service().start()


def test_a_rule_is_offered_shown_and_turned_into_policy(visit, desk):
    reviewer, officer = visit(desk.token["token"]), visit(desk.officer["token"])
    alike = {"scope": "case", "category": "site-photo", "source": "portal"}
    pairs = itertools.islice(itertools.combinations(range(12), 2), 20)  # one pair is answered in one go
    asked = [desk.ask(*pair, **alike) for pair in pairs]
    given = {"version": "1", "answer": "both-needed"}
    given["csrf"] = re.search(r'name="csrf" value="([^"]+)"', reviewer.get("/queue").text)[1]
    for address in asked:
        assert reviewer.post(f"{address}/answer", data=given).status_code == 303
    assert 'href="/queue/rules"' in reviewer.get("/queue").text
    page = reviewer.get("/queue/rules")
    assert "20 questions were answered like that" in page.text
    assert asked[-1] in page.text
    assert "Turn it into policy" not in page.text
    seen = officer.get("/queue/rules")
    action = re.search(r'action="(/queue/rules/[0-9a-f]+)"', seen.text)[1]
    csrf = re.search(r'name="csrf" value="([^"]+)"', seen.text)[1]
    mine = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    assert reviewer.post(action, data={"csrf": mine}).status_code == 403
    assert officer.post(f"{action[:-1]}g", data={"csrf": csrf}).status_code == 404
    reply = officer.post(action, data={"csrf": csrf})
    assert reply.headers["location"] == "/queue/rules?adopted=1"
    assert "The rule is policy now" in officer.get(reply.headers["location"]).text
    with desk.service.client() as admin:
        assert "As people decided: edited, site-photo, portal" in admin.get("/v1/policy").text
