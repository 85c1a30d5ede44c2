"""Contents that nothing refers to: found, left alone for a while, removed; and never one that is needed."""

import io
import os
import time

import pytest

from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.gate.orphans import claim, owns, remove, survey
from onecopy.vault.local import LocalVault
from onecopy.vault.open import open_vault

WEEK = 7 * 86_400.0


@pytest.fixture(scope="module")
def engine():
    with LocalEngine(workers=1) as engine:
        yield engine


@pytest.fixture
def catalog(catalog_url):
    with Catalog(catalog_url, durable=True) as catalog:
        yield catalog


@pytest.fixture
def vault(tmp_path):
    return LocalVault(tmp_path / "vault")


@pytest.fixture
def gate(catalog, vault, engine):
    gate = Gate(catalog, vault, engine)
    gate.prepare()
    return gate


def keep(vault, data, age=0.0):
    with vault.spool() as spool:
        spool.write(data)
        vault.keep(spool)
    then = time.time() - age
    os.utime(vault.content(spool.sha256).path, (then, then))
    return spool.sha256


def removed(gate, **how):
    found = survey(gate.catalog, gate.vault)
    return [one.sha256 for one in remove(gate.catalog, gate.vault, found.orphans, **how)]


def test_what_no_upload_names_is_an_orphan(gate, vault):
    needed = gate.submit(io.BytesIO(b"no picture"), Context(case="c")).occurrence.sha256
    old, young = keep(vault, b"old", age=WEEK + 60), keep(vault, b"young", age=WEEK - 60)
    found = survey(gate.catalog, vault)
    assert {one.sha256 for one in found.orphans} == {old, young}
    assert (found.contents, found.bytes, found.missing) == (3, 18, ())
    then = time.time() - 2 * WEEK
    os.utime(vault.content(needed).path, (then, then))
    assert removed(gate, grace=WEEK) == [old]
    assert {kept.sha256 for kept in vault} == {needed, young}


def test_what_uploads_name_and_is_not_there(gate, vault):
    lost = gate.submit(io.BytesIO(b"no picture"), Context(case="c")).occurrence.sha256
    vault.remove(lost)
    assert survey(gate.catalog, vault).missing == (lost,)


def test_coming_again_starts_the_grace_time_again(gate, vault):
    keep(vault, b"orphan", age=2 * WEEK)
    found = survey(gate.catalog, vault).orphans
    with vault.spool() as spool:  # an upload whose row is not written yet
        spool.write(b"orphan")
        vault.keep(spool)
    assert list(remove(gate.catalog, vault, found, grace=WEEK)) == []


def test_an_orphan_that_is_named_meanwhile_stays(gate, vault):
    sha256 = keep(vault, b"orphan", age=2 * WEEK)
    found = survey(gate.catalog, vault).orphans
    gate.submit(io.BytesIO(b"orphan"), Context(case="c"))
    assert list(remove(gate.catalog, vault, found, grace=0)) == []
    assert vault.exists(sha256)


class Hasty(LocalVault):
    """A vault whose orphans are cleaned up, by a wrong clock, between keeping bytes and naming them."""

    between = staticmethod(lambda: None)

    def keep(self, spool):
        """Keep; then comes what comes between, once."""
        new = super().keep(spool)
        doing, self.between = self.between, lambda: None
        doing()
        return new


@pytest.mark.parametrize("held", [False, True])
def test_a_clean_up_between_keeping_and_naming_loses_nothing(catalog, tmp_path, engine, held):
    vault = Hasty(tmp_path / "vault")
    gate = Gate(catalog, vault, engine)
    if held:
        keep(vault, b"orphan", age=2 * WEEK)
    vault.between = lambda: removed(gate, grace=-WEEK)
    reply = gate.submit(io.BytesIO(b"orphan"), Context(case="c"))
    with vault.open(reply.occurrence.sha256) as file:
        assert file.read() == b"orphan"
    assert survey(catalog, vault).missing == ()


def test_only_a_vaults_one_catalog_owns_it(catalog, vault, tmp_path):
    assert not owns(catalog, vault)
    claim(catalog, vault)
    claim(catalog, vault)
    assert owns(catalog, vault)
    with Catalog(tmp_path / "other.db") as other:
        assert not owns(other, vault)
        claim(other, vault)
    assert not owns(catalog, vault)


def test_a_bucket_is_cleaned_up_alike(catalog, bucket_url, engine):
    vault = open_vault(bucket_url)
    gate = Gate(catalog, vault, engine)
    gate.prepare()
    needed = gate.submit(io.BytesIO(b"no picture"), Context(case="c")).occurrence.sha256
    with vault.spool() as spool:
        spool.write(b"orphan")
        vault.keep(spool)
    assert removed(gate, grace=WEEK) == []
    assert removed(gate, grace=-60) == [spool.sha256]
    assert [kept.sha256 for kept in vault] == [needed]
    assert owns(catalog, vault)
