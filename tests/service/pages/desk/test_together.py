"""Several people at once, sessions that end, and rights."""

import re
from pathlib import Path

import httpx
import pytest

from onecopy.catalog import occurrences, questions
from onecopy.catalog.questions import Kind, Member, Part, Question
from onecopy.catalog.store import Catalog

expect = pytest.importorskip("playwright.sync_api").expect

HTML = {"Accept": "text/html"}


def hidden(page, name="csrf"):
    """The value of a hidden field of a page."""
    return re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.text)[1]


def fields_of(page, answer="both-needed"):
    names = ("csrf", "version", "queue", "left", "right", "what")
    return {name: hidden(page, name) for name in names} | {"answer": answer}


def test_two_never_decide_the_same_and_the_second_is_told_who_did(visit, desk):
    first, second = visit(desk.token["token"]), visit(desk.other["token"])
    address = desk.ask()
    mine = first.get(address)
    theirs = second.get(address)
    assert f"{desk.token['name']} has this question in hand until" in theirs.text
    assert 'id="answer"' not in theirs.text
    assert first.post(f"{address}/answer", data=fields_of(mine)).status_code == 303
    late = fields_of(mine, "not-related") | {"csrf": hidden(theirs), "note": "kept words"}
    refused = second.post(f"{address}/answer", data=late)
    assert refused.status_code == 409
    assert f"{desk.token['name']} answered" in refused.text
    assert "Nothing was changed." in refused.text
    assert desk.now(address).answer == "both-needed"


def test_what_others_answer_leaves_the_list_and_the_desk_says_so(open_page, visit, desk):
    gone, stays = desk.ask(), desk.ask()
    listed = open_page("/queue", token=desk.token["token"])
    rows = listed.locator("[data-row]")
    assert rows.count() == 2
    looking = open_page(gone, token=desk.officer["token"])  # has it in hand
    other = visit(desk.officer["token"])
    assert other.post(f"{gone}/answer", data=fields_of(other.get(gone))).status_code == 303
    expect(rows).to_have_count(1, timeout=15_000)
    expect(listed.locator("#count")).to_have_text("1 question open")
    assert stays in rows.locator("h3 a").get_attribute("href")
    more = desk.ask()
    listed.get_by_text("New questions came in").wait_for(timeout=15_000)
    assert looking.get_by_text("answered by somebody else").is_hidden()  # it was oneself, in another window
    assert more


def test_a_session_that_ends_in_the_middle_of_a_decision_loses_nothing(open_page, desk):
    address = desk.ask()
    page = open_page(address, token=desk.token["token"])
    page.locator("summary", has_text="Note").click()
    page.get_by_label("Note", exact=True).fill("The left one shows the hydrant.")
    page.context.clear_cookies()
    page.complaints.clear()
    page.get_by_role("button", name="Newer version").click()
    page.get_by_text("Your session had ended").wait_for()
    assert desk.now(address).state == "open"
    page.locator("#token").fill(desk.token["token"])
    page.get_by_role("button", name="Sign in with a token").click()
    page.get_by_text("The left one shows the hydrant.").wait_for()
    page.get_by_role("button", name="Send it now").click()
    page.wait_for_url(re.compile("/desk"))
    now = desk.now(address)
    assert (now.state, now.answer, now.answered_by) == ("answered", "newer-version-of", desk.token["name"])
    page.complaints.clear()  # a page that is answered with 401 is an error to the browser's console


def test_release_assign_and_filters_stay_in_the_address(visit, desk):
    browser = visit(desk.token["token"])
    address = desk.ask(category="plan")
    desk.ask(category="photo")
    place = "category=plan&order=age"
    listed = browser.get(f"/queue?{place}")
    assert re.findall(r'data-row="([^"]+)"', listed.text) == [address.rpartition("/")[2]]
    assert 'href="/desk?category=plan&amp;order=age"' in listed.text
    first = browser.get(f"/desk?{place}")
    assert first.headers["location"] == f"{address}?{place}"
    page = browser.get(first.headers["location"])
    assert hidden(page, "queue") == place.replace("&", "&amp;")
    assert desk.now(address).claimed_by == desk.token["name"]
    csrf = hidden(page)
    back = browser.post(f"{address}/release", data={"csrf": csrf, "queue": place, "back": "queue"})
    assert back.headers["location"] == f"/queue?{place}"
    assert desk.now(address).claimed_by is None
    browser.post(f"{address}/assign", data={"csrf": csrf, "to": desk.other["name"]})
    assert desk.now(address).assigned_to == desk.other["name"]
    done = browser.post(f"{address}/answer", data=fields_of(page) | {"queue": place})
    assert done.headers["location"].startswith(f"/desk?{place}&after=")
    assert "No question that fits your filter" in browser.get(f"/desk?{place}").text


def test_a_filter_that_makes_no_sense_is_said(visit, desk):
    desk.ask()
    page = visit(desk.token["token"]).get("/queue", params={"kind": "<b>none", "sure": "high"})
    assert "kind=&lt;b&gt;none" in page.text
    assert "sure=high" not in page.text.partition("makes no sense:")[2].partition("</div>")[0]


def test_an_auditor_reads_questions_without_pictures_and_answers_none(visit, desk, token_of):
    browser, address = visit(token_of("auditor", desk.agency)["token"]), desk.ask()
    page = browser.get(address)
    assert "picture?side" not in page.text
    assert 'id="answer"' not in page.text
    assert desk.now(address).claimed_by is None
    fields = {"csrf": hidden(page), "answer": "both-needed", "version": "1"}
    assert browser.post(f"{address}/answer", data=fields).status_code == 403
    assert desk.now(address).state == "open"


