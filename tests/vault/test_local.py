"""What is the local vault's own: files, folders, and what disks do."""

import errno
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onecopy.errors import EnvironmentProblem
from onecopy.vault.local import LocalVault
from onecopy.vault.spool import GRACE


@pytest.fixture
def vault(tmp_path):
    return LocalVault(tmp_path / "vault")


def put(vault, data):
    with vault.spool() as spool:
        spool.write(data)
        vault.keep(spool)
    return spool.sha256


def spooled(vault):
    return list((vault.root / "spool").iterdir())


def test_contents_are_read_only_and_sharded(vault):
    sha256 = put(vault, b"x")
    path = vault.root / "contents" / sha256[:2] / sha256[2:4] / sha256
    assert path.stat().st_mode & 0o777 == 0o444
    assert path.stat().st_nlink == 1
    assert spooled(vault) == []


def test_folder_of_something_else_is_refused_and_untouched(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(EnvironmentProblem) as caught:
        LocalVault(tmp_path)
    assert caught.value.code == "not-a-vault"
    assert [entry.name for entry in tmp_path.iterdir()] == ["holiday.jpg"]


def test_layout_from_the_future_is_refused(vault):
    (vault.root / "onecopy-vault").write_text("onecopy vault, layout 99\n")
    with pytest.raises(EnvironmentProblem) as caught:
        LocalVault(vault.root)
    assert caught.value.code == "not-a-vault"


def test_cut_content_is_mended_by_the_next_put(vault):
    sha256 = put(vault, b"whole")
    path = vault.content(sha256).path
    path.unlink()
    path.write_bytes(b"wh")
    assert put(vault, b"whole") == sha256
    assert path.read_bytes() == b"whole"


def test_file_system_without_hard_links(vault, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    sha256 = put(vault, b"renamed")
    with vault.open(sha256) as file:
        assert file.read() == b"renamed"
    assert spooled(vault) == []


FILL = """
import resource, sys
from pathlib import Path
from onecopy.errors import EnvironmentProblem
from onecopy.vault.local import LocalVault
vault = LocalVault(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    with vault.spool() as spool:
        for _ in range(40):
            spool.write(bytes(100_000))
        vault.keep(spool)
except EnvironmentProblem as problem:
    print(problem.code, len(list((vault.root / "spool").iterdir())), len(list(vault)))
"""


def test_no_room_is_one_clear_problem_and_leaves_nothing(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", FILL, tmp_path / "v"], capture_output=True, text=True, timeout=60
    )
    assert (run.stdout, run.stderr) == ("disk-full 0 0\n", "")


def test_unwritable_vault_is_said(vault, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(EnvironmentProblem) as caught:
        vault.spool()
    assert caught.value.code == "vault-unwritable"
    assert "Read-only file system" in caught.value.message


def test_failed_sync_keeps_nothing(vault, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    with vault.spool() as spool:
        spool.write(b"not on the disk")
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(EnvironmentProblem):
            vault.keep(spool)
    monkeypatch.undo()
    assert list(vault) == []


def test_start_cleans_what_killed_processes_left(vault):
    old = vault.root / "spool" / "left.part"
    young = vault.root / "spool" / "young.part"
    for path in (old, young):
        path.write_bytes(b"half")
    long_ago = time.time() - GRACE - 60
    os.utime(old, (long_ago, long_ago))
    with vault.spool() as alive:
        alive.write(b"slow client")
        os.utime(alive.path, (long_ago, long_ago))
        LocalVault(vault.root)
        assert sorted(spooled(vault)) == sorted([young, alive.path])


KEEP = """
import sys
from pathlib import Path
from onecopy.vault.local import LocalVault
vault = LocalVault(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(50):
    with vault.spool() as spool:
        spool.write(b"%d" % n * 5000)
        print(int(vault.keep(spool)))
"""


def test_processes_that_put_the_same_at_once(tmp_path):
    command = [sys.executable, "-c", KEEP, tmp_path / "vault"]
    runs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for run in runs:
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        run.stdin.write("\n")
        run.stdin.flush()
    new = [int(word) for run in runs for word in run.communicate(timeout=60)[0].split()]
    assert len(new) == 150
    assert sum(new) == 50
    vault = LocalVault(tmp_path / "vault")
    assert {kept.sha256 for kept in vault} == {
        hashlib.sha256(b"%d" % n * 5000).hexdigest() for n in range(50)
    }
    assert spooled(vault) == []


@pytest.mark.parametrize("held", [b"whole", b"wrong"])
def test_read_back_mends_what_the_disk_gives_otherwise(tmp_path, held):
    vault = LocalVault(tmp_path / "vault", read_back=True)
    sha256 = put(vault, b"whole")
    path = vault.content(sha256).path
    path.unlink()
    path.write_bytes(held)
    put(vault, b"whole")
    assert path.read_bytes() == b"whole"


def test_read_back_acknowledges_nothing_that_stays_wrong(tmp_path):
    vault = LocalVault(tmp_path / "vault", read_back=True)
    with vault.spool() as spool:
        spool.write(b"whole")
        spool.path.write_bytes(b"wrong")  # as a disk that gives back other bytes
        with pytest.raises(EnvironmentProblem) as caught:
            vault.keep(spool)
    assert caught.value.code == "vault-damaged"


def test_leftovers_are_listed(vault):
    left = vault.root / "spool" / "left.part"
    left.write_bytes(b"half")
    with vault.spool() as alive:
        alive.write(b"slow client")
        assert [(one.path, one.size) for one in vault.leftovers()] == [(left, 4)]
