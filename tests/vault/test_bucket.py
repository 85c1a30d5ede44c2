"""What is a bucket's own: objects, and what networks and stores do on bad days."""

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

import obstore
import pytest
from faulty import Faulty

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.bucket import BucketVault
from onecopy.vault.download import key
from onecopy.vault.s3 import Bucket


@pytest.fixture
def faulty(s3_server):
    with Faulty(s3_server.endpoint).running() as faulty:
        yield faulty


@pytest.fixture
def bucket(s3_server):
    return Bucket(name=s3_server.make_bucket(), prefix="a/vault", endpoint=s3_server.endpoint)


@pytest.fixture
def open_vault(bucket, tmp_path):
    """Opens the bucket's vault: directly, or through the proxy with few seconds for each request."""

    def open_vault(faulty=None, **how):
        place = bucket
        if faulty is not None:
            place = Bucket(name=bucket.name, prefix=bucket.prefix, endpoint=faulty.endpoint, seconds=1)
        return BucketVault(place, spool=tmp_path / "spool", **how)

    return open_vault


def put(vault, data):
    with vault.spool() as spool:
        spool.write(data)
        return spool.sha256, vault.keep(spool)


def read(vault, sha256):
    with vault.open(sha256) as file:
        return file.read()


DIGEST = hashlib.sha256(b"an upload").hexdigest()


@pytest.mark.parametrize("fault", ["500", "503", "429", "409", "reset", "lost", "hang"])
@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_one_fault_loses_nothing(open_vault, faulty, method, fault):
    vault = open_vault(faulty)
    faulty.once(fault, method, DIGEST)
    with contextlib.suppress(EnvironmentProblem):  # refused in words: then the next try takes it in
        put(vault, b"an upload")
        faulty.seen.append(("kept", "", None))
    if faulty.seen[-1][0] != "kept":
        assert put(vault, b"an upload")[0] == DIGEST
    assert [one for one in faulty.seen if one[2] == fault]
    assert read(open_vault(), DIGEST) == b"an upload"


def test_what_passes_is_tried_again_at_once(open_vault, faulty):
    vault = open_vault(faulty)
    for fault in ("500", "503", "409", "reset", "lost"):
        faulty.once(fault, "PUT", "contents/")
        sha256, _ = put(vault, fault.encode())
        assert read(vault, sha256) == fault.encode()


@pytest.mark.parametrize("fault", ["500", "503", "reset", "hang", "403"])
def test_a_lasting_fault_is_one_clear_problem(open_vault, faulty, fault, tmp_path):
    vault = open_vault(faulty)
    faulty.always(fault, "PUT")
    begun = time.monotonic()
    with pytest.raises(EnvironmentProblem) as caught:
        put(vault, b"an upload")
    assert time.monotonic() - begun < 20
    assert caught.value.code == ("vault-unwritable" if fault == "403" else "vault-unreachable")
    assert "\n" not in caught.value.message
    assert faulty.endpoint not in caught.value.message
    assert list((tmp_path / "spool").iterdir()) == []
    faulty.always(None)
    assert put(vault, b"an upload")[0] == DIGEST
    assert read(vault, DIGEST) == b"an upload"


def test_replies_that_are_always_lost_hide_no_content(open_vault, faulty):
    vault = open_vault(faulty)
    faulty.always("lost", "PUT")
    assert put(vault, b"an upload") == (DIGEST, False)  # it is there: the next look shows it
    assert read(open_vault(), DIGEST) == b"an upload"


def test_a_vault_that_cannot_be_looked_at(open_vault, faulty):
    vault = open_vault(faulty)
    put(vault, b"an upload")
    faulty.always("503", "GET", "HEAD")
    for ask in (vault.open, vault.exists, vault.since):
        with pytest.raises(EnvironmentProblem):
            ask(DIGEST)
    with pytest.raises(EnvironmentProblem):
        list(vault)
    with pytest.raises(UnreadableError) as caught:
        vault.content(DIGEST).open()
    assert caught.value.code == "no-access"  # says nothing of the content: it is not "vanished"


def test_bytes_that_change_on_the_way_are_refused_by_the_store(open_vault, faulty):
    vault = open_vault(faulty)
    faulty.always("flip", "PUT")
    with pytest.raises(EnvironmentProblem):
        put(vault, b"an upload")
    assert list(open_vault()) == []


def test_read_back_finds_what_the_store_gives_otherwise(open_vault, faulty):
    vault = open_vault(faulty, read_back=True)
    faulty.always("wrong", "GET")
    with pytest.raises(EnvironmentProblem) as caught:
        put(vault, b"an upload")
    assert caught.value.code == "vault-damaged"
    faulty.once("wrong", "GET")
    assert put(vault, b"an upload")[0] == DIGEST


@pytest.mark.parametrize("fault", ["wrong", "cut"])
def test_a_worker_is_given_whole_contents_or_none(open_vault, faulty, fault):
    vault = open_vault(faulty)
    put(vault, b"an upload")
    faulty.always(fault, "GET")
    with pytest.raises(UnreadableError) as caught:
        vault.content(DIGEST).open()
    assert caught.value.code == "no-access"


def test_a_spool_whose_disk_gives_other_bytes_is_not_sent(open_vault):
    vault = open_vault()
    with vault.spool() as spool:
        spool.write(b"an upload")
        spool.path.write_bytes(b"an uplaod")
        with pytest.raises(EnvironmentProblem, match="Check the disk"):
            vault.keep(spool)
    assert list(vault) == []


