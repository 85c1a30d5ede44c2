"""What a scan reads, what it does not read again, and what it remembers when it is cut short."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from onecopy.catalog.schema import content, image, occurrence
from onecopy.catalog.store import Catalog
from onecopy.locator import unquote
from onecopy.model import Relation
from onecopy.pipelines.scan.hash import Hasher
from onecopy.pipelines.scan.journal import Journal
from onecopy.pipelines.scan.run import Scan
from onecopy.sources.folder import LocalFile


@pytest.fixture
def scan(tmp_path, engine):
    """Scans ``tmp_path / "tree"`` with one catalog."""

    def scan(*named, **how):
        named = named or [tmp_path / "tree"]
        with Scan(named, catalog=tmp_path / "catalog.db", engine=engine, **how) as one:
            return one.run()

    return scan


def names(found):
    return [Path(one.locator).name for one in found]


def test_bytes_that_were_seen_are_not_decoded_again(save, scan, engine, tmp_path):
    first = save("a/one.png", 1)
    for n in range(40):  # more than are in flight at once
        (tmp_path / "tree" / f"copy {n}.png").write_bytes(first.read_bytes())
    save("b/two.png", 2)
    done = scan()
    assert engine.calls["identify"] == 2
    assert done.findings.totals.files == done.findings.totals.images == 42
    (group,) = done.findings.groups
    assert len(group.members) == 40
    same = done.findings.totals.redundant[Relation.SAME_BYTES]
    assert (same.images, same.reclaimable_bytes) == (40, 40 * first.stat().st_size)


def test_an_unchanged_archive_is_not_read(save, scan, monkeypatch, tmp_path):
    for seed in range(3):
        save(f"{seed}.png", seed)
    (tmp_path / "tree" / "text.txt").write_text("no image")
    first = scan()
    assert first.changes.read == first.changes.new == 4

    def read(*_):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(LocalFile, "open", read)
    again = scan()
    assert again.findings == first.findings
    assert (again.changes.unchanged, again.changes.read) == (4, 0)


def test_only_what_changed_is_read(save, scan, engine, tmp_path, monkeypatch):
    kept, _, moved, lost = (save(f"{name}.png", n) for n, name in enumerate("kcml"))
    os.utime(kept, ns=(1, 1))
    scan()
    save("c.png", 10)
    moved.rename(tmp_path / "tree" / "m2.png")
    lost.unlink()
    save("n.png", 11)
    opened = []
    real = LocalFile.open
    monkeypatch.setattr(LocalFile, "open", lambda self: opened.append(Path(self.path).name) or real(self))
    done = scan()
    assert set(opened) == {"c.png", "m2.png", "n.png"}
    assert engine.calls["identify"] == 4 + 2
    changes = done.changes
    assert (changes.unchanged, changes.new, changes.changed, changes.moved, changes.vanished) == (
        1,
        1,
        1,
        1,
        1,
    )
    tree = tmp_path / "tree"
    assert changes.first_changed == [f"{tree}/c.png"]
    assert changes.first_moved == [(f"{tree}/m.png", f"{tree}/m2.png")]
    assert changes.first_vanished == [f"{tree}/l.png"]
    assert names(done.findings.images) == ["c.png", "k.png", "m2.png", "n.png"]


def test_two_scans_at_once_find_the_same(save, scan, tmp_path, monkeypatch):
    for n in range(3):
        save(f"{n}.png", n)
    save("copy.png", 1)
    real, others = Journal.flush, []

    def flush(self):
        """The other scan does all of its work between this one's reading and its writing."""
        if not others:
            others.append(None)
            others[0] = scan()
        real(self)

    monkeypatch.setattr(Journal, "flush", flush)
    assert scan().findings == others[0].findings
    assert others[0].findings.totals.files == 4
    assert scan().changes.unchanged == 4


def test_a_file_replaced_while_another_scan_reads_stays_in_the_findings(save, scan, tmp_path, monkeypatch):
    save("a.png", 1)
    changed = save("b.png", 2)
    real, others = Journal.flush, []

    def flush(self):
        real(self)
        if not others:
            others.append(None)
            changed.unlink()
            others[0] = scan()

    monkeypatch.setattr(Journal, "flush", flush)
    assert names(scan().findings.images) == ["a.png", "b.png"]
    assert names(others[0].findings.images) == ["a.png"]


def test_a_file_moved_over_another(save, scan, tmp_path):
    a, b, c = (save(f"{name}.png", n) for n, name in enumerate("abc"))
    scan()
    b.rename(a)
    changes = scan().changes
    assert (changes.unchanged, changes.new, changes.changed, changes.moved) == (1, 0, 1, 1)
    # Where the same bytes came to a free place as well, it is that one to which it moved.
    (tmp_path / "tree" / "z.png").write_bytes(c.read_bytes())
    c.rename(a)
    changes = scan().changes
    assert (changes.unchanged, changes.new, changes.changed, changes.moved) == (0, 0, 1, 1)
    tree = tmp_path / "tree"
    assert changes.first_moved == [(f"{tree}/c.png", f"{tree}/z.png")]


def test_findings_do_not_remember_the_way_there(save, scan, tmp_path, engine):
    save("a.png", 1)
    save("b.png", 2).with_name("b2.png").write_bytes((tmp_path / "tree" / "b.png").read_bytes())
    scan()
    save("c.png", 3)
    later = scan().findings
    with Scan([tmp_path / "tree"], catalog=tmp_path / "fresh.db", engine=engine) as fresh:
        assert fresh.run().findings == later


