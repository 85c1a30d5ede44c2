"""Every endpoint with every role, and with the identifiers of another agency."""

import hashlib
import io
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pikepdf
import pytest
import skimage.data
from PIL import Image

from onecopy.catalog import answers, contents, decisions, occurrences, questions
from onecopy.catalog.answers import Answered, Given
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Part, Question, State
from onecopy.catalog.store import Catalog
from onecopy.model import Answer
from onecopy.policy.review import SUGGEST_AFTER

ALL = {"uploader", "reviewer", "records-officer", "auditor", "administrator"}
SENDERS = {"uploader", "records-officer", "administrator"}
REVIEWERS = {"reviewer", "records-officer", "administrator"}
IMPORTERS = {"records-officer", "administrator"}
OVERSEERS = {"records-officer", "auditor", "administrator"}

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/v1/sign-in"), ("GET", "/v1/sign-in/callback")}
ALLOWED = {
    ("GET", "/metrics"): {"auditor", "administrator"},
    ("GET", "/v1/me"): ALL,
    ("POST", "/v1/sign-out"): ALL,
    ("POST", "/v1/uploads"): SENDERS,
    ("POST", "/v1/checks"): SENDERS,
    ("GET", "/v1/occurrences/{id}"): ALL,
    ("DELETE", "/v1/occurrences/{id}"): {"records-officer", "administrator"},
    ("GET", "/v1/occurrences/{id}/content"): ALL - {"auditor"},
    ("GET", "/v1/occurrences/{id}/pictures"): ALL - {"auditor"},
    ("GET", "/v1/occurrences/{id}/picture"): ALL - {"auditor"},
    ("GET", "/v1/occurrences/{id}/tiles/{level}/{column}/{row}"): ALL - {"auditor"},
    ("GET", "/v1/occurrences/{id}/pages/{number}"): ALL - {"auditor"},
    ("GET", "/v1/occurrences/{id}/differences/{other}"): ALL - {"auditor"},
    ("GET", "/v1/occurrences"): ALL,
    ("GET", "/v1/occurrences/{id}/matches"): ALL,
    ("GET", "/v1/upload-requirements"): ALL,
    ("GET", "/v1/cases"): ALL,
    ("GET", "/v1/cases/{id}"): ALL,
    ("GET", "/v1/cases/{id}/current"): ALL,
    ("GET", "/v1/tokens"): {"auditor", "administrator"},
    ("POST", "/v1/tokens"): {"administrator"},
    ("DELETE", "/v1/tokens/{id}"): {"administrator"},
    ("GET", "/v1/agreements"): OVERSEERS,
    ("POST", "/v1/agreements"): {"administrator"},
    ("DELETE", "/v1/agreements/{id}"): {"administrator"},
    ("GET", "/v1/questions"): ALL - {"uploader"},
    ("GET", "/v1/questions/counts"): ALL - {"uploader"},
    ("GET", "/v1/questions/cases"): ALL - {"uploader"},
    ("GET", "/v1/questions/next"): REVIEWERS,
    ("GET", "/v1/questions/changes"): ALL - {"uploader"},
    ("GET", "/v1/questions/{id}"): ALL - {"uploader"},
    ("POST", "/v1/questions/{id}/claim"): REVIEWERS,
    ("POST", "/v1/questions/{id}/release"): REVIEWERS,
    ("POST", "/v1/questions/{id}/assign"): REVIEWERS,
    ("POST", "/v1/questions/{id}/answers"): REVIEWERS,
    ("POST", "/v1/answers"): REVIEWERS,
    ("POST", "/v1/answers/{id}/undo"): REVIEWERS,
    ("POST", "/v1/batches/{id}/undo"): REVIEWERS,
    ("GET", "/v1/offered-rules"): ALL - {"uploader"},
    ("POST", "/v1/offered-rules/{id}/adopt"): {"records-officer", "administrator"},
    ("GET", "/v1/webhooks"): OVERSEERS,
    ("POST", "/v1/webhooks"): {"administrator"},
    ("GET", "/v1/webhooks/{id}"): OVERSEERS,
    ("DELETE", "/v1/webhooks/{id}"): {"administrator"},
    ("POST", "/v1/webhooks/{id}/secret"): {"administrator"},
    ("POST", "/v1/webhooks/{id}/enable"): {"administrator"},
    ("POST", "/v1/webhooks/{id}/ping"): {"administrator"},
    ("GET", "/v1/webhooks/{id}/deliveries"): OVERSEERS,
    ("POST", "/v1/webhooks/{id}/deliveries/{message}/redeliver"): {"administrator"},
    ("GET", "/v1/imports"): IMPORTERS,
    ("POST", "/v1/imports"): IMPORTERS,
    ("GET", "/v1/imports/{id}"): IMPORTERS,
    ("GET", "/v1/imports/{id}/rows"): IMPORTERS,
    ("POST", "/v1/imports/{id}/pause"): IMPORTERS,
    ("POST", "/v1/imports/{id}/resume"): IMPORTERS,
    ("POST", "/v1/imports/{id}/retry"): IMPORTERS,
    ("POST", "/v1/imports/{id}/cancel"): IMPORTERS,
    ("GET", "/v1/policy"): ALL,
    ("GET", "/v1/audit/head"): OVERSEERS,
    ("GET", "/v1/audit/events"): OVERSEERS,
}
MAY = [(role, *endpoint) for endpoint, roles in ALLOWED.items() for role in sorted(roles)]
NAMING = ("/v1/uploads", "/v1/checks", "/v1/tokens", "/v1/agreements", "/v1/webhooks", "/v1/imports")
"""Where a request may name an agency."""
HOOK = "http://127.0.0.1:9/"
"""An address that nobody listens at."""
COUNTING = {"date", "x-request-id", "ratelimit"}
UNKNOWN = "5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"
ANSWER = {"version": 1, "answer": "both-needed"}
BODIES = {"/v1/questions/{id}/assign": {"to": None}, "/v1/questions/{id}/answers": ANSWER}
"""What is sent to an identifier."""
ONCE = ("/v1/questions/{id}/", "/v1/answers/{id}/", "/v1/batches/{id}/", "/v1/offered-rules/{id}/")
"""Where an identifier serves for one request alone."""
REDELIVER = "/v1/webhooks/{id}/deliveries/{message}/redeliver"


