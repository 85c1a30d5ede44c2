"""Signing in, through a real OpenID provider; and what is refused of providers that lie."""

import base64
import contextlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import openid
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from onecopy.catalog import people
from onecopy.catalog.store import Catalog
from onecopy.errors import UsageError
from onecopy.service.attempt import Attempt
from onecopy.service.oidc import AT_ONCE, Provider
from onecopy.service.problems import ProblemError


@pytest.fixture(scope="module")
def issuer():
    with openid.server() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def service(make_service, issuer):
    how = {"ONECOPY_OIDC_ISSUER": issuer, "ONECOPY_OIDC_CLIENT_SECRET": "shared with the provider"}
    service = make_service(environment=how).start()
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        people.add(connection, email="Alice@example.gov", role="reviewer", agency="fire", by="test")
    return service


@pytest.fixture
def browser(service):
    with httpx.Client(base_url=service.url, trust_env=False, timeout=30) as browser:
        yield browser


def at_provider(browser, sub):
    """Leave for the provider, and say there who one is; the address that it sends back to."""
    away = browser.get("/v1/sign-in")
    assert away.status_code == 303
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email"]
    back = httpx.post(away.headers["location"], data={"sub": sub}, trust_env=False)
    assert back.status_code in (302, 303), back.text
    return back.headers["location"]


def refused(reply, status, code):
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert "onecopy_session" not in reply.cookies


def test_somebody_signs_in_and_out(service, browser):
    came = browser.get(at_provider(browser, "a1"))
    assert (came.status_code, came.headers["location"]) == (303, "/v1/me")
    cookie = came.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    me = browser.get("/v1/me").json()
    assert me == {"name": "alice@example.gov", "role": "reviewer", "agency": "fire"}
    assert browser.get("/v1/policy").status_code == 200
    refused(browser.get("/v1/tokens"), 403, "forbidden")

    for origin in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        refused(browser.post("/v1/sign-out", headers=origin), 403, "cross-site")
    kept = dict(browser.cookies)
    assert browser.post("/v1/sign-out", headers={"Origin": service.url}).status_code == 204
    refused(httpx.get(f"{service.url}/v1/me", cookies=kept, trust_env=False), 401, "unauthorized")
    with service.client() as admin:
        events = admin.get("/v1/audit/events", params={"limit": 1000}).json()["events"]
    (signed_in,) = [one for one in events if one["eventDetail"] == "person.signed-in"]
    assert signed_in["linkingAgentIdentifierValue"] == "alice@example.gov"


def test_who_was_not_invited_stays_out(browser):
    refused(browser.get(at_provider(browser, "b2")), 403, "not-invited")
    refused(browser.get("/v1/me"), 401, "unauthorized")


def test_an_address_that_was_not_verified_counts_for_nothing(service, browser):
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        people.remove(connection, "alice@example.gov", by="test")
        people.add(connection, email="alice@example.gov", role="reviewer", agency="fire", by="test")
    refused(browser.get(at_provider(browser, "m3")), 403, "not-invited")


def test_a_way_back_that_was_not_begun_here(service, browser):
    back = at_provider(browser, "a1")
    with httpx.Client(base_url=service.url, trust_env=False) as other:
        refused(other.get(back), 401, "sign-in-refused")
        other.get("/v1/sign-in")
        refused(other.get(back), 401, "sign-in-refused")
    state = parse_qs(urlsplit(back).query)["state"][0]
    for query in (f"state={state}&error=access_denied", f"state={state}", f"state={state}&code=made-up"):
        refused(browser.get(f"/v1/sign-in/callback?{query}"), 401, "sign-in-refused")
    refused(browser.get("/v1/sign-in/callback"), 401, "sign-in-refused")


def test_a_code_counts_once(browser):
    back = at_provider(browser, "a1")
    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    again = httpx.get(back, cookies=kept, trust_env=False, timeout=30)
    refused(again, 401, "sign-in-refused")


def test_removing_somebody_ends_their_session(service, browser):
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        people.add(connection, email="bob@example.gov", role="auditor", agency=None, by="test")
    assert browser.get(at_provider(browser, "b2")).status_code == 303
    assert browser.get("/v1/me").json()["agency"] is None
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        assert people.remove(connection, "bob@example.gov", by="test")
    refused(browser.get("/v1/me"), 401, "unauthorized")


KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
GOOD = {"sub": "a1", "email": "a@example.gov", "email_verified": True}


