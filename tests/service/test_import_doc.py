"""The HTTP commands of docs/how-to/import-an-archive.md do what it says."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "import-an-archive.md"
BLOCKS = dict(re.findall(r"<!-- tested: (\w+) -->\n```\w+\n(.*?)```", PAGE.read_text(), re.DOTALL))


def test_by_http(make_service, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"a")
    (tmp_path / "archive.csv").write_text("file,case\na.jpg,c\nb.jpg,c\n")
    service = make_service(environment={"ONECOPY_IMPORT_FOLDERS": str(tmp_path)}).start()
    told = os.environ | {"ONECOPY_URL": service.url, "ONECOPY_TOKEN": service.token, "NO_PROXY": "*"}

    def run(name, **more):
        command = ["bash", "-euc", BLOCKS[name]]
        done = subprocess.run(
            command, env=told | more, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    id = run("create")["id"]
    end = time.monotonic() + 120
    while (one := run("progress", id=id))["state"] != "done":
        assert time.monotonic() < end
        time.sleep(0.2)
    assert (one["name"], one["progress"]["decisions"], one["progress"]["problems"]) == (
        "archive-2019",
        {"store": 1},
        1,
    )
    assert [(row["file"], row["code"]) for row in run("problems", id=id)["rows"]] == [("b.jpg", "vanished")]
    service.stop()
