"""The commands of docs/how-to/connect-a-portal.md do what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-a-portal.md"
BLOCKS = dict(re.findall(r"<!-- tested: (\w+) -->\n```\w+\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture
def run(service, tmp_path, encode, photo):
    (tmp_path / "photo.jpg").write_bytes(encode(photo(4)))
    environment = os.environ | {"ONECOPY_URL": service.url, "ONECOPY_TOKEN": service.token, "NO_PROXY": "*"}

    def run(*command):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl(run):
    body, status = run("bash", "-euc", BLOCKS["upload"]).rsplit("\n", 2)[:2]
    assert (status, json.loads(body)["decision"]) == ("201", "store")
    body, status = run("bash", "-euc", BLOCKS["upload"]).rsplit("\n", 2)[:2]
    assert (status, json.loads(body)["decision"]) == ("200", "link")
    for again in ("alone", "digest"):
        assert json.loads(run("bash", "-euc", BLOCKS[again]))["decision"] == "link"
    assert "needs_bytes" not in json.loads(run("bash", "-euc", BLOCKS["asked"]))
    checked = json.loads(run("bash", "-euc", BLOCKS["check"]))
    assert (checked["decision"], checked["occurrence"]["id"]) == ("link", None)
    assert '"24016-00001"' in run("bash", "-euc", BLOCKS["back"])
    assert '"24016-00001"' in run("bash", "-euc", BLOCKS["lists"])
    assert run("bash", "-euc", BLOCKS["key"]).lower().count("idempotency-replayed: true") == 1


def test_python(run):
    first = run(sys.executable, "-c", BLOCKS["client"])
    assert re.match(r"(store|link) - It|(store|link) - This", first)
    assert run(sys.executable, "-c", BLOCKS["client"]) == first  # under one key: the first answer again
    assert run(sys.executable, "-c", BLOCKS["function"]).startswith("store - It was stored as new.")


def test_page_names_every_code():
    """Each code that a request can be answered with is on the page, or on that about signing in."""
    service = Path(__file__).parents[2] / "src" / "onecopy" / "service"
    sources = [path for path in service.rglob("*.py") if "pages" not in path.parts]  # what browsers are told
    raised = {
        code
        for path in sources
        for code in re.findall(r'ProblemError\(\s*\d+,\s*"([\w-]+)"', path.read_text())
    }
    assert len(raised) >= 10
    pages = PAGE.read_text() + (PAGE.parent / "let-people-sign-in.md").read_text()
    assert raised <= set(re.findall(r"`([\w-]+)`", pages))
