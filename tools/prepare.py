"""Get ready what a make target needs: ``prepare.py`` with ``demo``, ``dev``, ``browser`` or ``s3``.

Runs on a bare Python, so it uses the standard library alone. The environment is made in ``.venv`` and made
again only when ``pyproject.toml`` has changed; where everything is there already, no network is used.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import ceph

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
EXTRAS = {"demo": "service,demo", "dev": "dev"}
COVERED_BY = {"demo": ("demo", "dev"), "dev": ("dev",)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(wanted: str) -> None:
    if wanted in ("browser", "s3"):
        {"browser": _browser, "s3": _s3}[wanted]()
        return
    state = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamps = [VENV / f".ready-{level}" for level in COVERED_BY[wanted]]
    if any(stamp.exists() and stamp.read_text() == state for stamp in stamps):
        return
    if not (VENV / "bin" / "python").exists() or not _has_pip():
        _make_venv()
    print(f"Installing onecopy[{EXTRAS[wanted]}] into .venv …", flush=True)
    pip = [
        VENV / "bin" / "python",
        "-m",
        "pip",
        "install",
        "-qq",
        "--no-compile",
        "--disable-pip-version-check",
    ]
    done = subprocess.run([*pip, "--editable", f"{ROOT}[{EXTRAS[wanted]}]"], check=False)
    if done.returncode:
        _stop(
            "pip could not install what is needed; its message is above. A package index must be reachable."
        )
    _compile()
    stamps[0].write_text(state)


def _compile() -> None:
    """Compile what every command loads, and no more of what pip installed: that would take half a minute.

    Python does so by itself at the first start, but not where it was told to write no byte code.
    """
    writing = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    load = "import onecopy.cli.app, onecopy.api, onecopy.service.run, onecopy.sandbox.worker, PIL, cv2"
    for asked in (["-m", "compileall", "-q", ROOT / "src"], ["-c", load]):
        subprocess.run([VENV / "bin" / "python", *asked], check=False, env=writing, capture_output=True)


def _has_pip() -> bool:
    asked = [VENV / "bin" / "python", "-c", "import pip"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _make_venv() -> None:
    if sys.version_info < (3, 11):
        _stop(
            f"onecopy needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Try: make PYTHON=python3.12"
        )
    print("Making .venv …", flush=True)
    if not _venv() and not (_install(f"python3.{sys.version_info.minor}-venv") and _venv()):
        _stop(
            "Python cannot make a virtual environment here: its venv module is incomplete. "
            "On Debian or Ubuntu: apt-get install python3-venv"
        )


def _venv() -> bool:
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], check=False, capture_output=True)
    return made.returncode == 0


def _browser() -> None:
    if any(map(shutil.which, BROWSERS)) or os.environ.get("ONECOPY_NO_BROWSER"):
        return
    print("No Chromium found; trying to install it …", flush=True)
    if not _install("chromium"):
        print("Chromium is not here and cannot be installed. Tests of pages will be skipped, and say so.")


def _s3() -> None:
    """Unpack an S3 server into the user's cache folder, once for all copies of this project."""
    if os.environ.get("ONECOPY_TEST_S3_ENDPOINT") or os.environ.get("ONECOPY_NO_S3"):
        return
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    folder = Path(os.environ.get("ONECOPY_TEST_CEPH") or cache / "onecopy-tests" / "ceph")
    if not (folder / "root" / "ready").exists():
        print(f"Unpacking an S3 server for the tests into {folder} …", flush=True)
    why = ceph.unpack(folder)
    if why:
        print(f"No S3 server could be had ({why}). Tests of buckets will be skipped, and say so.")


def _install(package: str) -> bool:
    """Install a system package where that is ours to do: as root, on Debian or Ubuntu."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", package]):
        asked = ["apt-get", *arguments]
        done = subprocess.run(
            asked, check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True
        )
    return done.returncode == 0


def _stop(sentence: str) -> None:
    raise SystemExit(f"make: {sentence}")


if __name__ == "__main__":
    main(sys.argv[1])
