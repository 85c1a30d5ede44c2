"""``console`` blocks that follow ``<!-- run -->`` are run, in order, in a folder with a few pictures."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import drawn
import numpy as np
import pytest
import skimage.data
from PIL import Image

_RUN = re.compile(r"<!-- run -->\n```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """What a reader has at hand: four pictures in ``photos``, three of them one; and an application."""
    photos = tmp_path / "photos"
    (photos / "sent again").mkdir(parents=True)
    street = Image.fromarray(skimage.data.rocket()).resize((960, 640))
    street.save(photos / "street.jpg", quality=92)
    street.resize((640, 427)).save(photos / "street-small.jpg", quality=80)
    shutil.copy(photos / "street.jpg", photos / "sent again")
    Image.fromarray(np.ascontiguousarray(skimage.data.coffee())).save(photos / "garden.jpg", quality=92)
    _application(tmp_path / "application", photos)
    return tmp_path


def _application(folder: Path, photos: Path) -> None:
    """Three submissions of drawings and photographs, and a manifest of them."""
    plans = {"A-1 site plan": drawn.sheet(11, "A-1", "Site plan", block=False)}
    plans["A-2 floor plan"] = drawn.sheet(12, "A-2", "Floor plan", block=False)
    plans["A-2 floor plan rev B"] = drawn.sheet(12, "A-2", "Floor plan", block=False, moved=60)
    came = {
        1: ["A-1 site plan", "A-2 floor plan", "IMG_2041.jpg", "IMG_2042.jpg"],
        2: ["A-2 floor plan rev B", "image001.jpg"],
        3: ["A-2 floor plan"],
    }
    pictures = {
        "IMG_2041.jpg": "street.jpg",
        "IMG_2042.jpg": "garden.jpg",
        "image001.jpg": "street-small.jpg",
    }
    lines = ["file,case,category,metadata.submission"]
    for number, names in came.items():
        (folder / str(number)).mkdir(parents=True)
        for name in names:
            file = f"{number}/{name}" if name in pictures else f"{number}/{name}.png"
            data = (photos / pictures[name]).read_bytes() if name in pictures else drawn.png(plans[name])
            (folder / file).write_bytes(data)
            category = "site-photo" if name in pictures else "plan"
            lines.append(f"{file},24016-00001,{category},{number}")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")


def _steps(page: Path) -> list[tuple[str, list[str]]]:
    steps: list[tuple[str, list[str]]] = []
    for block in _RUN.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def _assert_shown(expected: list[str], printed: list[str]) -> None:
    """Each expected line must come, in order; ``…`` stands for anything, alone on a line for any lines."""
    at = 0
    for line in expected:
        if line == "…":
            continue
        pattern = line.replace("[", "[[]").replace("…", "*")
        places = [n for n in range(at, len(printed)) if fnmatchcase(printed[n], pattern)]
        assert places, f"the page shows {line!r}; printed was:\n" + "\n".join(printed)
        at = places[0] + 1


def test_blocks_do_what_the_page_says(told: Path, reader: Path) -> None:
    steps = _steps(told)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ONECOPY_")}
    plain = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "100", "NO_COLOR": "1"}
    data = {"XDG_DATA_HOME": str(reader / "data"), "HOME": str(reader)}
    for command, expected in steps:
        done = subprocess.run(
            command,
            shell=True,
            cwd=reader,
            env=kept | plain | data,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        _assert_shown(expected, done.stdout.splitlines())
