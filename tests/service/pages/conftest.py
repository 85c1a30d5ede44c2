"""People in browsers, before a real service."""

import os
import re
import shutil
from importlib.resources import files

import httpx
import pytest

CHROMIUM = (
    os.environ.get("ONECOPY_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
)
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def token_of(service):
    """Makes tokens: ``token_of(role, agency)``; without an agency, for all."""
    made = []

    def token_of(role, agency=None, **more):
        made.append(role)
        wanted = {"name": f"{role} {os.urandom(4).hex()}", "role": role} | more
        wanted |= {"every_agency": True} if agency is None else {"agency": agency}
        with service.client() as admin:
            reply = admin.post("/v1/tokens", json=wanted)
        assert reply.status_code == 201, reply.text
        return reply.json()

    return token_of


@pytest.fixture
def visit(service):
    """Opens plain clients that keep cookies, as browsers without scripts do; signed in with a token."""
    opened = []

    def visit(token=None):
        client = httpx.Client(
            base_url=service.url, trust_env=False, timeout=60, headers=HTML | {"Origin": service.url}
        )
        opened.append(client)
        if token is not None:
            reply = client.post("/sign-in", data={"token": token})
            assert reply.status_code == 303, reply.text
        return client

    yield visit
    for client in opened:
        client.close()


def hidden(page, name="csrf"):
    """The value of a hidden field of a page."""
    return re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.text)[1]


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="SKIPPED: pages are not tried in a browser")
    if not CHROMIUM:
        pytest.skip("SKIPPED: no browser here; set ONECOPY_TEST_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, service):
    """Opens pages; whatever the browser complains of, and every request to elsewhere, fails the test."""
    contexts, complaints = [], []

    def open_page(path="/", *, token=None, width=1280, **options):
        context = browser.new_context(
            base_url=service.url, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
        page.on(
            "request",
            lambda request: complaints.extend(
                [request.url] * (not request.url.removeprefix("blob:").startswith(service.url))
            ),
        )
        if token is not None:
            page.goto("/sign-in")
            page.get_by_role("textbox", name="Token").fill(token)
            page.get_by_role("button", name="Sign in with a token").click()
        page.goto(path)
        page.complaints = complaints
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


AXE = "axe_playwright_python"


@pytest.fixture(scope="session")
def faults():
    """What axe finds wrong with a page. The page must have been opened with ``bypass_csp``."""
    pytest.importorskip(AXE, reason="SKIPPED: accessibility is not checked without axe")
    axe = files(AXE).joinpath("axe.min.js").read_text("utf-8")

    def faults(page):
        page.add_script_tag(content=axe)
        found = page.evaluate("axe.run()")["violations"]
        return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]

    return faults
