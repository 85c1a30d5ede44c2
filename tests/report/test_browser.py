"""The report in a real browser: nothing goes wrong, nothing overflows, filters work, axe finds no fault."""

import os
import re
import shutil
from importlib.resources import files

import pytest

from onecopy.findings import Unreadable
from onecopy.report import write

sync_api = pytest.importorskip("playwright.sync_api", reason="SKIPPED: the report is not tried in a browser")
CHROMIUM = (
    os.environ.get("ONECOPY_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="SKIPPED: no browser here; set ONECOPY_TEST_CHROMIUM")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Opens a report; whatever the browser complains of, and every request it makes, fails the test."""
    contexts, complaints = [], []

    def open_page(folder, *, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
        page.on("request", lambda request: complaints.extend([request.url] * request.url.startswith("http")))
        page.goto((folder / "report.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def report(make_archive, tmp_path_factory):
    archive, folder = make_archive(), tmp_path_factory.mktemp("report")
    write(archive.findings(), folder, price_per_tb_year=276, preview=archive.preview)
    return folder


def expect(locator):
    return sync_api.expect(locator)


def test_nothing_is_wider_than_the_window(open_page, report):
    page = open_page(report)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_long_names_do_not_overflow_either(open_page, new_archive, tmp_path):
    it = new_archive()
    name = "x" * 251 + ".jpg"
    it.group(it.image(f"archive/{name}"), ("r" * 300,), (it.image(f"archive/y{name}"), "same-bytes", 1.0, ()))
    it.unreadable.append(Unreadable(locator=f"archive/{name}", code="truncated", message="m" * 300))
    write(it.findings(), tmp_path, price_per_tb_year=276, preview=it.preview)
    page = open_page(tmp_path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_no_fault(open_page, report, scheme, width):
    pytest.importorskip("axe_playwright_python", reason="SKIPPED: accessibility is not checked without axe")
    page = open_page(report, width=width, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.add_script_tag(content=files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []


def test_filters_narrow_both_lists_and_clear_again(open_page, report):
    page = open_page(report)
    status, groups, pairs = (
        page.locator("#status"),
        page.locator("#groups .shown"),
        page.locator("#related .shown"),
    )
    expect(status).to_have_text("3 groups of copies and 4 related pairs")
    page.get_by_label("Show").select_option("edited")
    expect(status).to_have_text("0 groups of copies and 2 related pairs")
    expect(page.locator("#groups").get_by_text("Nothing here matches the filter.")).to_be_visible()
    assert groups.count() == 0
    page.get_by_label("Show").select_option("")
    page.get_by_label("Search names").fill("Scan0001")
    expect(status).to_have_text("1 group of copies and 0 related pairs")
    expect(groups).to_contain_text("scan0001.pdf, page 1")
    page.get_by_label("Search names").fill("")
    page.get_by_label("Folder").select_option("archive/BP-2026-0418")
    expect(status).to_have_text("0 groups of copies and 0 related pairs")
    page.get_by_role("button", name="Clear").click()
    expect(status).to_have_text("3 groups of copies and 4 related pairs")
    assert (groups.count(), pairs.count()) == (3, 4)


def test_sorting(open_page, report):
    page = open_page(report)
    titles = page.locator("#groups .shown h3 bdi")
    assert titles.all_text_contents() == ["IMG_2044.jpg", "IMG_2041.jpg", "form.tif, page 1"]
    page.get_by_label("Sort by").select_option("copies")
    expect(titles.first).to_have_text("IMG_2041.jpg")
    page.get_by_label("Sort by").select_option("confidence")
    expect(titles.first).to_have_text("form.tif, page 1")


def test_many_groups_come_a_page_at_a_time_and_links_find_theirs(open_page, large_archive, tmp_path):
    it = large_archive(60)
    write(it.findings(), tmp_path, price_per_tb_year=276, preview=it.preview)
    page = open_page(tmp_path)
    shown = page.locator("#groups .shown")
    assert shown.count() == 24
    page.locator("#groups").get_by_role("button", name="Show 24 more of 36").click()
    assert shown.count() == 48
    expect(shown.nth(24)).to_be_focused()
    page.evaluate("location.hash = '#group-60'")
    expect(page.locator("#group-60")).to_be_in_viewport()
    expect(page.locator("#groups .more")).to_be_hidden()


def test_it_reads_without_javascript(open_page, report):
    page = open_page(report, java_script_enabled=False)
    expect(page.locator("#group-3")).to_be_visible()
    expect(page.locator("#pair-4")).to_be_visible()
    expect(page.get_by_label("Search names")).to_be_hidden()


def test_marks_lie_over_their_picture(open_page, report):
    page = open_page(report)
    picture = page.locator("#pair-2 .side:first-child .picture")
    frame, use, mark = (
        picture.bounding_box(),
        picture.locator("use").bounding_box(),
        picture.locator(".line").bounding_box(),
    )
    assert use["width"] > 100
    # The stamp begins at x 2500 of 4032 and y 2661 of 3024.
    assert mark["x"] == pytest.approx(use["x"] + use["width"] * 2500 / 4032, abs=4)
    assert mark["y"] == pytest.approx(use["y"] + use["height"] * 2661 / 3024, abs=4)
    assert frame["x"] <= use["x"]
    assert frame["y"] <= use["y"] + 1


def test_hostile_names_run_nothing(open_page, new_archive, tmp_path):
    it = new_archive(sources=("<img src=x onerror=alert(1)>",))
    names = ["<script>alert(1)</script>", "</script><script>alert(2)</script>", "\"'><svg onload=alert(3)>"]
    for name in names:
        it.group(
            it.image(f"{it.sources[0]}/{name}"),
            (name,),
            (it.image(f"copy of {name}"), "same-bytes", 1.0, (name,)),
        )
    write(it.findings(), tmp_path, price_per_tb_year=276, preview=it.preview)
    page = open_page(tmp_path)
    expect(page.locator("#status")).to_have_text(re.compile("^3 groups"))
    for name in names:
        expect(page.get_by_text(f"copy of {name}", exact=True).first).to_be_visible()


def test_the_keyboard_reaches_everything_in_order(open_page, report):
    page = open_page(report)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the report")).to_be_focused()
    page.get_by_label("Search names").focus()
    for label in ("Show", "Folder", "Sort by"):
        page.keyboard.press("Tab")
        expect(page.get_by_label(label)).to_be_focused()


def test_it_prints_without_its_controls(open_page, report):
    page = open_page(report)
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("#group-1")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
