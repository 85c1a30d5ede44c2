"""The pages in a real browser: no complaint of it, nothing too wide, no fault that axe finds, keyboards."""

import io
import re

import pytest
from sqlalchemy import delete

from onecopy.catalog import schema
from onecopy.catalog.store import Catalog

PATHS = (
    "/queue",
    "/queue/answered",
    "/queue/rules",
    "/dashboard",
    "/search?name=jpg",
    "/admin/policy",
    "/admin/agreements",
    "/admin/tokens",
    "/admin/people",
    "/admin/webhooks",
    "/admin/imports",
    "/admin/audit",
    "/admin/audit/0",
    "/admin/health",
    "/public",
)


@pytest.fixture(scope="module")
def service(make_service, encode, photo):
    """A service with a little of everything, and names that would run if they could."""
    service = make_service(environment={"ONECOPY_PUBLIC_PAGE": "yes"}).start()
    with service.client() as admin:
        for number, agency in enumerate(("Building <img src=x onerror=alert(1)>", "Fire")):
            for name in ("a</script><script>alert(2)</script>.jpg", f"{'long' * 60}.jpg", "again.jpg"):
                form = {"case": "\"'><svg onload=alert(3)>", "agency": agency, "source": "{{ 7 * 7 }}"}
                data = encode(photo(number), comment=b"<script>alert(4)</script>")
                reply = admin.post("/v1/uploads", files={"file": (name, data)}, data=form)
                assert reply.status_code in (200, 201, 202), reply.text
        wanted = {"name": "<b>reviewer</b>", "role": "reviewer", "agency": "Fire"}
        service.reviewer = admin.post("/v1/tokens", json=wanted).json()["token"]
        admin.post("/v1/agreements", json={"holder": "Fire", "seeker": "Water", "reveals": "occurrence"})
    return service


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


SOME = ("/dashboard", "/search?name=jpg", "/admin/policy", "/admin/tokens")


@pytest.mark.parametrize(
    ("paths", "scheme", "width"),
    [
        (SOME, "light", 390),
        pytest.param(PATHS, "light", 1280, marks=pytest.mark.slow),
        pytest.param(PATHS, "dark", 390, marks=pytest.mark.slow),
    ],
    ids=["some", "light", "dark"],
)
def test_every_page_is_sound(open_page, faults, service, paths, scheme, width):
    page = open_page("/sign-in", token=service.token, width=width, color_scheme=scheme, bypass_csp=True)
    for path in paths:
        assert page.goto(path).ok, path
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert faults(page) == [], path
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = false; })")
        for narrow in (320, width):
            page.set_viewport_size({"width": narrow, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= narrow, path
        assert "49" not in page.get_by_role("main").inner_text() or path != "/dashboard"


def test_states_without_a_session_are_sound(open_page, faults, service):
    page = open_page("/nowhere", token=service.token, bypass_csp=True)
    page.complaints.clear()  # that the page is not there is said on the console
    assert faults(page) == []
    page.context.clear_cookies()
    page.goto("/sign-in?next=/search")
    assert faults(page) == []
    page.get_by_role("textbox", name="Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not valid")
    expect(page.get_by_role("textbox", name="Token")).to_be_focused()
    assert faults(page) == []
    page.complaints.clear()  # as is a status of 401
    page.get_by_role("textbox", name="Token").fill(service.token)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{service.url}/search")


def forget_sessions(service):
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        connection.execute(delete(schema.session))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ends_under_a_form_loses_nothing(open_page, faults, service, scripts):
    page = open_page("/admin/people", token=service.token, java_script_enabled=scripts, bypass_csp=True)
    email = f"kim{scripts}@example.gov".lower()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Role").select_option("auditor")
    page.get_by_label("All agencies").check()
    forget_sessions(service)
    page.get_by_role("button", name="Let them sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in again to go on")
    expect(page.get_by_role("main")).to_contain_text("nothing was done yet")
    if scripts:
        assert faults(page) == []
    page.complaints.clear()  # a status of 401
    page.get_by_role("textbox", name="Token").fill(service.token)
    page.get_by_role("button", name="Sign in with a token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Go on where you were")
    expect(page.get_by_role("main")).to_contain_text("Let somebody sign in")
    expect(page.get_by_role("main")).to_contain_text(email)
    if scripts:
        assert faults(page) == []
    page.get_by_role("button", name="Send it now").click()
    expect(page).to_have_url(f"{service.url}/admin/people")
    row = page.get_by_role("row").filter(has_text=email)
    expect(row).to_contain_text("Auditor")
    expect(row).to_contain_text("All agencies")
    assert not re.search(r"onecopy_|test-token", page.url)


def test_the_keyboard_goes_in_order_and_comes_back(open_page, service):
    page = open_page("/search", token=service.reviewer)
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))
    assert seen[:5] == ["Skip to the content", "onecopy", "Review", "Dashboard", "Search"]
    assert seen[6] == "Español"
    assert seen[7].endswith("<b>reviewer</b>")
    assert seen[8] == "case"
    page.goto("/search")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Case")).to_be_focused()
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