class Liar:
    """A provider that answers whatever a test wants."""

    def __init__(self):
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                liar.answer(self, liar.pages.get(self.path))

            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                liar.answer(self, liar.pages["/token"])

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.attempt = Attempt()
        self.provider = Provider(self.url, "onecopy", None, "http://localhost/v1/sign-in/callback")
        self.described = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        self.pages = {"/keys": {"keys": [KEY.as_dict(private=False)]}}
        self.pages["/.well-known/openid-configuration"] = self.described

    @staticmethod
    def answer(handler, page):
        body = page if isinstance(page, bytes) else json.dumps(page).encode()
        handler.send_response(404 if page is None else 200)
        handler.end_headers()
        handler.wfile.write(body)

    def claims(self, **more):
        now = int(time.time())
        said = {"iss": self.url, "aud": "onecopy", "nonce": self.attempt.nonce, "iat": now, "exp": now + 60}
        return {name: value for name, value in (GOOD | said | more).items() if value is not None}

    def says(self, token):
        self.pages["/token"] = {"access_token": "x", "token_type": "Bearer", "id_token": token}
        return self.provider.redeem("code", self.attempt)


@pytest.fixture
def liar():
    liar = Liar()
    yield liar
    liar.server.shutdown()
    liar.server.server_close()


def signed(claims, key=KEY, algorithm="RS256"):
    return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(claims):
    return ".".join(encoded(json.dumps(one).encode()) for one in ({"alg": "none"}, claims)) + "."


def signed_with_what_everybody_knows(claims):
    """As if the provider's public key were a secret shared with it."""
    text = ".".join(encoded(json.dumps(one).encode()) for one in ({"alg": "HS256"}, claims))
    return f"{text}.{encoded(hmac.digest(KEY.as_pem(private=False), text.encode(), 'sha256'))}"


def test_a_token_that_holds(liar):
    identity = liar.says(signed(liar.claims()))
    assert (identity.subject, identity.email) == (f"{liar.url} a1", "a@example.gov")
    assert liar.says(signed(liar.claims(email_verified="true"))).email is None
    assert liar.says(signed(liar.claims(email=["a@example.gov"]))).email is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": ["onecopy", "somebody-else"]},
        {"azp": "somebody-else"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_102_444_800},  # 2100
        {"sub": None},
        {"at_hash": "wrong"},
    ],
    ids=str,
)
def test_claims_that_are_not_for_us(liar, claims):
    with pytest.raises(ProblemError) as caught:
        liar.says(signed(liar.claims(**claims)))
    assert (caught.value.status, caught.value.code) == (502, "provider-failed")


def test_signatures_that_do_not_hold(liar):
    claims = liar.claims()
    head, body, signature = signed(claims).split(".")
    for token in (
        unsigned(claims),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        signed(claims, OTHER),
        signed_with_what_everybody_knows(claims),
        "",
        "a.b.c",
    ):
        with pytest.raises(ProblemError, match="ID token does not hold"):
            liar.says(token)


@pytest.mark.parametrize(
    ("page", "answer", "why"),
    [
        ("/.well-known/openid-configuration", {"issuer": "https://elsewhere.example"}, "another issuer"),
        ("/.well-known/openid-configuration", None, "status 404"),
        ("/.well-known/openid-configuration", b"<html>", "not JSON"),
        ("/.well-known/openid-configuration", [1], "no object"),
        ("/keys", {"keys": "none"}, "ID token does not hold"),
        ("/keys", b" " * ((1 << 20) + 1), "status 200"),
    ],
)
def test_answers_that_are_none(liar, page, answer, why):
    liar.pages[page] = answer
    with pytest.raises(ProblemError, match=why):
        liar.says(signed(liar.claims()))


def test_an_endpoint_that_can_be_listened_to(liar):
    liar.described["token_endpoint"] = "http://elsewhere.example/token"
    with pytest.raises(ProblemError, match="no https address"):
        liar.says(signed(liar.claims()))
    with pytest.raises(UsageError, match="ONECOPY_OIDC_ISSUER must be an https address"):
        Provider("http://elsewhere.example", "onecopy", None, "https://a.example/v1/sign-in/callback")


def test_a_crowd_leaves_threads_for_uploads(liar):
    with contextlib.ExitStack() as waiting:
        for _ in range(AT_ONCE):
            waiting.enter_context(liar.provider._turn())
        for ask in (lambda: liar.provider.address(liar.attempt), lambda: liar.says("a.b.c")):
            with pytest.raises(ProblemError) as caught:
                ask()
            assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})
    assert liar.says(signed(liar.claims())).email


def test_a_provider_that_is_gone():
    provider = Provider("http://127.0.0.1:9", "onecopy", None, "http://localhost/v1/sign-in/callback")
    with pytest.raises(ProblemError, match="does not answer"):
        provider.address(Attempt())


def test_without_a_provider_nobody_signs_in(make_service):
    service = make_service().start()
    for path in ("/v1/sign-in", "/v1/sign-in/callback"):
        refused(httpx.get(service.url + path, trust_env=False), 404, "no-sign-in")
