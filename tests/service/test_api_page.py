"""docs/reference/api.md: every operation is on it, and every command on it does what it says."""

import importlib.util
import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

TOOL = Path(__file__).parents[2] / "tools" / "api_page.py"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
SECTIONS = re.findall(r"^### (\w+) (\S+)\n(.*?)(?=^##|\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
COMMANDS = {f"{m} {path}": re.search(r"```sh\n(.*?)```", text, re.DOTALL)[1] for m, path, text in SECTIONS}
NO_PROVIDER = {"GET /v1/sign-in", "GET /v1/sign-in/callback"}
"""What needs an OpenID provider; see test_sign_in."""


@pytest.fixture(scope="module")
def running(make_service):
    return make_service(environment={"ONECOPY_WEBHOOK_ALLOW": "127.0.0.1"}).start()


def test_page_is_as_the_description_says():
    spec = importlib.util.spec_from_file_location("api_page", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert PAGE.read_text("utf-8") == tool.api_page(), "run: make docs"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_every_command_does_what_it_says(running, tmp_path, encode, photo):
    (tmp_path / "photo.jpg").write_bytes(encode(photo(1), 88))
    names = os.environ | {"ONECOPY_URL": running.url, "ONECOPY_TOKEN": running.token, "NO_PROXY": "*"}
    with running.client() as client:
        names |= things(client, encode, photo)
        failed = {}
        for name, command in sorted(COMMANDS.items(), key=lambda item: item[0].startswith("DELETE")):
            if name in NO_PROVIDER:
                continue
            if name.endswith("/pages/{number}"):
                command = command.replace("$occurrence", "$document")
            if name.startswith("DELETE"):
                names |= things(client, encode, photo)
            command = re.sub(r"https://[\w.-]+\.example[\w.]*[^\"']*", "http://127.0.0.1:9/", command)
            checked = f'curl() {{ command curl --fail-with-body "$@"; }}\n{command}'
            done = subprocess.run(
                ["bash", "-euc", checked], cwd=tmp_path, env=names, capture_output=True, text=True, timeout=60
            )
            if done.returncode:
                failed[name] = done.stdout + done.stderr
    assert failed == {}


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
    webhook = made("/v1/webhooks", url="http://127.0.0.1:9/", agency="building")
    return {
        "other": upload(encode(photo(2), 93), "before.jpg"),
        "occurrence": upload(encode(photo(2), 70 - number), "after.jpg"),
        "document": upload(buffer.getvalue(), "plan.pdf"),
        "case": "24016-00001",
        "token": made("/v1/tokens", name=f"token {number}", role="uploader", agency="building"),
        "agreement": made("/v1/agreements", holder="building", seeker=f"fire {number}", reveals="nothing"),
        "webhook": webhook,
        "message": client.post(f"/v1/webhooks/{webhook}/ping").json()["id"],
    }