def test_paranoid_reads_but_does_not_decode_again(save, scan, engine, tmp_path):
    path = save("a.png", 1)
    status = path.stat()
    first = scan()
    assert scan(paranoid=True).findings == first.findings
    assert engine.calls["identify"] == 1
    # The same size, the same time, other bytes: only reading tells.
    swapped = bytearray(path.read_bytes())
    swapped[-5] ^= 1
    path.write_bytes(swapped)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert scan().changes.unchanged == 1
    assert scan(paranoid=True).changes.changed == 1


def test_hard_links_are_one_file(save, scan, tmp_path, monkeypatch):
    first = save("a.png", 1)
    (tmp_path / "tree" / "b.png").hardlink_to(first)
    hashed = []
    real = Hasher._hash
    monkeypatch.setattr(Hasher, "_hash", lambda self, *wanted: hashed.append(wanted) or real(self, *wanted))
    found = scan().findings
    assert len(hashed) == 1
    assert names(found.images) == ["a.png", "b.png"]
    assert found.totals.bytes == first.stat().st_size
    (relation,) = found.relations
    assert relation.evidence.words == (
        f"A hard link of {first}: one file with two names, so linking frees no bytes.",
    )
    same = found.totals.redundant[Relation.SAME_BYTES]
    assert (same.images, same.bytes, same.reclaimable_bytes) == (1, 0, 0)


def test_every_file_is_accounted_for(save, scan, tmp_path):
    save("good.png", 1)
    tree = tmp_path / "tree"
    (tree / "empty.jpg").touch()
    (tree / "cut.png").write_bytes((tree / "good.png").read_bytes()[:1000])
    (tree / "link.png").symlink_to("good.png")
    os.mkfifo(tree / "pipe")
    save("left/out.png", 2)
    found = scan(exclude=["left"]).findings
    assert names(found.images) == ["good.png"]
    assert {Path(one.locator).name: one.code for one in found.unreadable} == {
        "empty.jpg": "empty-file", "cut.png": "truncated",
    }  # fmt: skip
    assert names(found.skipped) == ["left", "link.png", "pipe"]
    assert found.totals.files == 6


def test_names_of_any_bytes(save, scan, tmp_path):
    wild = ["new\nline.png", "50%.png", "a#b!c.png", os.fsdecode(b"caf\xe9.png"), "x" * 251 + ".png", " .png"]
    for seed, name in enumerate(wild):
        save(name, seed)
    found = scan().findings
    assert {unquote(one.locator) for one in found.images} == {f"{tmp_path}/tree/{name}" for name in wild}
    with Catalog(tmp_path / "catalog.db") as catalog, catalog.read() as connection:
        assert connection.scalar(select(func.count()).select_from(occurrence)) == len(wild)


def test_a_file_that_changes_meanwhile_is_read_again(save, scan, monkeypatch):
    save("a.png", 1)
    real, said = LocalFile.unchanged, []

    def unchanged(self):
        said.append(self)
        return len(said) > 1 and real(self)

    monkeypatch.setattr(LocalFile, "unchanged", unchanged)
    assert names(scan().findings.images) == ["a.png"]


def test_a_file_that_never_rests_is_said(save, scan, monkeypatch, tmp_path):
    save("a.png", 1)
    save("b.png", 2)
    monkeypatch.setattr(LocalFile, "unchanged", lambda self: not self.path.endswith("a.png"))
    first = scan()
    assert [(one.code, Path(one.locator).name) for one in first.findings.unreadable] == [
        ("vanished", "a.png")
    ]
    monkeypatch.undo()
    assert names(scan().findings.images) == ["a.png", "b.png"]


def test_what_is_excluded_is_not_gone(save, scan):
    save("a/a.png", 1)
    save("b/b.png", 2)
    scan()
    done = scan(exclude=["b"])
    assert done.changes.vanished == 0
    assert names(done.findings.images) == ["a.png"]
    assert scan().changes.vanished == 0


def test_onecopys_own_files_are_passed_by(save, engine, tmp_path):
    save("a.png", 1)
    out = tmp_path / "tree" / "out"
    out.mkdir()
    with Scan([tmp_path / "tree"], catalog=tmp_path / "tree" / "c.db", ignore=[out], engine=engine) as one:
        found = one.run().findings
    assert found.totals.images == 1
    assert set(names(found.skipped)) >= {"c.db", "out"}
    assert {one.reason for one in found.skipped} == {"written by onecopy itself"}


KILLED = """
import os, signal, sys
from onecopy.pipelines.scan import journal
from onecopy.pipelines.scan.run import Scan

journal._MOST = 3
real = journal.Journal.flush

def flush(self):
    real(self)
    if self.flushes == 4:
        os.kill(os.getpid(), signal.SIGKILL)

journal.Journal.flush = flush
with Scan([sys.argv[1]], catalog=sys.argv[2], workers=2) as one:
    one.run()
"""


def test_a_killed_scan_goes_on_where_it_was(save, scan, engine, tmp_path):
    for seed in range(24):
        save(f"{seed}.png", seed)
    whole = tmp_path / "tree", tmp_path / "catalog.db"
    done = subprocess.run([sys.executable, "-c", KILLED, *whole], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    with Catalog(tmp_path / "catalog.db") as catalog, catalog.read() as connection:
        kept = connection.scalar(select(func.count()).select_from(image))
        known = select(func.count()).where(content.c.fingerprint_version.is_not(None))
        assert connection.scalar(known) == kept
    assert 0 < kept < 24
    after = scan()
    assert after.changes.continued
    assert after.changes.unchanged > 0
    assert engine.calls["identify"] == 24 - kept
    with Scan([tmp_path / "tree"], catalog=tmp_path / "fresh.db", engine=engine) as fresh:
        assert fresh.run().findings == after.findings
