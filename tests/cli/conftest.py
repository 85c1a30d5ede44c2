import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from onecopy.cli.app import build


@pytest.fixture
def pictures(tmp_path):
    """A folder with three pictures, two of them equal; the working folder is the one above it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in (1, 2):
        noise = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((320, 240)).save(folder / f"{seed}.png")
    (folder / "copy.png").write_bytes((folder / "1.png").read_bytes())
    return folder


@pytest.fixture
def onecopy(tmp_path):
    """Runs the command in ``tmp_path``, with a data folder of its own."""

    def run(*arguments, program=("-m", "onecopy.cli"), check=None):
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | {"XDG_DATA_HOME": str(tmp_path / "data"), "COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        if check is not None:
            assert done.returncode == check, done.stderr + done.stdout
        return done

    return run


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """Runs the command in ``tmp_path`` as ``onecopy`` does, but in this process."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("XDG_DATA_HOME", str(tmp_path / "data")), ("COLUMNS", "200"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)

    def run(*arguments, check=None):
        done = CliRunner().invoke(build(), [*map(str, arguments)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert "Traceback" not in done.output, done.output
        if check is not None:
            assert done.exit_code == check, done.output
        return done

    return run
