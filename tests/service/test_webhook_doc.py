"""The commands of docs/how-to/receive-webhooks.md do what it says."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "receive-webhooks.md"
BLOCKS = dict(re.findall(r"<!-- tested: (\w+) -->\n```\w+\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture(scope="module")
def city(make_service):
    service = make_service(environment={"ONECOPY_WEBHOOK_ALLOW": "127.0.0.1"}).start()
    yield service
    service.stop()


def run(service, command, **more):
    environment = (
        os.environ | {"ONECOPY_URL": service.url, "ONECOPY_TOKEN": service.token, "NO_PROXY": "*"} | more
    )
    done = subprocess.run(
        ["bash", "-euc", command], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_receiver_is_told(city, tmp_path, free_port):
    # The page's port may be taken here.
    create = BLOCKS["create"].replace("8425", str(free_port))
    hook = run(city, create)
    assert hook["events"] == ["upload.stored", "upload.held"]
    environment = os.environ | {"WEBHOOK_SECRET": hook["secret"], "PORT": str(free_port)}
    command = [sys.executable, "-c", BLOCKS["receiver"]]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            with city.client() as client:
                sent = client.post("/v1/uploads", files={"file": ("a.jpg", b"x")}, data={"case": "c"}).json()
            assert receiver.stdout.readline().startswith(
                "upload.stored {'occurrence': '" + sent["occurrence"]["id"]
            )
            ping = run(city, BLOCKS["ping"], id=hook["id"])
            assert receiver.stdout.readline() == "webhook.ping {}\n"
            end = time.monotonic() + 120
            while True:
                found = run(city, BLOCKS["deliveries"], id=hook["id"])["deliveries"]
                if {one["state"] for one in found} == {"delivered"}:
                    break
                assert time.monotonic() < end
            assert [found[0]["id"], found[0]["status"]] == [ping["id"], 204]
        finally:
            receiver.kill()


def test_the_page_names_every_event():
    from onecopy.catalog.webhooks import PING, Happened

    named = set(re.findall(r"`([\w.]+)`", PAGE.read_text().partition("## What is told")[2]))
    assert {*Happened, PING} <= named
