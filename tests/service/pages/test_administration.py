"""The administration: what each role sees and may do, and that no agency reaches into another."""

import json
import re
from urllib.parse import quote

import pytest

from onecopy.audit.merkle import leaf_hash
from onecopy.audit.proof import root_of
from onecopy.catalog import import_rows, imports
from onecopy.catalog.store import Catalog
from onecopy.policy.policy import default_text

PAGES = {
    "/admin/policy": {"uploader", "reviewer", "records-officer", "auditor", "administrator"},
    "/admin/agreements": {"records-officer", "auditor", "administrator"},
    "/admin/tokens": {"auditor", "administrator"},
    "/admin/people": {"auditor", "administrator"},
    "/admin/webhooks": {"records-officer", "auditor", "administrator"},
    "/admin/imports": {"records-officer", "administrator"},
    "/admin/audit": {"records-officer", "auditor", "administrator"},
    "/admin/health": {"records-officer", "auditor", "administrator"},
    "/dashboard": {"reviewer", "records-officer", "auditor", "administrator"},
    "/dashboard/months.csv": {"reviewer", "records-officer", "auditor", "administrator"},
    "/search": {"uploader", "reviewer", "records-officer", "auditor", "administrator"},
}
FORMS = {
    "/admin/tokens": {"administrator"},
    "/admin/tokens/none/revoke": {"administrator"},
    "/admin/people": {"administrator"},
    "/admin/people/remove": {"administrator"},
    "/admin/agreements": {"administrator"},
    "/admin/agreements/none/end": {"administrator"},
    "/admin/webhooks": {"administrator"},
    "/admin/webhooks/none/delete": {"administrator"},
    "/admin/webhooks/none/enable": {"administrator"},
    "/admin/imports/none/pause": {"records-officer", "administrator"},
    "/admin/policy": {"records-officer", "administrator"},
}
ROLES = ("uploader", "reviewer", "records-officer", "auditor", "administrator")


def csrf(page):
    return re.search(r'name="csrf" value="(\w+)"', page.text)[1]


