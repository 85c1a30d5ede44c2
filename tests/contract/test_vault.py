"""What every vault promises (see onecopy.vault.interface)."""

import hashlib
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.interface import Vault
from onecopy.vault.open import open_vault as open_by_address
from onecopy.vault.recipe import find


@pytest.fixture(params=["local", "local, read back", "bucket", "bucket, read back"])
def make_or_look(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Vault]:
    """Opens the same vault at every call, as another process would."""
    kind, _, read_back = request.param.partition(", ")
    where = (
        f"file://{tmp_path / 'vault'}?" if kind == "local" else request.getfixturevalue("bucket_url") + "&"
    )
    return partial(open_by_address, f"{where}read_back={'yes' if read_back else 'no'}")


@pytest.fixture
def open_vault(make_or_look: Callable[..., Vault]) -> Callable[[], Vault]:
    """Opens the same vault again at every call, and makes it at the first."""
    return make_or_look


@pytest.fixture
def vault(open_vault: Callable[[], Vault]) -> Vault:
    return open_vault()


ABSENT = hashlib.sha256(b"never put").hexdigest()


def put(vault, data, chunk=1 << 16):
    with vault.spool() as spool:
        for at in range(0, len(data), chunk):
            spool.write(data[at : at + chunk])
        return spool.sha256, vault.keep(spool)


def read(vault, sha256):
    with vault.open(sha256) as file:
        return file.read()


@pytest.mark.parametrize("data", [b"", b"x", b"hello" * 1000, os.urandom(3_000_001)], ids=len)
def test_what_goes_in_comes_out(vault, data):
    sha256, new = put(vault, data)
    assert new
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert vault.exists(sha256)
    assert read(vault, sha256) == data


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=5000), chunk=st.integers(1, 999))
def test_chunks_do_not_matter(vault, data, chunk):
    sha256, _ = put(vault, data, chunk)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert read(vault, sha256) == data


def test_second_put_is_not_new_and_changes_nothing(vault):
    assert put(vault, b"once") == (hashlib.sha256(b"once").hexdigest(), True)
    assert put(vault, b"once") == (hashlib.sha256(b"once").hexdigest(), False)
    assert [kept.sha256 for kept in vault] == [hashlib.sha256(b"once").hexdigest()]


def test_second_put_starts_the_grace_time_again(vault):
    put(vault, b"once")
    (before,) = vault
    put(vault, b"once")
    (after,) = vault
    assert after.since >= before.since
    assert after.size == 4


def test_a_removed_content_is_gone_and_can_come_again(vault):
    sha256, _ = put(vault, b"once")
    assert vault.since(sha256) is not None
    vault.remove(sha256)
    vault.remove(sha256)
    assert (vault.exists(sha256), vault.since(sha256), list(vault)) == (False, None, [])
    assert put(vault, b"once") == (sha256, True)
    assert read(vault, sha256) == b"once"


def test_reading_from_the_middle(vault):
    data = os.urandom(100_000)
    sha256, _ = put(vault, data)
    with vault.open(sha256) as file:
        assert file.seek(99_990) == 99_990
        assert file.read() == data[99_990:]
        assert file.read(1) == b""
        file.seek(5)
        assert file.read(10) == data[5:15]
        file.seek(-3, os.SEEK_END)
        assert file.read() == data[-3:]


def test_a_spool_that_is_written_to_is_no_leftover(vault):
    with vault.spool() as spool:
        spool.write(b"slow client")
        assert list(vault.leftovers()) == []


def test_its_place_is_shown_without_options(vault):
    assert vault.place.endswith("/vault")
    assert "?" not in vault.place


def test_spool_that_is_not_kept_leaves_nothing(vault):
    with vault.spool() as spool:
        spool.write(b"only looked at")
        with spool.content().open() as file:
            assert file.read() == b"only looked at"
        content = spool.content()
    assert list(vault) == []
    assert not vault.exists(spool.sha256)
    with pytest.raises(UnreadableError) as caught:
        content.open()
    assert caught.value.code == "vanished"


def test_failure_while_spooling_leaves_nothing(vault):
    def upload():
        with vault.spool() as spool:
            spool.write(b"half an upl")
            raise RuntimeError("client went away")

    with pytest.raises(RuntimeError):
        upload()
    assert list(vault) == []


def test_limit_is_kept_while_writing(vault):
    with vault.spool(most=10) as spool:
        spool.write(b"0123456789")
        with pytest.raises(UnreadableError) as caught:
            spool.write(b"x")
    assert caught.value.code == "too-large"
    assert spool.size == 10


