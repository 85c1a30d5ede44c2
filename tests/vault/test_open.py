"""A vault's address, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from onecopy.errors import UsageError
from onecopy.vault import open as opening
from onecopy.vault.local import LocalVault
from onecopy.vault.open import open_vault
from onecopy.vault.s3 import Bucket


@pytest.fixture
def opened(monkeypatch):
    """What a bucket's vault was opened with, as no store is asked here."""
    seen = []
    monkeypatch.setattr(opening, "BucketVault", lambda *args, **how: seen.append((*args, how)))
    return seen


@pytest.mark.parametrize("address", ["{}/v", "file://{}/v", "file://{}/v?read_back=yes"])
def test_folders(tmp_path, address):
    vault = open_vault(address.format(tmp_path))
    assert isinstance(vault, LocalVault)
    assert vault.root == tmp_path / "v"


def test_a_path_is_taken_as_it_is(tmp_path):
    vault = open_vault(tmp_path / "50% of?it#all")
    assert isinstance(vault, LocalVault)
    assert vault.root.name == "50% of?it#all"


def test_the_default_is_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert open_vault().place == str(tmp_path / "onecopy" / "vault")


def test_buckets(opened):
    open_vault("s3://city-records")
    open_vault(
        "s3://city-records/permits/2026/?endpoint=https://s3.city.example/&region=us-west-2"
        "&seconds=5&read_back=yes&spool=/var/spool/onecopy"
    )
    assert opened == [
        (Bucket(name="city-records"), {"spool": None, "read_back": False, "make": True}),
        (
            Bucket(
                name="city-records",
                prefix="permits/2026",
                endpoint="https://s3.city.example",
                region="us-west-2",
                seconds=5.0,
            ),
            {"spool": Path("/var/spool/onecopy"), "read_back": True, "make": True},
        ),
    ]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("gs://bucket", "cannot be read"),
        ("s3://", "cannot be read"),
        ("s3:///prefix", "cannot be read"),
        ("s3://bucket#prefix", "cannot be read"),
        ("s3://[bucket", "cannot be read"),
        ("s3://bucket?endpoint=s3.city.example", "cannot be read"),
        ("s3://bucket?sekonds=5", "no option 'sekonds'"),
        ("file:///v?endpoint=x", "no option 'endpoint'"),
        ("s3://bucket?seconds=soon", "from 0.1 to 3600"),
        ("s3://bucket?seconds=inf", "from 0.1 to 3600"),
        ("s3://bucket?read_back=maybe", "'yes' or 'no'"),
        ("s3://key:hush@bucket", "holds no keys"),
    ],
)
def test_addresses_that_cannot_be(address, said, opened):
    with pytest.raises(UsageError, match=said) as caught:
        open_vault(address)
    assert "hush" not in caught.value.message
    assert opened == []
