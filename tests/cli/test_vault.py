"""``onecopy doctor`` and a vault."""

import os
import time

import pytest
from PIL import Image

from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.pipelines.gate import Context, Gate
from onecopy.vault.local import LocalVault


@pytest.fixture
def vault(tmp_path):
    """A vault with one content that an upload names and one that none does, nine days old."""
    text = tmp_path / "text"
    text.write_bytes(b"no picture")
    with Gate(Catalog(tmp_path / "c.db"), LocalVault(tmp_path / "v"), LocalEngine(1)) as gate:
        gate.prepare()
        gate.needed = gate.submit(text, Context(case="c")).occurrence.sha256
        with gate.spool() as spool:
            spool.write(b"orphan")
            gate.vault.keep(spool)
        then = time.time() - 9 * 86_400
        os.utime(gate.vault.content(spool.sha256).path, (then, then))
        gate.vault.orphan = spool.sha256
        gate.vault.needed = gate.needed
        return gate.vault


def test_orphans_are_listed_and_removed_when_asked(quick, vault):
    where = ("--catalog", "c.db", "--vault", "v")
    said = quick("doctor", *where, check=0).stdout
    assert "2 contents, 16 B" in said
    assert "1 orphans, which no upload names, 6 B" in said
    assert vault.orphan in said
    said = quick("doctor", *where, "--remove-orphans", "--grace-days", "10", check=0).stdout
    assert "removed 0 orphans" in said
    said = quick("doctor", *where, "--remove-orphans", check=0).stdout
    assert "removed 1 orphans, 6 B" in said
    assert [kept.sha256 for kept in vault] == [vault.needed]
    assert "which no upload names" not in quick("doctor", *where, check=0).stdout


def test_a_catalog_that_is_not_the_vaults_removes_nothing(quick, vault, tmp_path):
    Catalog(tmp_path / "new.db").close()
    where = ("--catalog", "new.db", "--vault", "v")
    said = quick("doctor", *where, "--remove-orphans", "--grace-days", "0").stdout
    assert "does not belong to this catalog alone" in said
    assert len(list(vault)) == 2


def test_a_lost_content_is_a_failure(quick, vault):
    vault.remove(vault.needed)
    said = quick("doctor", "--catalog", "c.db", "--vault", "v", check=1).stdout
    assert "1 contents are MISSING" in said
    assert vault.needed in said


def test_no_vault_is_made(quick, tmp_path):
    assert "There is no vault" in quick("doctor", "--vault", "typo", check=1).stdout
    assert not (tmp_path / "typo").exists()
    assert "There is no vault" in quick("doctor", check=0).stdout


def test_pictures_are_packed_and_unpacked(quick, tmp_path):
    plain = tmp_path / "plain.jpg"
    Image.effect_noise((300, 300), 60).save(plain, "JPEG")
    data = plain.read_bytes()
    (tmp_path / "described.jpg").write_bytes(data[:2] + b"\xff\xfe\x00\x0bcomments!" + data[2:])
    with Gate(Catalog(tmp_path / "c.db"), LocalVault(tmp_path / "v"), LocalEngine(1)) as gate:
        gate.prepare()
        for name in ("plain.jpg", "described.jpg"):
            gate.submit(tmp_path / name, Context(case=name))
    where = ("--catalog", "c.db", "--vault", "v")
    said = quick("vault", "pack", *where, "--dry-run", check=0).stdout
    assert "1 would be packed" in said
    assert "1 packed" in quick("vault", "pack", *where, check=0).stdout
    said = quick("doctor", *where, "--rebuild", check=0).stdout
    assert "1 of them are packed" in said
    assert "0 came out otherwise" in said
    assert "saved 0 B" in quick("vault", "pack", *where, check=0).stdout
    assert "1 unpacked" in quick("vault", "unpack", *where, check=0).stdout
    assert "are packed" not in quick("doctor", *where, check=0).stdout
