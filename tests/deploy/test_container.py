"""The container and compose files: what they name is there. No engine runs them here."""

import json
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from onecopy.service.run import FINISH_SECONDS
from onecopy.service.setting import variable
from onecopy.service.settings import CONFIG, Settings, table

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONTAINER = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
VARIABLES = {variable(one) for one in table()} | {CONFIG}


def lines(word):
    return re.findall(rf"^{word} +(.*)$", CONTAINER, re.MULTILINE)


def environment():
    (text,) = lines("ENV")
    return dict(pair.split("=", 1) for pair in text.split())


def test_what_is_copied_is_there_and_let_in():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    copied = [line.split() for line in lines("COPY") if not line.startswith("--from")]
    sources = [source for words in copied for source in words[:-1]]
    assert {"pyproject.toml", "src"} <= set(sources) == let_in
    assert all((ROOT / source).exists() for source in sources)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["readme"] in sources
    assert set(project["license-files"]) <= set(sources)


def test_what_is_installed_are_extras_heic_among_them():
    (extras,) = re.findall(r"pip install --no-cache-dir '\.\[(.*?)\]'", CONTAINER)
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"service", "oidc", "postgres", "s3", "heic"} <= set(extras.split(",")) <= set(known)


def test_its_settings_are_settings_and_it_runs_as_nobody_special():
    given = environment()
    assert {name for name in given if name.startswith("ONECOPY_")} <= VARIABLES
    settings = Settings.from_environment(given)
    assert (settings.host, settings.port) == ("0.0.0.0", int(lines("EXPOSE")[0]))
    for place in (settings.catalog, settings.vault, given["XDG_CACHE_HOME"]):
        assert any(str(place).startswith(volume) for volume in json.loads(lines("VOLUME")[0]))
    assert lines("USER") == ["onecopy"]
    assert CONTAINER.index("useradd") < CONTAINER.index("USER onecopy") < CONTAINER.index("ENTRYPOINT")
    assert lines("STOPSIGNAL") == ["SIGTERM"]


def test_what_it_starts_can_be_started():
    command = json.loads(lines("ENTRYPOINT")[0]) + json.loads(lines("CMD")[0])
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:], "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "--config" in done.stdout


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_its_health_is_what_readyz_says(status, code):
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    (check,) = re.findall(r"HEALTHCHECK .*? CMD (\[.*\])", CONTAINER)
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request).start()
        _, option, program = json.loads(check)
        program = program.replace(":8420", f":{server.server_address[1]}")
        done = subprocess.run([sys.executable, option, program], capture_output=True, timeout=60)
    assert (done.returncode, asked) == (code, ["/readyz"])


def test_the_services_of_the_compose_file_fit_together():
    services, volumes = COMPOSE["services"], set(COMPOSE["volumes"])
    assert set(services) == {"onecopy", "postgres", "s3", "bucket"}
    used = {volume.split(":")[0] for one in services.values() for volume in one.get("volumes", ())}
    assert used == volumes
    for one in services.values():
        assert set(one.get("depends_on", ())) <= set(services)
        assert ("image" in one) or ("build" in one)
    ours = services["onecopy"]
    assert (DEPLOY / ours["build"]["context"] / ours["build"]["dockerfile"]).exists()
    assert int(ours["stop_grace_period"].removesuffix("s")) > FINISH_SECONDS
    assert {name for name in ours["environment"] if name.startswith("ONECOPY_")} <= VARIABLES
    settings = Settings.from_environment(
        {name: value for name, value in ours["environment"].items() if "${" not in value}
    )
    assert settings.catalog.startswith("postgresql://onecopy@postgres/")
    bucket = services["bucket"]["environment"]
    assert settings.vault.startswith(f"s3://{bucket['S3_BUCKET']}/")
    assert f"endpoint={bucket['S3_ENDPOINT']}" in settings.vault
    assert services["postgres"]["environment"]["POSTGRES_USER"] == "onecopy"


def test_every_secret_is_in_the_example():
    text = (DEPLOY / "compose.yaml").read_text()
    wanted = set(re.findall(r"\$\{(\w+):\?", text))
    assert wanted == set(re.findall(r"^(\w+)=$", (DEPLOY / "compose.env.example").read_text(), re.MULTILINE))


def test_the_bucket_is_made_on_a_real_store(s3_server, tmp_path):
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("there is no curl here")
    (script,) = COMPOSE["services"]["bucket"]["command"]
    given = {
        "S3_ENDPOINT": s3_server.endpoint,
        "S3_BUCKET": "onecopy-compose",
        "S3_ACCESS_KEY": s3_server.access_key,
        "S3_SECRET_KEY": s3_server.secret_key,
        "PATH": str(Path(curl).parent),
    }
    for _ in range(2):  # also where it is there already
        done = subprocess.run(
            ["/bin/sh", "-c", script.replace("$$", "$")],
            env=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_sample_of_settings_is_one():
    settings = Settings.load({}, DEPLOY / "onecopy.toml", {})
    assert (settings.workers, settings.metrics_port) == (2, 9420)