def test_absent_content(vault):
    assert not vault.exists(ABSENT)
    with pytest.raises(UnreadableError) as caught:
        vault.open(ABSENT)
    assert caught.value.code == "vanished"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_only_digests_are_names(vault, name):
    for ask in (vault.exists, vault.open, vault.content, vault.since, vault.remove):
        with pytest.raises(ValueError, match="SHA-256"):
            ask(name)


def test_content_opens_in_another_process(vault):
    sha256, _ = put(vault, b"for a worker")
    with pickle.loads(pickle.dumps(vault.content(sha256))).open() as file:
        assert file.read() == b"for a worker"
        assert file.fileno() >= 0


def test_contents_outlive_the_vault_object(open_vault):
    sha256, _ = put(open_vault(), b"kept")
    assert read(open_vault(), sha256) == b"kept"


def test_identical_puts_at_once_keep_one(open_vault):
    data = [bytes([n % 5]) * 100_000 for n in range(40)]
    vaults = [open_vault() for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: put(vaults[n % 4], data[n]), range(40)))
    assert sum(new for _, new in results) == 5
    assert sorted(kept.sha256 for kept in vaults[0]) == sorted({sha256 for sha256, _ in results})
    assert all(read(vaults[0], results[n][0]) == data[n] for n in range(40))


def test_a_vault_that_must_be_there(make_or_look):
    with pytest.raises(EnvironmentProblem) as caught:
        make_or_look(make=False)
    assert caught.value.code == "not-a-vault"
    put(make_or_look(make=True), b"kept")
    assert len(list(make_or_look(make=False))) == 1


BASE = os.urandom(300_000)
COPY = b"other head" + BASE[5_000:] + b"tail"


def packed(vault):
    """Keep a content and its copy, and let a recipe stand for the copy; its name and that of its base."""
    base, copy = put(vault, BASE)[0], put(vault, COPY)[0]
    vault.add_recipe(find(BASE, base, COPY, copy, most=20_000))
    vault.drop_whole(copy)
    return copy, base


def test_a_packed_content_reads_as_before(open_vault):
    copy, base = packed(open_vault())
    vault = open_vault()
    assert (vault.is_whole(copy), vault.is_whole(base)) == (False, True)
    assert vault.exists(copy)
    assert read(vault, copy) == COPY
    with vault.open(copy) as file:
        file.seek(-20, os.SEEK_END)
        assert file.read() == COPY[-20:]
        file.seek(5)
        assert file.read(100) == COPY[5:105]
    with pickle.loads(pickle.dumps(vault.content(copy))).open() as file:
        assert file.fileno() >= 0
        assert file.read() == COPY
    kept = {one.sha256: one for one in vault}
    assert {name: one.packed for name, one in kept.items()} == {copy: True, base: False}
    assert kept[copy].size < 20_000
    assert vault.since(copy) is not None


def test_what_a_recipe_needs_stays(vault):
    copy, base = packed(vault)
    assert vault.needed_by(base) == {copy}
    with pytest.raises(EnvironmentProblem) as caught:
        vault.remove(base)
    assert caught.value.code == "still-needed"
    with pytest.raises(EnvironmentProblem):
        vault.drop_whole(base)
    assert read(vault, copy) == COPY
    vault.remove(copy)
    assert not vault.exists(copy)
    assert vault.needed_by(base) == frozenset()
    vault.remove(base)
    assert list(vault) == []


def test_a_packed_content_that_comes_again_stays_packed(vault):
    copy, _ = packed(vault)
    assert put(vault, COPY) == (copy, False)
    assert not vault.is_whole(copy)


def test_a_packed_content_can_be_made_whole_again(vault):
    copy, base = packed(vault)
    with vault.spool() as spool:
        spool.write(COPY)
        vault.keep(spool, whole=True)
    vault.drop_recipe(copy)
    assert vault.is_whole(copy)
    assert vault.recipe(copy) is None
    assert read(vault, copy) == COPY
    vault.remove(base)
    assert read(vault, copy) == COPY


def test_nothing_is_dropped_that_nothing_stands_for(vault):
    sha256, _ = put(vault, BASE)
    with pytest.raises(EnvironmentProblem):
        vault.drop_whole(sha256)
    copy, _ = packed(vault)
    with pytest.raises(EnvironmentProblem):
        vault.drop_recipe(copy)
    assert (read(vault, sha256), read(vault, copy)) == (BASE, COPY)


def test_a_reader_goes_on_while_a_recipe_takes_the_place(vault):
    base, copy = put(vault, BASE)[0], put(vault, COPY)[0]
    with vault.open(copy) as file:
        begun = file.read(10)
        vault.add_recipe(find(BASE, base, COPY, copy, most=20_000))
        vault.drop_whole(copy)
        assert begun + file.read() == COPY