class World:
    """Two agencies, a token of each role in both, and one of everything that has an identifier in each."""

    def __init__(self, service):
        self.url = service.url
        self.catalog = service.folder / "catalog.db"
        self.admin = service.token
        self.tokens, self.made, self.ids = {}, 0, {}
        for agency in ("ours", "theirs"):
            for role in ALL:
                self.tokens[agency, role] = self.token(agency, role)["token"]
            self.ids[agency] = self.things(agency)

    def ask(self, method, path, token, **how):
        headers = {"Authorization": f"Bearer {token}"} | how.pop("headers", {})
        return httpx.request(method, self.url + path, headers=headers, trust_env=False, timeout=60, **how)

    def token(self, agency, role, **more):
        self.made += 1
        wanted = {"name": f"token {self.made}", "role": role, "agency": agency} | more
        reply = self.ask("POST", "/v1/tokens", self.admin, json=wanted)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def things(self, agency):
        """The identifiers of things of an agency, by the path that takes them."""
        token = self.tokens[agency, "administrator"]
        form = {"files": {"file": ("a.bin", agency.encode())}, "data": {"case": f"case of {agency}"}}
        sent = self.ask("POST", "/v1/uploads", token, **form)
        occurrence = sent.json()["occurrence"]["id"]
        wanted = {"seeker": "nobody", "reveals": "nothing"}
        picture, other, document = self.pictures(token)
        return (
            {
                "/v1/occurrences/{id}/pictures": picture,
                "/v1/occurrences/{id}/picture": picture,
                "/v1/occurrences/{id}/tiles/{level}/{column}/{row}": picture,
                "/v1/occurrences/{id}/pages/{number}": document,
                "/v1/occurrences/{id}/differences/{other}": picture,
                "other": other,
                "/v1/occurrences/{id}": occurrence,
                "/v1/occurrences/{id}/content": occurrence,
                "/v1/occurrences/{id}/matches": occurrence,
                "/v1/cases/{id}": quote(f"case of {agency}"),
                "/v1/cases/{id}/current": quote(f"case of {agency}"),
                "/v1/tokens/{id}": self.token(agency, "uploader")["id"],
                "/v1/agreements/{id}": self.ask("POST", "/v1/agreements", token, json=wanted).json()["id"],
            }
            | self.webhook(token)
            | self.questions(agency)
            | self.archive(token)
        )

    def questions(self, agency):
        """The identifiers of questions and answers, by the paths that take them."""
        with Catalog(self.catalog) as catalog:
            asked = [self.question(catalog, agency) for _ in range(7)]
        paths = [path for _, path in ALLOWED if path.startswith("/v1/questions/{id}")]
        of = dict(zip(paths, asked[:5], strict=True))
        token = self.tokens[agency, "administrator"]
        given = {"answers": [ANSWER | {"question": asked[5]}, ANSWER | {"question": asked[6]}]}
        done = self.ask("POST", "/v1/answers", token, json=given).json()["results"]
        return of | {
            "/v1/answers/{id}/undo": done[0]["answer"]["id"],
            "/v1/batches/{id}/undo": done[0]["answer"]["batch"],
            "/v1/offered-rules/{id}/adopt": self.offer(agency),
        }

    def offer(self, agency):
        """The identifier of a rule that is offered, as people answered alike questions alike."""
        self.made += 1
        alike = {"kind": Kind.CHANGED_COPY, "relation": "edited", "scope": "case", "confidence": 0.9}
        given = Given(answer=Answer.BOTH_NEEDED)
        with Catalog(self.catalog) as catalog, catalog.write() as connection:
            for _ in range(SUGGEST_AFTER):
                asked = Question(
                    agency=agency,
                    case_id="c",
                    title="Changed?",
                    category=f"sort {self.made}",
                    state=State.ANSWERED,
                    answer=str(given.answer),
                    answered_by="Ana",
                    answered_at=datetime.now(UTC),
                    **alike,
                )
                number = questions.add(connection, asked, (), (), by=None)
                answers.add(connection, Answered(question=number, given=given, by="Ana", final=True))
        token = self.tokens[agency, "administrator"]
        offered = self.ask("GET", "/v1/offered-rules", token).json()["rules"]
        wanted = [f"sort {self.made}"]
        return next(one["id"] for one in offered if one["rule"]["when"]["category"] == wanted)

    def question(self, catalog, agency):
        """A new question about two uploads."""
        with catalog.write() as connection:
            contents.add(connection, "0" * 64, 1)
            ids = [
                occurrences.add(
                    connection, Occurrence(name="n", content="0" * 64, agency=agency, case_id="c")
                )
                for _ in range(2)
            ]
            members = [
                Member(position=at, occurrence=id, content="0" * 64, inner="", role=Part.OFFERED)
                for at, id in enumerate(ids)
            ]
            for id in ids:
                decisions.add(connection, Decision(occurrence=id, decision="store", reason="New."))
            asked = Question(agency=agency, case_id="c", kind=Kind.UNCLEAR, title="Are they?")
            questions.add(connection, asked, members, (), by=None)
        return asked.public_id

    def archive(self, token):
        """An import that is paused, by the paths that take its identifier."""
        id = self.ask("POST", "/v1/imports", token, **self.body("/v1/imports")).json()["id"]
        self.ask("POST", f"/v1/imports/{id}/pause", token)
        return {path: id for _, path in ALLOWED if path.startswith("/v1/imports/{id}")}

    def webhook(self, token):
        """A webhook that was told something, by the paths that take its identifier."""
        id = self.ask("POST", "/v1/webhooks", token, json={"url": HOOK}).json()["id"]
        message = self.ask("POST", f"/v1/webhooks/{id}/ping", token).json()["id"]
        of = {path: id for _, path in ALLOWED if path.startswith("/v1/webhooks/{id}")}
        return of | {REDELIVER: f"{id}/deliveries/{message}"}

    def pictures(self, token):
        """The identifiers of a picture, of one like it, and of a document."""
        photo = Image.fromarray(skimage.data.coffee()[:300, :400])
        with io.BytesIO() as large, io.BytesIO() as small, io.BytesIO() as pages, pikepdf.new() as document:
            photo.save(large, "PNG")
            photo.resize((320, 240)).save(small, "JPEG")
            document.add_blank_page()
            document.save(pages)
            for file in (large, small, pages):
                form = {"files": {"file": ("c", file.getvalue())}, "data": {"case": "pictures"}}
                yield self.ask("POST", "/v1/uploads", token, **form).json()["occurrence"]["id"]

    def address(self, path, id, agency="ours"):
        """A path with its places filled."""
        if path == REDELIVER:  # an identifier of two parts
            return f"/v1/webhooks/{id if '/' in id else f'{id}/deliveries/{id}'}/redeliver"
        filled = path.replace("{id}", id).replace("{level}/{column}/{row}", "0/0/0").replace("{number}", "1")
        return filled.replace("{other}", self.ids[agency]["other"])

    def body(self, path, agency=None):
        """A body that fits, on behalf of an agency or of whoever asks."""
        self.made += 1
        if path in ("/v1/uploads", "/v1/checks"):
            named = {"agency": agency} if agency else {}
            return {"files": {"file": ("b.bin", b"b")}, "data": {"case": "c"} | named}
        if path == "/v1/imports":
            how = {"content": "file,case\na.jpg,c\n", "headers": {"Content-Type": "text/csv"}}
            return how | ({"params": {"agency": agency}} if agency else {})
        if path == "/v1/answers":
            with Catalog(self.catalog) as catalog:
                return {"json": {"answers": [ANSWER | {"question": self.question(catalog, "ours")}]}}
        if "{" in path:
            return {"json": BODIES[path]} if path in BODIES else {}
        if path == "/v1/webhooks":
            return {"json": {"url": HOOK} | ({"agency": agency} if agency else {})}
        if path == "/v1/tokens":
            named = {"agency": agency} if agency else {}
            return {"json": {"name": f"token {self.made}", "role": "uploader"} | named}
        return {"json": {"seeker": "nobody", "reveals": "nothing"} | ({"holder": agency} if agency else {})}