@pytest.fixture(scope="module")
def roles(token_of):
    return {role: token_of(role, "ours") for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_pages_and_forms_are_for_those_who_may(visit, roles, role):
    browser = visit(roles[role]["token"])
    for path, allowed in PAGES.items():
        assert browser.get(path).status_code == (200 if role in allowed else 403), path
    mine = csrf(browser.get("/search"))
    for path, allowed in FORMS.items():
        refused = browser.post(path, data={"csrf": mine}).status_code
        assert (refused == 403) == (role not in allowed), path
        assert refused in (403, 404, 422), path
    names = re.findall(r'<li><a href="(/\w+)"', browser.get("/search").text)
    assert names[0] == browser.get("/").headers["location"]
    for path in names:
        assert browser.get(path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", FORMS)
def test_forms_need_their_session(service, visit, roles, path):
    browser, stranger = visit(roles["administrator"]["token"]), visit()
    stale = browser.post(path, data={"csrf": "0" * 64, "name": "kept", "what": "Make a token"})
    assert stale.status_code == 403
    assert "nothing was done yet" in stale.text
    assert 'name="name" value="kept"' in stale.text
    asked = stranger.post(path, data={"csrf": "", "name": "kept\nline"})
    assert asked.status_code == 401
    assert 'name="kept.name" value="kept\nline"' in asked.text


def test_a_token_is_made_shown_once_and_revoked(service, visit, roles):
    browser = visit(roles["administrator"]["token"])
    form = {"csrf": csrf(browser.get("/admin/tokens")), "role": "reviewer", "days": "30"}
    made = browser.post("/admin/tokens", data=form | {"name": "desk <b>one</b>"})
    secret = re.search(r'id="new-token">(onecopy_[\w-]+)<', made.text)[1]
    assert visit(secret).get("/v1/me").json() == {
        "name": "desk <b>one</b>",
        "role": "reviewer",
        "agency": "ours",
    }
    again = browser.get("/admin/tokens")
    assert secret not in again.text
    assert "desk &lt;b&gt;one&lt;/b&gt;" in again.text
    taken = browser.post("/admin/tokens", data=form | {"name": "desk <b>one</b>"})
    assert (taken.status_code, 'value="desk &lt;b&gt;one&lt;/b&gt;"' in taken.text) == (422, True)
    for wrong in ({"role": "king"}, {"days": "0"}, {"days": "x"}, {"name": " "}, {"for": "every"}):
        reply = browser.post("/admin/tokens", data=form | {"name": "other"} | wrong)
        assert reply.status_code == 422, wrong
        assert "Nothing was done yet" in reply.text
    (id,) = re.findall(r'action="/admin/tokens/(\w+)/revoke">[^/]*?value="Revoke the token “desk', again.text)
    assert browser.post(f"/admin/tokens/{id}/revoke", data=form).status_code == 303
    assert visit().post("/sign-in", data={"token": secret}).status_code == 401


def test_people_are_added_and_removed(visit, roles):
    browser = visit(roles["administrator"]["token"])
    form = {"csrf": csrf(browser.get("/admin/people")), "role": "auditor", "email": "Kim@Example.gov"}
    assert browser.post("/admin/people", data=form).status_code == 303
    assert "kim@example.gov" in browser.get("/admin/people").text
    assert browser.post("/admin/people", data=form).status_code == 422
    assert browser.post("/admin/people", data=form | {"for": "every"}).status_code == 422
    assert browser.post("/admin/people", data=form | {"email": "no address"}).status_code == 422
    assert browser.post("/admin/people/remove", data=form).status_code == 303
    assert "kim@example.gov" not in browser.get("/admin/people").text


def test_agreements_are_made_and_ended(visit, roles):
    browser = visit(roles["administrator"]["token"])
    form = {"csrf": csrf(browser.get("/admin/agreements")), "seeker": "water", "reveals": "occurrence"}
    assert browser.post("/admin/agreements", data=form).status_code == 303
    page = browser.get("/admin/agreements")
    assert "water" in page.text
    id = re.search(r"/admin/agreements/([\w-]+)/end", page.text)[1]
    assert browser.post("/admin/agreements", data=form | {"reveals": "all"}).status_code == 422
    assert browser.post("/admin/agreements", data=form | {"seeker": "ours"}).status_code == 422
    assert browser.post(f"/admin/agreements/{id}/end", data=form).status_code == 303
    assert f"/admin/agreements/{id}/end" not in browser.get("/admin/agreements").text


def test_webhooks_are_made_and_deleted(visit, roles):
    browser = visit(roles["administrator"]["token"])
    form = {"csrf": csrf(browser.get("/admin/webhooks")), "event": ["upload.held"]}
    refused = browser.post("/admin/webhooks", data=form | {"url": "http://127.0.0.1/inside"})
    assert (refused.status_code, "Nothing was done yet" in refused.text) == (422, True)
    assert 'value="http://127.0.0.1/inside"' in refused.text
    made = browser.post("/admin/webhooks", data=form | {"url": "https://93.184.215.14/told"})
    assert "whsec_" in made.text
    page = browser.get("/admin/webhooks")
    assert "whsec_" not in page.text
    id = re.search(r"/admin/webhooks/([\w-]+)/delete", page.text)[1]
    assert browser.post(f"/admin/webhooks/{id}/delete", data=form).status_code == 303
    assert id not in browser.get("/admin/webhooks").text


def begun(service, agency):
    """An import that nobody works on: two files done, one that could not be."""
    one = imports.Import(agency=agency, name="<i>1998</i>.csv", manifest="0" * 64, created_by="t", place="-")
    found = [
        import_rows.Row(number=number, file=f"{number} <b>.tif", context={"case": "c"}) for number in range(4)
    ]
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        imports.create(connection, one)
        import_rows.add(connection, one, found)
        imports.start(connection, one, len(found))
        for row in found[:2]:
            import_rows.took(connection, one, row, {"decision": "store"})
        import_rows.took(connection, one, found[2], {"code": "truncated", "message": "It <ends> early."})
    return one.id


def test_an_import_is_watched_paused_and_tried_again(service, visit, roles):
    id, theirs = begun(service, "ours"), begun(service, "theirs")
    browser = visit(roles["records-officer"]["token"])
    listed = browser.get("/admin/imports")
    assert "&lt;i&gt;1998&lt;/i&gt;.csv" in listed.text
    assert f'max="4" value="3" data-import="{id}"' in listed.text
    assert theirs not in listed.text
    page = browser.get(f"/admin/imports/{id}")
    assert "It &lt;ends&gt; early." in page.text
    form = {"csrf": csrf(page)}
    for what, says in (
        ("pause", "Paused"),
        ("resume", "Running"),
        ("retry", "Running"),
        ("cancel", "Cancelled"),
    ):
        assert browser.post(f"/admin/imports/{id}/{what}", data=form).status_code == 303
        assert f">{says}</span>" in browser.get(f"/admin/imports/{id}").text
    assert "early" not in browser.get(f"/admin/imports/{id}").text
    assert browser.post(f"/admin/imports/{id}/pause", data=form).status_code == 409
    assert browser.post(f"/admin/imports/{id}/burn", data=form).status_code == 404
    for path in (theirs, "none"):
        assert browser.get(f"/admin/imports/{path}").status_code == 404
        assert browser.post(f"/admin/imports/{path}/cancel", data=form).status_code == 404


def test_nothing_of_another_agency_is_shown_or_done(service, visit, roles, token_of):
    theirs = visit(token_of("administrator", "theirs")["token"])
    form = {"csrf": csrf(theirs.get("/admin/people"))}
    theirs.post("/admin/people", data=form | {"role": "reviewer", "email": "lee@theirs.gov"})
    theirs.post("/admin/agreements", data=form | {"seeker": "water", "reveals": "nothing"})
    id = re.search(r"/admin/agreements/([\w-]+)/end", theirs.get("/admin/agreements").text)[1]
    token = token_of("reviewer", "theirs")
    ours = visit(roles["administrator"]["token"])
    for path in ("/admin/people", "/admin/agreements", "/admin/tokens", "/admin/audit?text=theirs"):
        assert "theirs" not in ours.get(path).text.replace("text=theirs", "").replace('value="theirs"', "")
    mine = {"csrf": csrf(ours.get("/admin/people")), "email": "lee@theirs.gov"}
    for path in (
        f"/admin/agreements/{id}/end",
        f"/admin/tokens/{token['id']}/revoke",
        "/admin/people/remove",
    ):
        assert ours.post(path, data=mine).status_code == 404
    assert "lee@theirs.gov" in theirs.get("/admin/people").text
    with service.client() as admin:
        events = admin.get("/v1/audit/events", params={"limit": 1000}).json()["events"]
    foreign = next(one["position"] for one in events if one["agency"] == "theirs")
    for path in (f"/admin/audit/{foreign}", f"/admin/audit/{foreign}/proof", "/admin/audit/999999"):
        assert ours.get(path).status_code == 404
    assert theirs.get(f"/admin/audit/{foreign}").status_code == 200


def test_the_audit_log_is_searched_and_proven(service, visit):
    browser = visit(service.token)
    page = browser.get("/admin/audit?kind=token.created")
    assert "Token made" in page.text
    assert set(re.findall(r'<th scope="row">(.*?)</th>', page.text)) == {"Token made"}
    assert "Nothing in this part of the log matches" in browser.get("/admin/audit?text=no-such-thing").text
    assert browser.get("/admin/audit?since=2999-01-01&until=x").status_code == 200
    with service.client() as admin:
        head = admin.get("/v1/audit/head").json()
    proof = browser.get("/admin/audit/2/proof")
    assert "attachment" in proof.headers["content-disposition"]
    said = proof.json()
    path = [bytes.fromhex(one) for one in said["path"]]
    assert root_of(leaf_hash(said["line"].encode()), 2, said["size"], path) == said["root"]
    assert json.loads(said["line"])["position"] == 2
    for size, root, words in (
        (head["size"], head["root"], "are those of the root you gave"),
        (head["size"], "0" * 64, "are not those of the root you gave"),
        (10**9, head["root"], "fewer entries than you gave"),
    ):
        assert words in browser.get(f"/admin/audit/grew?old={size}&old_root={quote(root)}").text


def test_a_policy_is_checked_tried_and_adopted(service, visit, roles, encode, photo):
    browser = visit(service.token)
    with service.client() as admin:
        for name in ("a.jpg", "b.jpg"):
            form = {"case": "policy", "agency": "ours"}
            admin.post("/v1/uploads", files={"file": (name, encode(photo(3)))}, data=form)
    form = {"csrf": csrf(browser.get("/admin/policy")), "days": "7"}
    wrong = browser.post("/admin/policy", data=form | {"do": "try", "text": "policy: 1\nrules: 5\n"})
    assert (wrong.status_code, "line:2:8" in wrong.text) == (422, True)
    text = default_text().replace("action: link", "action: hold", 1).replace("Shipped default", "Careful <1>")
    tried = browser.post("/admin/policy", data=form | {"do": "try", "text": text})
    assert "Careful &lt;1&gt;" in tried.text
    assert re.search(r"[1-9]\d* would have been different", tried.text)
    assert "<ins>+" in tried.text
    officer = visit(roles["records-officer"]["token"])
    mine = {"csrf": csrf(officer.get("/admin/policy")), "do": "adopt", "text": text}
    assert officer.post("/admin/policy", data=mine).status_code == 403  # of one agency alone
    assert browser.post("/admin/policy", data=form | {"do": "adopt", "text": text}).status_code == 303
    assert "In force: Careful &lt;1&gt;" in browser.get("/admin/policy").text
    with service.client() as admin:
        assert admin.get("/v1/policy").json()["name"] == "Careful <1>"
        form_fields = {"case": "policy", "agency": "ours"}
        held = admin.post("/v1/uploads", files={"file": ("c.jpg", encode(photo(3)))}, data=form_fields).json()
        assert held["decision"] == "hold"
        (changed,) = (
            one
            for one in admin.get("/v1/audit/events", params={"limit": 1000}).json()["events"]
            if one["eventDetail"] == "policy.changed" and one["linkingAgentIdentifierValue"] == "admin"
        )
    assert changed["eventOutcomeDetail"]["name"] == "Careful <1>"
    browser.post("/admin/policy", data=form | {"do": "adopt", "text": default_text()})


def test_health_says_what_works(service, visit, roles):
    page = visit(service.token).get("/admin/health")
    assert "All is well." in page.text
    assert str(service.folder) in page.text
    assert str(service.folder) not in visit(roles["auditor"]["token"]).get("/admin/health").text
