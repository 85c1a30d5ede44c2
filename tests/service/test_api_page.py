"""docs/reference/api.md: every operation is on it, and every command on it does what it says."""

import importlib.util
import io
import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from onecopy.catalog import contents, decisions, occurrences, questions
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Part, Question
from onecopy.catalog.store import Catalog

TOOL = Path(__file__).parents[2] / "tools" / "api_page.py"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
SECTIONS = re.findall(r"^### (\w+) (\S+)\n(.*?)(?=^##|\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
COMMANDS = {f"{m} {path}": re.search(r"```sh\n(.*?)```", text, re.DOTALL)[1] for m, path, text in SECTIONS}
HOOK = "http://127.0.0.1:9/"
"""An address that nobody listens at."""
MANIFEST = "file,case\n" + "none.jpg,c\n" * 500
NO_PROVIDER = {"GET /v1/sign-in", "GET /v1/sign-in/callback"}
"""What needs an OpenID provider; see test_sign_in."""
NO_RULE = {"POST /v1/offered-rules/{id}/adopt"}
"""What needs many equal answers first; see test_questions."""


@pytest.fixture(scope="module")
def running(make_service, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    here = {"ONECOPY_WEBHOOK_ALLOW": "127.0.0.1", "ONECOPY_IMPORT_FOLDERS": str(folder)}
    return make_service(environment=here).start()


def test_page_is_as_the_description_says():
    spec = importlib.util.spec_from_file_location("api_page", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert PAGE.read_text("utf-8") == tool.api_page(), "run: make docs"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_every_command_does_what_it_says(running, tmp_path, encode, photo):
    (tmp_path / "photo.jpg").write_bytes(encode(photo(1), 88))
    (tmp_path / "manifest.csv").write_text(MANIFEST)
    names = os.environ | {"ONECOPY_URL": running.url, "ONECOPY_TOKEN": running.token, "NO_PROXY": "*"}
    failed = {}
    with running.client() as client:
        names |= things(client, encode, photo)
        for name, command in sorted(COMMANDS.items(), key=lambda item: item[0].startswith("DELETE")):
            if name in NO_PROVIDER | NO_RULE:
                continue
            if name.startswith("DELETE"):
                names |= things(client, encode, photo)
            if "question" in command or "answers" in command or "batches" in command:
                names |= answered(running, client)
            done = run(tmp_path, names, fitted(name, command, names))
            if done.returncode and "import-ended" not in done.stdout:  # it may be quick
                failed[name] = done.stdout + done.stderr
    assert failed == {}


def fitted(name, command, names):
    """The command with addresses and identifiers that are there."""
    if name.endswith("/pages/{number}"):
        command = command.replace("$occurrence", "$document")
    command = re.sub(r'"question": "[^"]*"', f'"question": "{names.get("question")}"', command)
    return re.sub(r"https://[\w.-]+\.example[\w.]*[^\"']*", HOOK, command)


def run(folder, names, command):
    checked = f'curl() {{ command curl --fail-with-body "$@"; }}\n{command}'
    return subprocess.run(
        ["bash", "-euc", checked], cwd=folder, env=names, capture_output=True, text=True, timeout=60
    )


def things(client, encode, photo):
    """One of everything that a command names."""

    def upload(data, name):
        fields = {"case": "24016-00001"}
        return client.post("/v1/uploads", files={"file": (name, data)}, data=fields).json()["occurrence"][
            "id"
        ]

    def made(path, **wanted):
        reply = client.post(path, json=wanted)
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    number = len(client.get("/v1/tokens").json()["tokens"])
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        buffer = io.BytesIO()
        pdf.save(buffer)
    kind = {"Content-Type": "text/csv"}
    archive = client.post("/v1/imports", content=MANIFEST, headers=kind).json()["id"]
    client.post(f"/v1/imports/{archive}/pause")
    webhook = made("/v1/webhooks", url=HOOK, agency="building")
    return {
        "other": upload(encode(photo(2), 93), "before.jpg"),
        "occurrence": upload(encode(photo(2), 70 - number), "after.jpg"),
        "document": upload(buffer.getvalue(), "plan.pdf"),
        "case": "24016-00001",
        "token": made("/v1/tokens", name=f"token {number}", role="uploader", agency="building"),
        "agreement": made("/v1/agreements", holder="building", seeker=f"fire {number}", reveals="nothing"),
        "import": archive,
        "webhook": webhook,
        "message": client.post(f"/v1/webhooks/{webhook}/ping").json()["id"],
    }


def answered(running, client):
    """A question that is open, and an answer and a batch of answers that can be undone."""
    with Catalog(running.folder / "catalog.db") as catalog, catalog.write() as connection:
        first, second, third = (asked(connection) for _ in range(3))
    given = {"version": 1, "answer": "both-needed"}
    one = client.post(f"/v1/questions/{second}/answers", json=given).json()
    many = client.post("/v1/answers", json={"answers": [given | {"question": third}]}).json()["results"][0]
    return {"question": first, "answer": one["answer"]["id"], "batch": many["answer"]["batch"]}


def asked(connection):
    """A new question about two uploads."""
    members = []
    for at in range(2):
        one = Occurrence(name="n", content=secrets.token_hex(32), agency="", case_id="c")
        contents.add(connection, one.content, 1)
        id = occurrences.add(connection, one)
        decisions.add(connection, Decision(occurrence=id, decision="hold", reason="New."))
        members.append(Member(position=at, occurrence=id, content=one.content, inner="", role=Part.OFFERED))
    question = Question(agency="", case_id="c", kind=Kind.UNCLEAR, title="Are they?")
    questions.add(connection, question, members, (), by=None)
    return question.public_id