def test_large_contents_go_in_parts(open_vault, faulty, monkeypatch):
    monkeypatch.setattr("onecopy.vault.sending.PART", 5 << 20)
    vault = open_vault(faulty)
    data = os.urandom(12_000_000)
    sha256, new = put(vault, data)
    assert new
    parts = {path for method, path, _ in faulty.seen if method == "PUT" and "partNumber" in path}
    assert len(parts) == 3  # a busy machine may send one of them again
    assert read(vault, sha256) == data
    assert put(vault, data) == (sha256, False)
    with vault.content(sha256).open() as file:
        assert file.read() == data


def test_reading_asks_for_large_pieces(open_vault, faulty):
    vault = open_vault(faulty)
    data = os.urandom(9 << 20)
    sha256, _ = put(vault, data)
    faulty.seen.clear()
    assert read(vault, sha256) == data
    assert [method for method, _, _ in faulty.seen] == ["HEAD", "GET", "GET"]
    faulty.seen.clear()
    with vault.open(sha256) as file:  # as a reply is sent
        assert b"".join(iter(lambda: file.read(1 << 20), b"")) == data
    assert [method for method, _, _ in faulty.seen] == ["HEAD", "GET", "GET"]


def test_a_lasting_fault_among_parts_keeps_nothing(open_vault, faulty, monkeypatch):
    monkeypatch.setattr("onecopy.vault.sending.PART", 5 << 20)
    vault = open_vault(faulty)
    faulty.choose = lambda method, path: "500" if "partNumber=2" in path else None
    with pytest.raises(EnvironmentProblem):
        put(vault, os.urandom(12_000_000))
    assert list(vault) == []


def test_an_object_of_another_length_is_mended(open_vault, bucket):
    vault = open_vault()
    obstore.put(bucket.store(), key(DIGEST), b"an up")
    assert put(vault, b"an upload") == (DIGEST, True)
    assert read(vault, DIGEST) == b"an upload"


def test_coming_again_starts_the_grace_time_again(open_vault, monkeypatch):
    vault = open_vault()
    put(vault, b"an upload")
    before = vault.since(DIGEST)
    time.sleep(1.1)  # dates are in seconds
    put(vault, b"an upload")
    assert vault.since(DIGEST) == before  # it is fresh
    monkeypatch.setattr("onecopy.vault.sending.FRESH", 0.0)
    put(vault, b"an upload")
    assert vault.since(DIGEST) > before
    assert [(kept.sha256, kept.size, kept.since) for kept in vault] == [(DIGEST, 9, vault.since(DIGEST))]


def test_a_bucket_of_something_else_is_refused_and_untouched(open_vault, bucket):
    obstore.put(bucket.store(), "holiday.jpg", b"mine")
    with pytest.raises(EnvironmentProblem) as caught:
        open_vault()
    assert caught.value.code == "not-a-vault"
    assert [one["path"] for page in obstore.list(bucket.store()) for one in page] == ["holiday.jpg"]


def test_a_layout_from_the_future_is_refused(open_vault, bucket):
    open_vault()
    obstore.put(bucket.store(), "onecopy-vault", b"onecopy vault, layout 99\n")
    with pytest.raises(EnvironmentProblem) as caught:
        open_vault()
    assert caught.value.code == "not-a-vault"


def test_two_prefixes_of_one_bucket_are_two_vaults(bucket, tmp_path):
    one, other = (
        BucketVault(Bucket(name=bucket.name, prefix=prefix, endpoint=bucket.endpoint), spool=tmp_path)
        for prefix in ("one", "other")
    )
    put(one, b"an upload")
    assert not other.exists(DIGEST)


def test_a_bucket_that_does_not_exist(s3_server, tmp_path):
    with pytest.raises(EnvironmentProblem, match="There is no bucket none-of-that-name"):
        BucketVault(Bucket(name="none-of-that-name", endpoint=s3_server.endpoint), spool=tmp_path)


def test_keys_that_do_not_open(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    with pytest.raises(EnvironmentProblem) as caught:
        BucketVault(Bucket(name=bucket.name, endpoint=bucket.endpoint, seconds=9), spool=tmp_path)
    assert caught.value.code == "vault-unwritable"
    assert "AWS_ACCESS_KEY_ID" in caught.value.message
    assert "hush" not in caught.value.message


def test_a_store_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    with pytest.raises(EnvironmentProblem) as caught:
        BucketVault(Bucket(name="bucket", endpoint="http://127.0.0.1:9", seconds=1), spool=tmp_path)
    assert caught.value.code == "vault-unreachable"


WITHOUT = """
import sys
sys.modules["obstore"] = sys.modules["obstore.store"] = None
from onecopy.errors import EnvironmentProblem
from onecopy.vault.open import open_vault
try:
    open_vault("s3://bucket?spool=" + sys.argv[1])
except EnvironmentProblem as problem:
    print(problem.code, problem.message)
"""


def test_without_the_client(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("needs-extra ")
    assert "pip install 'onecopy[s3]'" in done.stdout


def test_the_fixtures_address_is_what_is_shown(bucket, open_vault):
    assert open_vault().place == f"s3://{bucket.name}/a/vault"
    assert urlsplit(open_vault().place).query == ""