@pytest.fixture(scope="module")
def world(make_service, tmp_path_factory):
    empty = str(tmp_path_factory.mktemp("archive"))
    return World(
        make_service(
            environment={"ONECOPY_WEBHOOK_ALLOW": "127.0.0.1", "ONECOPY_IMPORT_FOLDERS": empty}
        ).start()
    )


def test_every_endpoint_is_tried(world):
    paths = httpx.get(f"{world.url}/openapi.json", trust_env=False).json()["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert there == {*ALLOWED, *OPEN}


@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize(("method", "path"), ALLOWED)
def test_a_role_may_do_what_it_may_and_no_more(world, role, method, path):
    how = world.body(path) if method == "POST" else {}
    id = world.ids["ours"].get(path, "")
    if method == "DELETE" and role in ALLOWED[method, path]:
        id = world.things("ours")[path]
    if path.startswith(ONCE) and role in ALLOWED[method, path]:
        id = world.questions("ours")[path]
    reply = world.ask(method, world.address(path, id), world.tokens["ours", role], **how)
    if role in ALLOWED[method, path]:
        over = reply.status_code == 409 and reply.json()["code"] == "import-ended"  # it may be quick
        assert over or reply.status_code in (200, 201, 202, 204), reply.text
    else:
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
        assert f"The role '{role}' may not " in reply.json()["detail"]


def told(reply):
    """The headers of a reply, but for those that count requests and seconds."""
    return {name: value for name, value in reply.headers.items() if name not in COUNTING}


@pytest.mark.parametrize(("role", "method", "path"), [one for one in MAY if "{id}" in one[2]])
def test_what_is_another_agencys_is_as_if_it_were_not(world, role, method, path):
    token = world.tokens["ours", role]
    how = world.body(path) if method == "POST" else {}
    theirs, none = (
        world.ask(method, world.address(path, id), token, **how)
        for id in (world.ids["theirs"][path], UNKNOWN)
    )
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert (theirs.content, told(theirs)) == (none.content, told(none))
    # It is there, and stays there.
    its_own = world.tokens["theirs", "administrator"]
    if method == "GET":
        address = world.address(path, world.ids["theirs"][path], "theirs")
        assert world.ask("GET", address, its_own).status_code == 200


@pytest.mark.parametrize("role", sorted(ALL))
def test_another_agencys_case_cannot_be_named(world, role):
    for asked in ("theirs", " theirs ", "ours", ""):
        reply = world.ask(
            "GET",
            f"/v1/cases/{world.ids['theirs']['/v1/cases/{id}']}",
            world.tokens["ours", role],
            params={"agency": asked},
        )
        assert reply.status_code == 404
        for path in ("/v1/cases/_", "/v1/cases/_/current"):
            named = {"agency": asked, "case": "case of theirs"}
            assert world.ask("GET", path, world.tokens["ours", role], params=named).status_code == 404


@pytest.mark.parametrize(
    ("role", "method", "path"), [one for one in MAY if one[1] == "POST" and one[2] in NAMING]
)
def test_nothing_is_done_for_another_agency(world, role, method, path):
    token = world.tokens["ours", role]
    reply = world.ask("POST", path, token, **world.body(path, "theirs"))
    assert (reply.status_code, reply.json()["code"]) == (403, "other-agency")
    assert world.ask("POST", path, token, **world.body(path, " ours ")).status_code in (200, 201, 202)


def test_lists_hold_ones_own_alone(world):
    auditor = world.tokens["ours", "auditor"]
    tokens = world.ask("GET", "/v1/tokens", auditor).json()["tokens"]
    assert {one["agency"] for one in tokens} == {"ours"}
    assert not any("token" in one or "sha256" in one for one in tokens)
    agreements = world.ask("GET", "/v1/agreements", auditor).json()["agreements"]
    assert {one["holder"] for one in agreements} == {"ours"}
    events = world.ask("GET", "/v1/audit/events", auditor, params={"limit": 1000}).json()["events"]
    assert {one["agency"] for one in events} == {"ours"}
    assert {one["eventDetail"] for one in events} >= {"upload.stored", "token.created", "agreement.made"}
    occurrences = world.ask("GET", "/v1/occurrences", auditor).json()["occurrences"]
    assert {one["agency"] for one in occurrences} == {"ours"}
    cases = world.ask("GET", "/v1/cases", auditor).json()["cases"]
    assert {one["agency"] for one in cases} == {"ours"}


@pytest.mark.parametrize("path", ["/v1/occurrences", "/v1/cases"])
@pytest.mark.parametrize("role", sorted(ALL))
def test_another_agencys_list_is_empty_as_that_of_none(world, role, path):
    token = world.tokens["ours", role]
    theirs, none = (
        world.ask("GET", path, token, params={"agency": agency}) for agency in (" theirs ", "nobody")
    )
    assert (theirs.status_code, theirs.content) == (200, none.content)
    assert theirs.json()[path.rpartition("/")[2]] == []


def test_another_agencys_cursor_leads_nowhere(world):
    for agency in ("ours", "theirs"):
        form = {"files": {"file": b"second"}, "data": {"case": f"case of {agency}"}}
        world.ask("POST", "/v1/uploads", world.tokens[agency, "administrator"], **form)
    params = {"limit": 1, "agency": "theirs"}
    page = world.ask("GET", "/v1/occurrences", world.admin, params=params).json()
    assert page["next"]
    refused = world.ask(
        "GET", "/v1/occurrences", world.tokens["ours", "reviewer"], params={"cursor": page["next"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-cursor")


def test_a_digest_is_looked_up_in_ones_own_agency_alone(world):
    """What another agency holds and what nobody holds are answered alike, to the byte."""
    theirs = hashlib.sha256(b"theirs").hexdigest()  # see World.things
    for sender in ("uploader", "records-officer"):
        asked = {"sha256": theirs, "case": "case of theirs"}
        held, none, own = (
            world.ask("POST", "/v1/checks", world.tokens["ours", sender], json=asked | {"sha256": sha256})
            for sha256 in (theirs, "f" * 64, hashlib.sha256(b"ours").hexdigest())
        )
        assert held.json()["needs_bytes"]
        assert held.text.replace(theirs, "f" * 64) == none.text
        assert "needs_bytes" not in own.json()
        named = world.ask(
            "POST", "/v1/checks", world.tokens["ours", sender], json=asked | {"agency": "theirs"}
        )
        assert (named.status_code, named.json()["code"]) == (403, "other-agency")


def test_events_come_in_portions(world):
    found, after = [], -1
    while after is not None:
        params = {"after": after, "limit": 7}
        page = world.ask("GET", "/v1/audit/events", world.admin, params=params).json()
        found += [one["position"] for one in page["events"]]
        after = page["next"]
    size = world.ask("GET", "/v1/audit/head", world.admin).json()["size"]
    assert found == list(range(size))
    assert world.ask("GET", "/v1/audit/events", world.admin, params={"limit": 0}).status_code == 422


def test_nobody_gives_more_than_they_have(world):
    wanted = {"name": "all", "role": "auditor", "every_agency": True}
    reply = world.ask("POST", "/v1/tokens", world.tokens["ours", "administrator"], json=wanted)
    assert (reply.status_code, reply.json()["code"]) == (403, "other-agency")
    made = world.ask("POST", "/v1/tokens", world.admin, json=wanted).json()
    assert made["agency"] is None
    tokens = world.ask("GET", "/v1/tokens", made["token"]).json()["tokens"]
    assert {one["agency"] for one in tokens} == {"ours", "theirs", None}


def test_a_revoked_token_ends_at_once(world):
    made = world.token("ours", "uploader")
    assert world.ask("GET", "/v1/policy", made["token"]).status_code == 200
    for _ in range(2):
        reply = world.ask("DELETE", f"/v1/tokens/{made['id']}", world.tokens["ours", "administrator"])
        assert reply.status_code == 204
    refused = world.ask("GET", "/v1/policy", made["token"])
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert "was revoked" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/tokens", b"{", 400, "malformed-json"),
        ("/v1/tokens", b"[" * 60_000, 422, "invalid-request"),
        ("/v1/tokens", b'"' + b"a" * 70_000 + b'"', 413, "too-large"),
        ("/v1/tokens", b"{}", 422, "invalid-request"),
        ("/v1/tokens", b'{"name": "n", "role": "king"}', 422, "invalid-request"),
        ("/v1/tokens", b'{"name": "n", "role": "auditor", "days": 0}', 422, "invalid-request"),
        ("/v1/tokens", b'{"name": "n", "role": "auditor", "agncy": "x"}', 422, "invalid-request"),
        ("/v1/tokens", b'{"name": " ", "role": "auditor"}', 422, "bad-context"),
        ("/v1/tokens", b'{"name": "a\\nb", "role": "auditor"}', 422, "bad-context"),
        ("/v1/tokens", b'{"name": "admin", "role": "auditor"}', 422, "name-taken"),
        ("/v1/webhooks", b'{"url": "https://a.example/", "events": []}', 422, "invalid-request"),
        ("/v1/webhooks", b'{"url": "https://a.example/", "events": ["x"]}', 422, "invalid-request"),
        ("/v1/webhooks", b'{"url": "http://8.8.8.8/"}', 422, "bad-target"),
        ("/v1/webhooks", b'{"url": "https://169.254.169.254/latest"}', 422, "bad-target"),
        ("/v1/webhooks", b'{"url": "https://[::ffff:10.0.0.1]/"}', 422, "bad-target"),
        ("/v1/webhooks", b'{"url": "https://no-such-host.invalid/"}', 422, "bad-target"),
        ("/v1/agreements", b'{"seeker": "a", "reveals": "all"}', 422, "invalid-request"),
        ("/v1/agreements", b'{"seeker": "a", "holder": " a", "reveals": "nothing"}', 422, "bad-agreement"),
    ],
)
def test_bodies_that_do_not_fit(world, path, body, status, code):
    reply = world.ask("POST", path, world.admin, content=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"


def test_policy_in_force(world):
    policy = world.ask("GET", "/v1/policy", world.admin).json()
    assert policy["name"] == "Shipped default"
    assert "link" in {rule["action"] for rule in policy["rules"]}


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_a_difference_needs_both_to_be_ones_own(world, whose):
    path = "/v1/occurrences/{id}/differences/{other}"
    mixed = world.address(path, world.ids[whose][path], "theirs" if whose == "ours" else "ours")
    reply = world.ask("GET", mixed, world.tokens["ours", "reviewer"])
    assert (reply.status_code, reply.json()["code"]) == (404, "not-found")
