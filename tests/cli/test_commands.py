import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from onecopy.catalog.store import Catalog
from onecopy.cli.compare import original
from onecopy.model import Evidence, Relation, Verdict


def test_a_scan_from_first_look_to_report(onecopy, pictures, tmp_path):
    done = onecopy("scan", "photos", "--out", "report", check=0)
    assert done.stdout.startswith("3 files, ")
    assert "1 image nobody needs to look at again (33%): 1 same-bytes" in done.stdout
    assert "Report: report/report.html" in done.stdout
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert written >= {"findings.json", "images.csv", "relations.csv", "report.html"}
    found = json.loads((tmp_path / "report" / "findings.json").read_text())
    assert [one["locator"] for one in found["images"]] == ["photos/1.png", "photos/2.png", "photos/copy.png"]
    assert "data:image/jpeg" in (tmp_path / "report" / "report.html").read_text()
    assert (tmp_path / "data" / "onecopy" / "catalog.db").exists()
    again = onecopy("scan", "photos", "--out", "report", check=0)
    assert "since the last scan: 3 unchanged" in again.stdout
    assert json.loads((tmp_path / "report" / "findings.json").read_text()) == found


def test_a_report_into_the_scanned_folder_is_not_scanned(onecopy, pictures):
    onecopy("scan", "photos", "--out", "photos", check=0)
    again = onecopy("scan", "photos", "--out", "photos", check=0)
    assert "since the last scan: 3 unchanged" in again.stdout
    found = json.loads((pictures / "findings.json").read_text())
    written = {path.name for path in pictures.iterdir() if path.suffix != ".png"}
    assert {one["locator"] for one in found["skipped"]} == {f"photos/{name}" for name in written}


def test_as_json_and_quiet(onecopy, pictures):
    done = onecopy("scan", "photos", "--json", check=0)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {event["event"] for event in events} == {"progress", "done"}
    assert events[-1]["totals"]["images"] == 3
    assert events[-1]["changes"]["new"] == 3
    assert done.stderr == ""
    quiet = onecopy("scan", "photos", "--quiet", check=0)
    assert quiet.stdout == quiet.stderr == ""


def test_what_cannot_be_read_makes_it_three(onecopy, pictures):
    (pictures / "cut.png").write_bytes((pictures / "1.png").read_bytes()[:500])
    done = onecopy("scan", "photos", check=3)
    assert "1 file or part could not be read" in done.stdout
    assert "1 truncated" in done.stdout


def said(done):
    """The one sentence of a command that failed."""
    (line,) = done.stderr.splitlines()
    assert done.stdout == ""
    return line


def test_a_missing_source(onecopy):
    assert said(onecopy("scan", "nowhere", check=1)) == (
        "onecopy: The source nowhere cannot be opened: No such file or directory."
    )
    as_json = json.loads(said(onecopy("scan", "nowhere", "--json", check=1)))
    assert (as_json["event"], as_json["code"]) == ("error", "environment")


def test_an_output_that_cannot_be_written(onecopy, pictures):
    line = said(onecopy("scan", "photos", "--out", "photos/1.png/report", check=1))
    assert line.startswith(
        "onecopy: The output folder photos/1.png/report cannot be written (Not a directory)."
    )


def test_a_full_disk(onecopy, pictures, tmp_path):
    # A catalog that may not grow is what a full disk looks like to it.
    Catalog(tmp_path / "data" / "onecopy" / "catalog.db").close()
    program = (
        "from sqlalchemy import event, Engine\n"
        "@event.listens_for(Engine, 'connect')\n"
        "def _(connection, _):\n"
        "    (pages,) = connection.execute('PRAGMA page_count').fetchone()\n"
        "    connection.execute(f'PRAGMA max_page_count = {pages}')\n"
        "from onecopy.cli import main\n"
        "main()"
    )
    line = said(onecopy("scan", "photos", "--quiet", program=("-c", program), check=1))
    assert "the disk is full. Free some space and run the command again." in line


def test_a_locked_catalog(onecopy, pictures, tmp_path):
    onecopy("scan", "photos", "--catalog", "c.db", check=0)
    (pictures / "1.png").unlink()
    other = sqlite3.connect(tmp_path / "c.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    program = (
        "from onecopy.catalog import store; store.BUSY_SECONDS = 0.1\nfrom onecopy.cli import main; main()"
    )
    done = onecopy("scan", "photos", "--catalog", "c.db", "--quiet", program=("-c", program), check=1)
    other.close()
    assert said(done) == (
        "onecopy: The catalog c.db is in use by another program. "
        "Wait for it to end, or choose another with --catalog."
    )