@pytest.mark.parametrize("scripts", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_picture_is_chosen_and_found(open_page, service, encode, photo, scripts):
    page = open_page("/search", token=service.reviewer, java_script_enabled=scripts)
    file = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": encode(photo(1).resize((400, 300)))}
    page.get_by_label("A picture, a PDF or a ZIP").set_input_files(file)
    if scripts:
        expect(page.locator("img.preview")).to_be_visible()
    page.get_by_role("button", name="See where it is held").click()
    expect(page.get_by_role("heading", name="mine.jpg")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Same image, saved again")
    expect(page.locator(".result .thumb").first).to_be_visible()


def test_a_new_token_can_be_copied_and_goes_nowhere_else(open_page, service):
    page = open_page("/admin/tokens", token=service.token)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("copied")
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("#new-token").inner_text()
    assert secret.startswith("onecopy_")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    assert secret not in page.url


@pytest.mark.slow
def test_pages_print_without_their_controls(open_page, service):
    page = open_page("/dashboard", token=service.token)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("heading", name="By month")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_every_visible_word_is_from_the_catalogue(open_page, service):
    """In the made-up language what was translated stands in brackets; what is left is data, or a gap."""
    page = open_page("/sign-in", locale="qps-ploc")
    expect(page.locator("html")).to_have_attribute("lang", "qps-ploc")
    left = [("/sign-in", outside(page))]
    page.get_by_role("textbox", name=re.compile("Tók")).fill(service.token)
    page.get_by_role("main").get_by_role("button").click()
    for path in PATHS:
        page.goto(path)
        left.append((path, outside(page)))
    assert [(path, words) for path, words in left if words] == []


DATA = re.compile(
    r"onecopy|admin|reviewer|Fire|Water|Building.*|Shipped default|YAML|UTC|SHA-256|sha256|[kMGT]B|bytes?"
    r"|test|again\.jpg|(long)+\.jpg|a</script>.*|case|[0-9a-f]{12,}…?|\d[\d-]*|ONECOPY_\w+|{{ 7 \* 7 }}"
    r"|\"'><svg onload=alert\(3\)>|<b>reviewer</b>|JSON|CSV|RFC|[a-z]+\.[a-z-]+|English|Español"
    r"|the first start|pip install '.*'"
)


def outside(page):
    """Visible text that is neither in brackets nor data; code and what users wrote are left out."""
    found = page.evaluate(
        """() => {
            const skip = "script, style, code, pre, textarea, .hash, .quiet > q, time, bdi";
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walker.nextNode()) {
                const node = walker.currentNode;
                if (!node.textContent.trim() || node.parentElement.closest(skip)) continue;
                texts.push(node.textContent);
            }
            return texts.join(" \\u241e ");
        }"""
    )
    bare = re.sub(r"⟦[^⟦⟧]*(⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧", " ", found)
    words = [part.strip() for part in bare.split("\u241e")]
    words = [re.sub(DATA, " ", part) for part in words]
    return sorted({part.strip() for part in words if re.search(r"[^\W\d_]{2,}", part)})


def test_content_is_never_a_page(service, visit, encode, photo):
    """What was uploaded as HTML or SVG comes back as a download, and in a sandbox of its own."""
    with service.client() as admin:
        for name, data in (
            ("../../page.html", b"<script>alert(1)</script>"),
            ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ):
            sent = admin.post(
                "/v1/uploads", files={"file": (name, data)}, data={"case": "h", "agency": "Fire"}
            )
            id = sent.json()["occurrence"]["id"]
            reply = visit(service.reviewer).get(f"/v1/occurrences/{id}/content")
            assert reply.headers["content-type"] == "application/octet-stream"
            assert reply.headers["content-disposition"].startswith("attachment")
            assert "/" not in reply.headers["content-disposition"]
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in reply.headers["content-security-policy"]
    for path in ("/static/x/..%2f..%2fapp.py", "/static/%2e%2e/app.py", "/search/../admin/policy/..%2f"):
        assert visit().get(path).status_code in (303, 404)


def test_pictures_in_memory_leave_with_the_page(open_page, service, encode, photo):
    page = open_page("/search", token=service.reviewer)
    buffer = io.BytesIO(encode(photo(2))).getvalue()
    field = page.get_by_label("A picture, a PDF or a ZIP")
    field.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": buffer})
    first = page.locator("img.preview").get_attribute("src")
    field.set_input_files({"name": "b.txt", "mimeType": "text/plain", "buffer": b"text"})
    assert first.startswith("blob:")
    expect(page.locator("img.preview")).to_be_hidden()


@pytest.mark.parametrize("scripts", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_language_is_chosen_with_a_button_and_kept(open_page, service, scripts):
    page = open_page("/search?name=jpg", token=service.reviewer, java_script_enabled=scripts)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Español").click()
    expect(page).to_have_url(f"{service.url}/search?name=jpg")
    expect(html).to_have_attribute("lang", "es-US")
    expect(page.get_by_role("heading", level=1)).to_have_text("Buscar")
    expect(page.locator("time").first).to_contain_text(re.compile(r"^\d+ de [a-z]+ de \d{4}, \d\d:\d\d UTC$"))
    page.goto("/dashboard")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"67\s%"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


def test_a_language_that_there_is_not_or_another_sites_form_changes_nothing(visit, service):
    client = visit(service.reviewer)
    reply = client.post("/language", data={"to": "xx", "back": "//elsewhere.example/"})
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert "set-cookie" not in reply.headers
    reply = client.post("/language", data={"to": "es"}, headers={"Origin": "https://elsewhere.example"})
    assert reply.status_code == 403
    reply = client.post("/language", data={"to": "es", "back": "/queue?kind=unclear"})
    assert reply.headers["location"] == "/queue?kind=unclear"
    assert "Revisión" in client.get("/queue", headers={"Accept-Language": "en"}).text
    assert "onecopy_language" in reply.headers["set-cookie"]


def test_spanish_pages_are_sound(open_page, faults, service):
    page = open_page("/sign-in", token=None, width=390, bypass_csp=True, locale="es-MX")
    expect(page.locator("html")).to_have_attribute("lang", "es-US")
    assert faults(page) == []
    page.get_by_role("textbox", name="Token").fill(service.token)
    page.get_by_role("button", name="Iniciar sesión con un token").click()
    for path in ("/queue", "/dashboard", "/admin/policy"):
        page.goto(path)
        assert faults(page) == [], path
        for narrow in (320, 390):
            page.set_viewport_size({"width": narrow, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= narrow, path
