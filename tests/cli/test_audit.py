"""``onecopy audit``: a log of real uploads, proven, taken out, and tampered with."""

import contextlib
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys

import pytest

from onecopy.catalog.store import Catalog

SUBMIT = """
import sys
from pathlib import Path
import onecopy
from onecopy.policy import Action, Policy, Rule, Scope
strict = Policy(name="strict", rules=(Rule(name="no", action=Action.REJECT, scope=Scope.CASE),))
places = "catalog.db", Path("vault")
with onecopy.Gate.open(*places, workers=1) as gate:
    for name in ("1", "copy"):
        gate.submit(Path(f"{name}.bin"), onecopy.Context(case="A", agency="fire", uploader="portal"))
with onecopy.Gate.open(*places, workers=1, policy=strict) as gate:
    gate.submit(Path("1.bin"), onecopy.Context(case="A", agency="fire"))
"""
PLACE = ("--catalog", "catalog.db")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A catalog with two uploads and a rejection in its log."""
    folder = tmp_path_factory.mktemp("made")
    for name in ("1", "copy"):
        (folder / f"{name}.bin").write_bytes(b"no picture, but an upload all the same")
    subprocess.run([sys.executable, "-c", SUBMIT], cwd=folder, check=True, timeout=120)
    return folder / "catalog.db"


@pytest.fixture
def log(made, tmp_path):
    """A copy of that catalog, to be tampered with."""
    shutil.copy(made, tmp_path / "catalog.db")
    return tmp_path / "catalog.db"


def test_uploads_are_proven_and_taken_out(quick, log, tmp_path):
    intact = quick("audit", "verify", *PLACE, check=0).stdout.splitlines()
    assert intact[0] == "The log is intact: 5 entries."
    assert intact[1] == "size 5"
    root = intact[2].removeprefix("root ")

    lines = quick("audit", "export", *PLACE, check=0).stdout.splitlines()
    said = [json.loads(line) for line in lines]
    assert [one["eventDetail"] for one in said] == [
        "policy.changed",
        "upload.stored",
        "upload.linked",
        "policy.changed",
        "upload.rejected",
    ]
    assert [one["eventType"] for one in said] == [
        "policy assignment",
        "ingestion",
        "ingestion",
        "policy assignment",
        "appraisal",
    ]
    linked = said[2]
    assert (linked["agency"], linked["linkingAgentIdentifierValue"]) == ("fire", "portal")
    assert linked["eventOutcomeDetail"]["rule"] == "The same file or picture data, in the same case"
    assert linked["eventOutcomeDetail"]["policy"] == said[0]["linkingObjectIdentifiers"][0]["value"]
    assert linked["eventOutcomeDetail"]["matched"] == [said[1]["linkingObjectIdentifiers"][0]["value"]]
    assert ".bin" not in "".join(lines)
    assert json.loads(quick("audit", "export", "--after", "3", *PLACE, check=0).stdout) == said[4]

    # Anybody can do it: the left four, then the last (RFC 6962, 2.1).
    def node(left, right):
        return hashlib.sha256(b"\1" + left + right).digest()

    a, b, c, d, e = (hashlib.sha256(b"\0" + line.encode()).digest() for line in lines)
    assert node(node(node(a, b), node(c, d)), e).hex() == root

    quick("audit", "export", "--out", "audit.jsonl", *PLACE, check=0)
    as_published = ("--size", "5", "--root", root)
    quick("audit", "verify", "--file", "audit.jsonl", *as_published, check=0)
    alone = quick("audit", "verify", "--file", "audit.jsonl", check=0).stdout
    assert "5 entries in order" in alone
    assert "intact" not in alone  # all of it may have been written anew
    (tmp_path / "audit.jsonl").write_text("\n".join([*lines[:2], lines[3], lines[2], lines[4]]))
    done = quick("audit", "verify", "--file", "audit.jsonl", "--json", *as_published, check=1)
    assert "Entry 2 was moved: it says that it is entry 3." in json.loads(done.stdout)["faults"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM event WHERE position = 2", "Where entry 2 should stand is entry 3."),
        ("DELETE FROM event_head", "What the log says of itself was removed."),
        (
            "UPDATE decision SET decision = 'store'",
            "has the decision 'store' in the catalog, and 'link' in the",
        ),
        ("UPDATE occurrence SET case_id = 'B'", "has the case 'B' in the catalog, and 'A' in the log."),
        (
            "UPDATE occurrence SET gone_at = '2026-01-01 00:00:00' WHERE id = 1",
            "is deleted in one of the log",
        ),
        ("DELETE FROM decision WHERE id = 1", "(entry 1) and no longer in the catalog."),
        (
            "INSERT INTO decision (occurrence, decision, reason, matches, made_at, policy)"
            " SELECT occurrence, 'link', reason, matches, made_at, policy FROM decision WHERE id = 2",
            "The log has 2 uploads that were kept, and the catalog 3 decisions on such.",
        ),
    ],
)
def test_tampering_is_found(quick, log, statement, said):
    with contextlib.closing(sqlite3.connect(log)) as catalog, catalog:
        catalog.execute(statement)
    done = quick("audit", "verify", *PLACE, check=1)
    assert done.stdout.startswith("The log is NOT intact:\n")
    assert said in done.stdout


def test_nothing_to_prove_is_no_proof(quick, tmp_path):
    Catalog(tmp_path / "catalog.db").close()
    assert "nothing was checked" in quick("audit", "verify", *PLACE, check=1).stdout
    assert "together" in quick("audit", "verify", "--size", "3", *PLACE, check=2).stderr
