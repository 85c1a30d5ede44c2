"""The systemd unit: what it names is there, and systemd understands it."""

import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from onecopy.service.run import FINISH_SECONDS
from onecopy.service.settings import CONFIG, PREFIX, Settings

UNIT = Path(__file__).parents[2] / "deploy" / "onecopy.service"


def lines(name):
    return [line.partition("=")[2] for line in UNIT.read_text().splitlines() if line.startswith(f"{name}=")]


def test_its_settings_are_settings():
    known = {PREFIX + field.name.upper() for field in fields(Settings)} | {"XDG_CACHE_HOME", CONFIG}
    given = dict(line.split("=", 1) for line in lines("Environment"))
    assert set(given) <= known
    assert given[CONFIG] == "/etc/onecopy/onecopy.toml"
    settings = Settings.load({}, UNIT.with_name("onecopy.toml"), {})
    kept = f"/var/lib/{lines('StateDirectory')[0]}/"
    assert str(settings.catalog).startswith(kept)
    assert str(settings.vault).startswith(kept)
    assert given["XDG_CACHE_HOME"] == f"/var/cache/{lines('CacheDirectory')[0]}"


def test_it_gives_uploads_time_to_finish():
    assert int(lines("TimeoutStopSec")[0]) > FINISH_SECONDS
    assert lines("KillMode") == ["mixed"]  # the supervisor alone is told, and tells its processes


def test_systemd_understands_it(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("there is no systemd-analyze here")
    text = UNIT.read_text().replace(lines("ExecStart")[0].split()[0], shutil.which("true") or "")
    (tmp_path / UNIT.name).write_text(text)
    done = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / UNIT.name], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
