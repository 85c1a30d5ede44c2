"""Unpack a real S3 server for the tests: Ceph, from Debian's packages, into a folder of its own.

Needs Debian, but not root; nothing is installed. ``ceph.py FOLDER`` leaves ``FOLDER/root``.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SUITES = ("forky", "trixie")
"""Debian releases whose Ceph is tried, in this order. Their libraries come along: any Debian can run it."""
WANTED = ("radosgw", "ceph-mon", "ceph-osd")
PROGRAMS = ("monmaptool", "osdmaptool", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_KEPT = re.compile(r"lib|gcc-|ceph-|radosgw")
_LEFT = re.compile(
    r"libpam|libpython|libsystemd-shared|libdebconf|libgprofng|libctf|libbinutils|libparted|libnvme|liblvm"
    r"|libc-gconv|libperl|libreadline|ceph-volume|ceph-mgr"
)


def unpack(folder: Path) -> str | None:
    """Unpack it, unless it is there.

    Returns:
        Why it could not be had, or ``None``.
    """
    if (folder / "root" / "ready").exists():
        return None
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb") and KEYRING.exists()):
        return "this is not Debian"
    why = None
    for suite in SUITES:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _unpack(suite, folder)
        except (subprocess.SubprocessError, OSError) as error:
            why = f"{suite}: {error}"
            continue
        (folder / "root" / "ready").touch()
        return None
    return why


def _unpack(suite: str, folder: Path) -> None:
    for name in ("lists/partial", "cache/archives/partial", "state", "packages", "root/usr/lib"):
        (folder / name).mkdir(parents=True)
    (folder / "state" / "status").touch()
    (folder / "root" / "lib").symlink_to("usr/lib")
    (folder / "root" / "usr" / "lib64").mkdir()
    (folder / "root" / "lib64").symlink_to("usr/lib64")
    mirror = _run("apt-get", "indextargets", "--format", "$(REPO_URI)").splitlines()
    archive = next(line for line in mirror if "security" not in line)
    (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {archive} {suite} main\n")
    settings = {
        "Dir::State": folder / "state",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "state" / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::Log": folder,
        "APT::Sandbox::User": "",
    }
    config = folder / "apt.conf"
    config.write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
    _run("apt-get", "update", "-q", config=config)
    planned = _run("apt-get", "install", "-s", "--no-install-recommends", *WANTED, config=config)
    names = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    needed = [name for name in names if _KEPT.match(name) and not _LEFT.match(name)]
    _run("apt-get", "download", "-q", *needed, config=config, cwd=folder / "packages")
    for package in (folder / "packages").iterdir():
        _run("dpkg-deb", "-x", package, folder / "root")
    for name in ("packages", "lists", "cache", "state"):
        shutil.rmtree(folder / name)
    for program in PROGRAMS:
        if not (folder / "root" / "usr" / "bin" / program).exists():
            raise OSError(f"no {program} in its packages")


def _run(*words: object, config: Path | None = None, cwd: Path | None = None) -> str:
    environment = os.environ | ({"APT_CONFIG": str(config)} if config else {})
    done = subprocess.run(
        [str(word) for word in words],
        env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, check=True, timeout=600,
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    problem = unpack(Path(sys.argv[1]).absolute())
    if problem:
        sys.exit(f"No S3 server for the tests: {problem}")
