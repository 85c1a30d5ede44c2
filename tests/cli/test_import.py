"""``onecopy import``: a manifest's files go through the gate, whatever interrupts it."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from onecopy.catalog import import_claims, imports, uploads
from onecopy.catalog.store import Catalog

PLACES = ("--catalog", "catalog.db", "--vault", "vault")


@pytest.fixture
def kept(tmp_path):
    def kept(case="c"):
        with Catalog(tmp_path / "catalog.db") as catalog, catalog.read() as connection:
            return sorted(one.name for one in uploads.of_case(connection, case, ""))

    return kept


def test_an_archive_tried_taken_in_and_mended(onecopy, pictures, kept, tmp_path):
    (tmp_path / "m.csv").write_text("file,case\n1.png,c\n2.png,c\ncopy.png,c\nlost.png,c\n")
    command = ("import", "m.csv", "--folder", "photos", *PLACES)
    tried = onecopy(*command, "--dry-run", "--at-once", "1", check=3).stdout.splitlines()
    assert tried[:3] == [
        "4 rows: 4 done",
        "  3 would be stored as new",
        "  1 of them have the bytes of an earlier row, and would be linked to it",
    ]
    assert kept() == []
    done = onecopy(*command, check=3).stdout.splitlines()
    assert done[:3] == ["4 rows: 4 done", "  2 stored as new", "  1 linked"]
    assert done[4] == "  line 5, lost.png: There is no such file. Check the manifest. (vanished)"
    assert onecopy(*command, check=3).stdout.splitlines() == done  # once is enough
    assert kept() == ["1.png", "2.png", "copy.png"]
    (pictures / "lost.png").write_bytes((pictures / "2.png").read_bytes())
    said = onecopy(*command, "--retry", "--json", check=0).stdout.splitlines()[-1]
    assert json.loads(said)["decisions"] == {"store": 2, "link": 2}
    assert kept() == ["1.png", "2.png", "copy.png", "lost.png"]


def test_what_cannot_be_followed_is_said(onecopy, tmp_path):
    (tmp_path / "m.csv").write_text("file\na.png\n")
    refused = onecopy("import", "m.csv", *PLACES, check=2)
    assert "line 2: The field 'case' is empty." in refused.stderr
    assert "(n.csv). Check the path" in onecopy("import", "n.csv", *PLACES, check=1).stderr


@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGKILL, -9, marks=pytest.mark.slow)]
)
def test_what_is_interrupted_goes_on_and_does_nothing_twice(onecopy, tmp_path, kept, how, code):
    for number in range(60):
        (tmp_path / f"{number}.bin").write_bytes(random.Random(number).randbytes(500))
    rows = "".join(f"{number}.bin\n" for number in range(60))
    (tmp_path / "m.csv").write_text("file\n" + rows)
    command = ["import", "m.csv", "--case", "c", "--at-once", "2", *PLACES]
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path / "data")}
    with subprocess.Popen(
        [sys.executable, "-m", "onecopy.cli", *command],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        end = time.monotonic() + 120
        while not (tmp_path / "catalog.db").exists() or not 3 <= len(kept()) < 60:
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(how)
        said = process.stderr.read()
    assert process.returncode == code
    assert 3 <= len(kept()) < 60
    if how is signal.SIGINT:
        assert "Nothing is lost. Run the same command again to continue." in said
    else:  # a claim of the dead holds for half a minute: here it has run out
        with Catalog(tmp_path / "catalog.db") as catalog, catalog.write([imports.SCOPE]) as connection:
            (one,) = imports.listed(connection, agency=None)
            worker = connection.exec_driver_sql('SELECT claimed_by FROM "import"').scalar()
            import_claims.let_go(connection, one, worker)
    done = onecopy(*command, check=0).stdout.splitlines()
    assert done[:2] == ["60 rows: 60 done", "  60 stored as new"]
    assert kept() == sorted(f"{number}.bin" for number in range(60))
