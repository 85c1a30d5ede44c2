"""Signing in on a page, what protects forms, and what becomes of one when the session ends under it."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import update

from onecopy.catalog import schema, sessions
from onecopy.catalog.store import Catalog

HTML = {"Accept": "text/html"}


def hidden(page, name="csrf"):
    return re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.text)[1]


def age(service, **times):
    """Let all sessions be as if so much time had gone by."""
    values = {name: datetime.now(UTC) - gone for name, gone in times.items()}
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        connection.execute(update(schema.session).values(values))


def test_who_is_not_signed_in_is_asked_to_and_goes_on_then(service, visit):
    browser = visit()
    away = browser.get("/?case=24016%2F1")
    assert (away.status_code, away.headers["location"]) == (
        303,
        "/sign-in?next=%2F%3Fcase%3D24016%252F1",
    )
    form = browser.get(away.headers["location"])
    assert re.search(r'<input id="token"[^>]* autofocus', form.text)  # there is nothing else to do
    back = browser.post("/sign-in", data={"token": service.token, "next": hidden(form, "next")})
    assert (back.status_code, back.headers["location"]) == (303, "/?case=24016%2F1")
    cookie = back.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert service.token not in cookie
    assert browser.get("/v1/me").json()["name"] == "admin"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x", "/a\r\nb", ""]
)
def test_signing_in_leads_nowhere_else(service, visit, elsewhere):
    reply = visit().post("/sign-in", data={"token": service.token, "next": elsewhere})
    assert (reply.status_code, reply.headers["location"]) == (303, "/")


def test_a_wrong_token_is_said_to_be_and_is_not_shown(visit):
    reply = visit().post("/sign-in", data={"token": "onecopy_wrong"})
    assert reply.status_code == 401
    assert "That token is not valid" in reply.text
    assert "onecopy_wrong" not in reply.text
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/continue"])
@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "http://127.0.0.1:1"])
def test_forms_of_other_sites_do_nothing(service, visit, path, origin):
    browser = visit(service.token)
    del browser.headers["Origin"]
    reply = browser.post(path, data={"csrf": ""}, headers={"Origin": origin} if origin else {})
    assert reply.status_code == 403
    assert "sent from another site" in reply.text
    assert browser.get("/v1/me").status_code == 200


def test_signing_out_needs_a_form_of_the_session(service, visit):
    browser, other = visit(service.token), visit(service.token)
    page = browser.get("/nowhere")
    kept = dict(browser.cookies)
    browser.post("/sign-out", data={"csrf": hidden(other.get("/nowhere"))})
    assert httpx.get(f"{service.url}/v1/me", cookies=kept, trust_env=False).status_code == 200
    browser.cookies.update(kept)
    assert browser.post("/sign-out", data={"csrf": hidden(page)}).headers["location"] == "/sign-in"
    assert httpx.get(f"{service.url}/v1/me", cookies=kept, trust_env=False).status_code == 401


def test_sessions_end_with_the_token(service, visit, token_of):
    made = token_of("reviewer", "fire")
    browser = visit(made["token"])
    assert browser.get("/v1/me").json() == {"name": made["name"], "role": "reviewer", "agency": "fire"}
    with service.client() as admin:
        admin.delete(f"/v1/tokens/{made['id']}")
    assert browser.get("/v1/me").status_code == 401
    assert visit().post("/sign-in", data={"token": made["token"]}).status_code == 401


def test_sessions_end_by_idleness_and_by_age(service, visit):
    idle = visit(service.token)
    age(service, used_at=sessions.IDLE - timedelta(minutes=1))
    assert idle.get("/v1/me").status_code == 200
    age(service, used_at=sessions.IDLE - timedelta(minutes=1))  # the look before counted as use
    assert idle.get("/v1/me").status_code == 200
    age(service, used_at=sessions.IDLE)
    assert idle.get("/v1/me").status_code == 401
    old = visit(service.token)
    age(service, ends_at=timedelta(0))
    assert old.get("/v1/me").status_code == 401


def test_errors_are_pages_for_people_and_problems_for_programs(service, visit):
    page = visit(service.token).get("/nowhere")
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<code>404 not-found</code>" in page.text
    for path, accept in (("/nowhere", "*/*"), ("/v1/nowhere", "text/html")):
        reply = httpx.get(service.url + path, headers={"Accept": accept}, trust_env=False)
        assert reply.headers["content-type"] == "application/problem+json"


def test_pages_may_load_nothing_from_elsewhere_and_be_framed_by_nobody(visit):
    headers = visit().get("/sign-in").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_static_files_are_kept_as_long_as_they_are_the_same(visit):
    browser = visit()
    address = re.search(r'href="(/static/\w+/onecopy\.css)"', browser.get("/sign-in").text)[1]
    style = browser.get(address)
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert browser.get("/static/older/onecopy.css").headers["cache-control"] == "no-cache"
    for path in ("/static/x/none.css", "/static/x/..%2Fapp.py", "/static/x/%2e%2e"):
        assert browser.get(path).status_code == 404
