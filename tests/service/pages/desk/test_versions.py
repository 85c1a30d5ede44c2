"""Questions about versions, copies that are folded, and answers that are taken back from their list."""

import re

import pytest

from onecopy.catalog import answers, judgements
from onecopy.catalog.questions import Kind
from onecopy.model import Answer


def hidden(page, name="csrf"):
    """The value of a hidden field of a page."""
    return re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.text)[1]


def buttons(page):
    """What the buttons send, with their labels; the proposed one first in the pair."""
    found = re.findall(
        r'<button class="answer( answer-proposed)?" name="answer" value="([^"]*)".*?label">(.*?)<', page.text
    )
    return {value: (label, bool(proposed)) for proposed, value, label in found}


def say(browser, address, answer):
    page = browser.get(address)
    names = ("csrf", "version", "queue", "left", "right", "what")
    fields = {name: hidden(page, name) for name in names} | {"answer": answer}
    sent = browser.post(f"{address.partition('?')[0]}/answer", data=fields)
    assert sent.status_code == 303, sent.text


def given(desk):
    with desk.catalog() as catalog, catalog.read() as connection:
        return answers.latest(connection, desk.token["name"])


def test_what_came_again_may_count_or_not(visit, desk):
    browser, address = visit(desk.token["token"]), desk.conflict(Kind.REVERTS, 2, 3)
    page = browser.get(address)
    assert buttons(page) == {
        "newer-version-of:0": ("The left one still counts", True),
        "newer-version-of:1": ("The right one counts again", False),
    }
    assert "counts now" in page.text
    assert "came again" in page.text
    say(browser, address, "newer-version-of:1")
    assert (given(desk).given.answer, given(desk).given.newer) == (Answer.NEWER_VERSION_OF, 1)
    listed = browser.get("/queue/answered", params={"case": desk.case})
    assert "The right one counts again" in listed.text
    assert "picture 3.jpg" in listed.text
    back = browser.post(f"/desk/undo/{given(desk).public_id}", data={"csrf": hidden(listed), "queue": ""})
    assert back.status_code == 303
    assert desk.now(address).state == "open"


@pytest.mark.parametrize(
    ("kind", "count", "left", "right", "values"),
    [
        (Kind.VERSIONS, 2, 0, 1, ["newer-version-of:0", "newer-version-of:1", "both-needed", "not-related"]),
        (Kind.TWO_NAMES, 2, 0, 1, ["newer-version-of:0", "newer-version-of:1", "both-needed", "not-related"]),
        (Kind.VERSIONS, 3, 0, 1, ["newer-version-of:1", "both-needed", "not-related"]),
        (Kind.SWAPPED_PAGES, 4, 0, 2, ["newer-version-of:0", "newer-version-of:2"]),
    ],
)
def test_each_kind_has_its_answers(visit, desk, kind, count, left, right, values):
    browser = visit(desk.token["token"])
    address = desk.conflict(kind, *range(2, 2 + count), count=count, proposed={"newer": count - 1})
    page = browser.get(address)
    assert (hidden(page, "left"), hidden(page, "right")) == (str(left), str(right))
    assert list(buttons(page)) == values
    assert "take out" not in page.text


def test_further_pages_are_looked_at_and_the_answer_stays_about_the_documents(visit, desk):
    browser, address = visit(desk.token["token"]), desk.conflict(Kind.VERSIONS, 2, 3, 4, 5)
    assert "left=2&amp;right=3" in browser.get(address).text
    further = f"{address}?left=2&right=3"
    assert (hidden(browser.get(further), "left"), hidden(browser.get(further), "right")) == ("2", "3")
    say(browser, further, "newer-version-of:0")
    assert (desk.now(address).state, given(desk).given.newer) == ("answered", 0)


@pytest.mark.parametrize("answer", ["newer-version-of:", "newer-version-of:-1", "newer-version-of:1x"])
def test_no_other_position_is_taken(visit, desk, answer):
    browser, address = visit(desk.token["token"]), desk.conflict(Kind.VERSIONS, 2, 3)
    fields = {"csrf": hidden(browser.get(address)), "version": "1", "answer": answer}
    assert browser.post(f"{address}/answer", data=fields).status_code == 422
    assert desk.now(address).state == "open"


def test_copies_that_are_linked_already_are_one(visit, desk):
    browser = visit(desk.token["token"])
    with desk.service.client(desk.officer["token"]) as client:
        data = client.get(f"/v1/occurrences/{desk.sent[0]}/content").content
    again = desk.send("once more.jpg", data)
    address = desk.ask(again, 0, 1, earlier=2)
    page = browser.get(address)
    assert "once more.jpg stands for 1 copy that is linked to it already: picture 0.jpg." in page.text
    assert list(buttons(page)) == [str(one) for one in Answer][:5], "two are left to choose between"
    group = browser.get(desk.ask(0, again, 2, 1, earlier=2)).text
    assert 'name="keep" value="0" form="answer" checked' in group, "one is kept, whatever is folded under it"
    assert 'name="apart" value="0 1"' in group, "and what is taken out is taken out with its copies"
    assert "the right one has something added" in page.text, "and they are called by where they lie"
    assert (hidden(page, "left"), hidden(page, "right")) == ("0", "2")
    say(browser, address, "both-needed")
    with desk.catalog() as catalog, catalog.read() as connection:
        found = judgements.of_answer(connection, given(desk).id)
    assert {str(one.says) for one in found} == {"both-needed"}
