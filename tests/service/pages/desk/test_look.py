"""What is seen: the viewer, the facts, hostile names, and what axe finds."""

import io
import re
from urllib.parse import quote

import msgspec
import pytest
from PIL import Image

from onecopy.model import Evidence
from onecopy.sayings import said, told

expect = pytest.importorskip("playwright.sync_api").expect

WHERE = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const [layer, port] = [box(".layer"), box(".port")];
  return [layer.x - port.x, layer.y - port.y, layer.width / 640];
}"""
HOSTILE = "<img src=x onerror=alert(1)>'\""


def open_desk(open_page, desk, address, **how):
    page = open_page(address, token=desk.token["token"], **how)
    for picture in page.locator(".port img.base").all():
        picture.evaluate("(one) => one.decode()")
    page.wait_for_timeout(150)
    return page


def test_the_two_lie_on_each_other_and_what_differs_lights_up(open_page, desk):
    page = open_desk(open_page, desk, desk.ask(0, 1))
    page.keyboard.press("5")
    page.keyboard.press("m")  # without marks
    page.wait_for_timeout(200)
    shot = Image.open(io.BytesIO(page.locator('[data-pane="a"] .port').screenshot())).convert("L")
    box = page.evaluate(WHERE)

    def at(x, y):
        return shot.getpixel((round(box[0] + x * box[2]), round(box[1] + y * box[2])))

    assert at(480, 85) > 100, "the stamp"
    assert max(at(100, 100), at(320, 400), at(600, 400)) < 40
    assert "3 regions differ: 1: top right: a stamp; 2: bottom left, on the left picture alone" in (
        page.locator(".viewer-says").inner_text()
    )
    page.keyboard.press("m")
    mark = page.locator('[data-pane="a"] .mark').first.bounding_box()
    port = page.locator('[data-pane="a"] .port').bounding_box()
    assert mark["x"] == pytest.approx(port["x"] + box[0] + 400 * box[2], abs=6)
    assert mark["width"] == pytest.approx(160 * box[2] + 8, abs=3)


def test_modes_zoom_and_regions_by_keyboard(open_page, desk):
    page = open_desk(open_page, desk, desk.ask(0, 1))
    for key, mode in zip("12345", ("side", "swipe", "blink", "overlay", "difference"), strict=True):
        page.keyboard.press(key)
        assert page.locator(".viewer").get_attribute("data-shows") == mode
    zoom = page.locator("[data-zoom]")
    before = zoom.inner_text()
    page.keyboard.press(".")
    expect(zoom).not_to_have_text(before)
    assert page.locator(".viewer-says").inner_text() == "Region 1 of 3: top right: a stamp"
    assert page.locator(".regions [aria-current]").count() == 1
    page.keyboard.press("0")
    expect(zoom).to_have_text(before)
    page.keyboard.press("1")
    page.locator('[data-pane="a"] .port').focus()
    page.keyboard.press("+")
    page.wait_for_timeout(100)
    where = "[...document.querySelectorAll('.layer')].map((e) => e.style.transform)"
    first = page.evaluate(where)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    moved = page.evaluate(where)
    assert first[0] == first[1], "with the same transform both move alike"
    assert moved[0] == moved[1] != first[0]


def test_what_is_said_before_a_template_is_there_is_translated_too(visit, desk):
    browser = visit(desk.token["token"])
    page = browser.get(desk.ask(0, 1), headers={"Accept-Language": "qps-ploc"})
    labels = re.findall(r'class="answer-(?:label|does)"[^>]*>(.*?)</span>', page.text)
    assert len(labels) == 10
    assert [label for label in labels if not label.startswith("⟦")] == []


CHANGED = Evidence(
    method="photo",
    **told(
        said("framed", how=[said("cropped-left", share=0.25)]),
        said("changed-at", num=3, where=said("top-right")),
    ),
)
SAID = {"said": msgspec.to_builtins({"title": said("crop-photograph", case="7"), "reasons": CHANGED.said})}


def test_the_desk_speaks_spanish_where_it_knows_what_was_said(open_page, desk, faults):
    address = desk.ask(0, 1, evidence=CHANGED, details=SAID)
    page = open_desk(open_page, desk, address, bypass_csp=True, width=390)
    page.get_by_role("button", name="Español").click()
    heading, reasons = page.get_by_role("heading", level=1), page.locator(".reasons li").all_inner_texts()
    assert heading.inner_text() == "Un recorte de una fotografía en el expediente 7"
    assert reasons == [
        "La de la derecha es la de la izquierda, recortada a la izquierda un 25\u00a0%.",
        "Una sola captura, modificada en tres lugares (el mayor, arriba a la derecha).",
    ]
    assert page.locator("main [lang=en]").count() == 0
    assert faults(page) == []
    page.goto(desk.ask(0, 1, title="A question of long ago"))
    told_long_ago = page.locator("main [lang=en]").all_inner_texts()
    assert told_long_ago[0] == "A question of long ago"
    assert told_long_ago[1:] == ["One capture; the second has something added."]
    for path in ("/queue?order=case", f"/cases/{quote(desk.case)}"):
        page.goto(path)
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_nothing_blinks_unasked_where_motion_is_not_wanted(open_page, desk):
    page = open_desk(open_page, desk, desk.ask(0, 1), reduced_motion="reduce")
    page.keyboard.press("3")
    play = page.get_by_role("button", name="Keep blinking")
    assert play.get_attribute("aria-pressed") == "false"
    assert page.locator(".over.on").count() == 0
    page.keyboard.press(" ")
    assert page.locator(".over.on").count() == 1
    page.wait_for_timeout(700)
    assert page.locator(".over.on").count() == 1


def test_facts_say_what_differs_first_and_nothing_hostile_runs(open_page, desk):
    page = open_desk(open_page, desk, desk.ask(0, 1))
    rows = page.locator(".facts-table tbody tr")
    names = [text.split("\n")[0].split("\t")[0] for text in rows.all_inner_texts()]
    assert names[0] == "Name"
    assert {"Camera", "Software"} <= set(names)
    assert "\u202e" not in page.content(), "nothing turns the direction of what follows"
    assert "<b>Acme</b> Camera 1" in page.locator(".facts-table").inner_text()
    assert page.locator(".facts dt", has_text="Pixels").count() == 1
    assert page.locator("main b, main script").count() == 0
    assert HOSTILE in page.locator("figcaption").nth(1).inner_text()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_no_fault_and_nothing_overflows(open_page, desk, faults, scheme, width):
    how = {"color_scheme": scheme, "width": width, "bypass_csp": True}
    page = open_desk(open_page, desk, desk.ask(0, 1, priority=0), **how)

    def check():
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    check()
    for key in ("3", "5"):
        page.keyboard.press(key)
        check()
    page.keyboard.press("?")
    check()
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Tone").click()
    page.locator("summary", has_text="Note").click()
    check()
    page.goto(
        desk.ask(10, 11, 12, 13, kind="same-photograph", relation="same-image", proposal="same-keep-left")
    )
    check()
    page.goto("/queue?order=case")
    page.locator("summary", has_text="Hand on").first.click()
    check()
    page.goto("/queue?case=none")
    check()
    page.goto("/desk?case=none")
    check()


def test_nothing_is_wider_than_a_small_window(open_page, desk):
    page = open_desk(open_page, desk, desk.ask(0, 1), width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_both_files_are_leafed_through_together(open_page, desk):
    def pages(*greys):
        pictures = [Image.effect_noise((300, 400), grey).convert("RGB") for grey in greys]
        with io.BytesIO() as out:
            pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:])
            return out.getvalue()

    numbers = [desk.send("a.pdf", pages(20, 40, 60)), desk.send("b.pdf", pages(80, 100))]
    desk.clear()
    page = open_desk(open_page, desk, desk.ask(*numbers, evidence=Evidence(method="paper")))
    says, picture = page.locator(".viewer-says"), page.locator(".port img.base")
    page.keyboard.press("PageDown")
    expect(says).to_have_text("Page 2 | 2")
    assert "/pages/2?" in picture.first.get_attribute("src")
    page.keyboard.press("PageDown")
    expect(says).to_have_text("Page 3 | –")
    page.complaints.clear()  # that there is no third page is a 404 to the browser's console
    page.get_by_role("button", name="Back to the compared").click()
    assert "/picture?side=1280" in picture.first.get_attribute("src")


def test_enter_stays_with_what_has_the_focus(open_page, desk):
    address = desk.ask()
    page = open_page("/queue", token=desk.token["token"])
    page.locator("h3 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    page.goto("/queue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/*")