@pytest.mark.parametrize(
    "arguments", [["scan"], ["scan", "photos", "--workers", "0"], ["nonsense"], ["compare", "a"]]
)
def test_wrong_usage(onecopy, arguments):
    assert onecopy(*arguments, check=2).stderr


def test_help_is_quick_to_load():
    program = (
        "import sys; from onecopy.cli.app import build; build()\n"
        "heavy = {'numpy', 'cv2', 'PIL', 'sqlalchemy', 'alembic', 'faiss', 'msgspec', 'fastapi'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


INTERRUPTED = """
import os, signal
from onecopy.pipelines.scan import journal

journal._MOST = 2
real = journal.Journal.flush

def flush(self):
    real(self)
    if self.flushes == 2:
        os.kill(os.getpid(), signal.SIGINT)

journal.Journal.flush = flush
from onecopy.cli import main
main()
"""


def test_interrupted(onecopy, pictures, tmp_path):
    for n in range(12):
        (pictures / f"text {n}.txt").write_text(str(n))
    done = onecopy("scan", "photos", "--quiet", program=("-c", INTERRUPTED), check=130)
    assert (
        said(done) == "onecopy: Interrupted. What was read is kept; run the same command again to continue."
    )
    with sqlite3.connect(tmp_path / "data" / "onecopy" / "catalog.db") as catalog:
        (kept,) = catalog.execute("SELECT count(*) FROM occurrence").fetchone()
    assert 0 < kept < 15
    after = onecopy("scan", "photos", check=3)
    assert f"continued: {kept} files had been read before the interruption" in after.stdout


def test_compare(onecopy, pictures, tmp_path):
    done = onecopy("compare", "photos/1.png", "photos/copy.png", check=0)
    assert done.stdout.splitlines()[0] == "same-bytes: the same file, byte by byte (confidence 1.00)"
    done = onecopy("compare", "photos/1.png", "photos/2.png", "--json", "--picture", "d.png", check=0)
    verdict = json.loads(done.stdout)
    assert (verdict["a"], verdict["b"]) == ("photos/1.png", "photos/2.png")
    assert verdict["relation"] in ("distinct", "unclear")
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")


def test_compare_says_which_one_is_the_original():
    evidence = Evidence(method="photo", original="b")
    known = Verdict(relation=Relation.EDITED, confidence=0.98, evidence=evidence)
    names = {"a": "crop.jpg", "b": "whole.jpg"}
    assert original(known, names) == ["  likelier the original: whole.jpg"]
    unknown = replace(known, evidence=replace(evidence, original=None))
    assert original(unknown, names) == []


def test_compare_says_what_is_missing(onecopy, pictures):
    assert "nowhere.png" in said(onecopy("compare", "photos/1.png", "nowhere.png", check=1))
    (pictures / "text.txt").write_text("no image")
    assert "image" in said(onecopy("compare", "photos/1.png", "photos/text.txt", check=1))


def test_fingerprint(onecopy, pictures):
    done = onecopy("fingerprint", "photos/1.png", "photos/copy.png", check=0)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first.pop("locator"), second.pop("locator")) == ("photos/1.png", "photos/copy.png")
    assert first == second
    assert len(first["pdq"]) == 64
    assert "features" not in first
    with_features = json.loads(onecopy("fingerprint", "photos/1.png", "--features", check=0).stdout)
    assert bytes.fromhex(with_features["features"])


def test_fingerprint_goes_on_after_a_bad_file(onecopy, pictures):
    (pictures / "text.txt").write_text("no image")
    done = onecopy("fingerprint", "nowhere", "photos/text.txt", "photos/1.png", check=3)
    nowhere, text, good = map(json.loads, done.stdout.splitlines())
    assert nowhere["error"]["code"] == "environment"
    assert text["error"]["code"] == "not-an-image"
    assert good["width"] == 320


@pytest.mark.parametrize(
    "command",
    [
        "find photos/1.png",
        "case 24016-00001",
        "audit verify",
        "audit export",
        "review list",
        "token list",
        "token revoke x",
        "webhook ping x",
    ],
)
def test_who_only_looks_makes_no_catalog(quick, pictures, tmp_path, command):
    done = quick(*command.split(), "--catalog", "typo.db", check=1)
    assert "There is no catalog at typo.db." in done.stderr
    assert not (tmp_path / "typo.db").exists()


def test_doctor(onecopy, tmp_path):
    done = onecopy("doctor", check=0)
    for word in (
        "Sandbox",
        "worker: active",
        "Extras",
        "Catalog",
        "none yet",
        str(Path("onecopy/catalog.db")),
    ):
        assert word in done.stdout
    (tmp_path / "junk.db").write_text("no database at all, but long enough to be looked at" * 10)
    assert "not a catalog" in onecopy("doctor", "--catalog", "junk.db", check=1).stdout