def test_whoever_may_not_read_questions_sees_none(visit, desk, token_of):
    browser, address = visit(token_of("uploader", desk.agency)["token"]), desk.ask()
    for path in ("/queue", "/desk", address, "/queue/events"):
        assert browser.get(path).status_code == 403
    assert browser.post(f"{address}/answer", data={"answer": "both-needed"}).status_code == 403


def test_another_agencys_questions_are_as_if_they_were_not(visit, desk, token_of):
    browser, address = visit(token_of("records-officer", "some other agency")["token"]), desk.ask()
    csrf = hidden(browser.get("/queue")) if 'name="csrf"' in browser.get("/queue").text else ""
    assert address.rpartition("/")[2] not in browser.get("/queue").text
    unknown = "/desk/5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"
    for place in (address, unknown):
        assert browser.get(place).status_code == 404
        for what in ("answer", "claim", "release", "assign"):
            assert browser.post(f"{place}/{what}", data={"csrf": csrf, "answer": "skip"}).status_code == 404
    assert desk.now(address).state == "open"


def test_a_form_of_another_site_does_nothing(visit, desk):
    browser, address = visit(desk.token["token"]), desk.ask()
    fields = fields_of(browser.get(address))
    forged = browser.post(f"{address}/answer", data=fields, headers=HTML | {"Origin": "https://evil.example"})
    assert forged.status_code == 403
    assert browser.post(f"{address}/answer", data=fields | {"csrf": "0" * 64}).status_code == 403
    assert desk.now(address).state == "open"


def test_changes_are_heard_once_and_after_a_break(visit, desk):
    browser = visit(desk.token["token"])
    since = re.search(r"/queue/events\?since=(\d+)", browser.get("/queue").text)[1]
    address = desk.ask()
    heard = []
    with browser.stream("GET", f"/queue/events?since={since}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            heard.append(line)
            if line.startswith("data:"):
                break
    assert f'"question":"{address.rpartition("/")[2]}"' in heard[-1]
    last = next(line for line in reversed(heard) if line.startswith("id:")).partition(" ")[2]
    assert int(last) > int(since)


@pytest.mark.slow
def test_an_answer_is_taken_back_after_a_restart(make_service):
    """Undo needs nothing but the catalog."""
    service = make_service().start()
    token = service.token
    try:
        with service.client() as client:
            ids = list(_two_files(client))
        address = _ask_in(service, ids)
        for restart in (False, True):
            if restart:
                service.stop()
                service.start()
            browser = httpx.Client(
                base_url=service.url, trust_env=False, timeout=60, headers=HTML | {"Origin": service.url}
            )
            assert browser.post("/sign-in", data={"token": token}).status_code == 303
            if not restart:
                page = browser.get(address)
                assert browser.post(f"{address}/answer", data=fields_of(page)).status_code == 303
            else:
                listed = browser.get("/queue")
                undo = re.search(r'action="(/desk/undo/[^"]+)"', listed.text)[1]
                assert browser.post(undo, data={"csrf": hidden(listed)}).status_code == 303
                assert 'id="answer"' in browser.get(address).text
            browser.close()
    finally:
        service.stop()


def _two_files(client):
    for name in ("a.png", "b.png"):
        sent = client.post("/v1/uploads", files={"file": (name, name.encode())}, data={"case": "c"})
        yield sent.json()["occurrence"]["id"]


def _ask_in(service, ids, count=1):
    """Ask about two occurrences, so often, straight in the catalog of a service."""
    with Catalog(service.folder / "catalog.db", busy_seconds=60) as catalog, catalog.write() as connection:
        found = [occurrences.get(connection, id) for id in ids]
        members = [
            Member(position=n, occurrence=one.id, content=one.content, inner="", role=Part.OFFERED)
            for n, one in enumerate(found)
        ]
        for number in range(count):
            case, title = f"case {number % 100:02}", f"Number {number}"
            asked = Question(agency="", case_id=case, kind=Kind.UNCLEAR, title=title)
            questions.add(connection, asked, members, [], by=None)
    return f"/desk/{asked.public_id}"


@pytest.mark.slow
def test_ten_thousand_questions_cost_no_more_memory_than_forty(make_service):
    """Whatever the length of the queue, a page of it is as large, and the service stays as small."""
    service = make_service().start()
    with service.client() as client:
        ids = list(_two_files(client))
    headers = HTML | {"Origin": service.url}
    browser = httpx.Client(base_url=service.url, trust_env=False, timeout=60, headers=headers)
    browser.post("/sign-in", data={"token": service.token})

    def memory():
        status = Path(f"/proc/{service.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    _ask_in(service, ids, 200)
    small = browser.get("/queue")
    for _ in range(5):
        browser.get("/queue?order=case")
    before = memory()
    _ask_in(service, ids, 10_000)
    address, pages = "/queue?order=case", 0
    while address and pages < 260:
        page = browser.get(address)
        assert len(page.content) < 1.5 * len(small.content)
        further = re.search(r'rel="next" href="([^"]+)"', page.text)
        address, pages = further and further[1].replace("&amp;", "&"), pages + 1
    assert pages == 255, "10,200 questions, 40 on a page"
    assert memory() - before < 30_000, "kB more than with 200 questions"
    browser.close()
