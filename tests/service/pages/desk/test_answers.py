"""Every answer: with a mouse, with a keyboard alone, and without scripts; and taking it back."""

import re

import pytest

from onecopy.catalog import answers
from onecopy.model import Answer


def hidden(page, name="csrf"):
    """The value of a hidden field of a page."""
    return re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.text)[1]


KEYS = {
    "l": Answer.SAME_KEEP_LEFT,
    "r": Answer.SAME_KEEP_RIGHT,
    "n": Answer.NEWER_VERSION_OF,
    "b": Answer.BOTH_NEEDED,
    "x": Answer.NOT_RELATED,
}
BUTTONS = {
    Answer.SAME_KEEP_LEFT: "Same, keep the left",
    Answer.SAME_KEEP_RIGHT: "Same, keep the right",
    Answer.NEWER_VERSION_OF: "Newer version",
    Answer.BOTH_NEEDED: "Both needed",
    Answer.NOT_RELATED: "Not related",
}


def test_every_answer_with_one_key_and_back_with_another(open_page, desk):
    asked = [desk.ask() for _ in range(6)]
    page = open_page("/desk", token=desk.token["token"])
    for address, (key, answer) in zip(asked, KEYS.items(), strict=False):
        page.wait_for_url(re.compile(re.escape(address)))
        page.keyboard.press(key)
        page.wait_for_url(lambda url, address=address: address not in url)
        assert desk.now(address).answer == answer
    assert asked[5] in page.url
    for address, answer in zip(reversed(asked[:5]), reversed(KEYS.values()), strict=True):
        assert BUTTONS[answer] in page.locator(".last").inner_text()
        page.keyboard.press("u")
        page.wait_for_url(re.compile(re.escape(address)))
        page.get_by_text("Everything is as it was before").wait_for()
        assert (desk.now(address).state, desk.now(address).answer) == ("open", None)


def test_every_answer_with_a_mouse(open_page, desk):
    asked = [desk.ask() for _ in BUTTONS]
    page = open_page("/desk", token=desk.token["token"])
    for address, (answer, label) in zip(asked, BUTTONS.items(), strict=True):
        page.get_by_role("button", name=label).click()
        page.wait_for_url(lambda url, address=address: address not in url)
        assert desk.now(address).answer == answer
    page.get_by_role("heading", name="Nothing is left for you here").wait_for()
    undo = page.get_by_role("button", name="Undo")
    assert undo.count() >= len(asked), "each of them can be taken back from here"
    undo.first.click()
    page.wait_for_url(re.compile(re.escape(asked[-1])))


def test_every_answer_without_scripts(visit, desk):
    browser = visit(desk.token["token"])
    for answer in Answer:
        address = desk.ask()
        page = browser.get(address)
        fields = {name: hidden(page, name) for name in ("csrf", "version", "queue", "left", "right", "what")}
        sent = browser.post(f"{address}/answer", data=fields | {"answer": str(answer), "note": "Look here."})
        assert sent.status_code == 303, sent.text
        now = desk.now(address)
        if answer in (Answer.SKIP, Answer.ASK_A_COLLEAGUE):
            assert now.state == "open"
        else:
            assert (now.state, now.answer) == ("answered", answer)
        following = browser.get(sent.headers["location"], follow_redirects=True)
        assert "/desk/undo/" in following.text, "it can be taken back from wherever one is"
    assert "Look here." in browser.get(address).text


def test_without_scripts_both_pictures_the_difference_and_the_regions_are_there(open_page, desk):
    address = desk.ask(0, 1)
    page = open_page(address, token=desk.token["token"], java_script_enabled=False)
    for label in ("Left: picture 0.jpg", "Right: ", "The left picture, the right one laid on it"):
        picture = page.get_by_role("img", name=label).first
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["width"] > 100
    assert page.locator(".regions li").all_inner_texts() == [
        "top right: a stamp",
        "bottom left, on the left picture alone",
        "in the centre, on the right picture alone",
    ]
    assert page.get_by_role("button", name="Both needed").is_visible()
    assert page.locator(".viewer-tools").is_hidden()
    page.get_by_role("button", name="Not related").click()
    assert desk.now(address).answer == Answer.NOT_RELATED


def test_a_group_is_decided_at_once_with_one_taken_out_and_another_kept(open_page, desk):
    how = {"relation": "same-image", "kind": "same-photograph", "proposal": "same-keep-left"}
    address = desk.ask(10, 11, 12, 13, title="The same photograph, 4 copies", proposed={"keep": 0}, **how)
    page = open_page(address, token=desk.token["token"])
    page.keyboard.press("j")  # on to the third
    page.wait_for_url(re.compile("right=2"))
    page.keyboard.press("t")
    page.keyboard.press("k")
    page.wait_for_url(re.compile("right=1"))
    assert page.get_by_label("take out picture 12.jpg").is_checked(), "what was ticked is kept while looking"
    page.keyboard.press("e")
    page.keyboard.press("l")
    page.wait_for_url(lambda url: address not in url)
    with desk.catalog() as catalog, catalog.read() as connection:
        given = answers.latest(connection, desk.token["name"]).given
    assert (given.answer, given.keep, given.apart) == (Answer.SAME_KEEP_LEFT, 1, (2,))


def test_a_note_to_a_colleague(open_page, desk):
    address = desk.ask()
    page = open_page(address, token=desk.token["token"])
    page.keyboard.press("q")
    page.keyboard.type("Is this the same lot? (l, r, x)")
    page.get_by_role("button", name="Ask a colleague").click()
    page.wait_for_url(lambda url: address not in url)
    assert desk.now(address).state == "open"
    page.goto(address)
    assert "Is this the same lot? (l, r, x)" in page.locator(".said").inner_text()


def test_keys_can_be_switched_off_and_stay_so(open_page, desk):
    address = desk.ask()
    page = open_page(address, token=desk.token["token"])
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_label("Single keys act").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("x")
    page.keyboard.press("5")
    assert page.locator("[data-mode]:checked").get_attribute("value") == "side"
    assert desk.now(address).state == "open"


@pytest.mark.parametrize("answer", ["", "delete", "same-keep-left\x00"])
def test_what_is_no_answer_changes_nothing(visit, desk, answer):
    browser, address = visit(desk.token["token"]), desk.ask()
    fields = {"csrf": hidden(browser.get(address)), "version": "1", "answer": answer}
    reply = browser.post(f"{address}/answer", data=fields)
    assert reply.status_code == 422
    assert desk.now(address).state == "open"
