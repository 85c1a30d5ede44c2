"""Where an import's files may be, however they are named."""

import os

import obstore
import pytest

from onecopy.errors import UnreadableError, UsageError
from onecopy.imports.places import Places
from onecopy.vault.s3 import Bucket


@pytest.fixture
def tree(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    (inside / "sub").mkdir(parents=True)
    outside.mkdir()
    (inside / "sub" / "a b.txt").write_text("inside")
    (outside / "secret").write_text("secret")
    (inside / "link").symlink_to(outside / "secret")
    (inside / "way").symlink_to(outside)
    (inside / "home").symlink_to(inside / "sub")
    os.mkfifo(inside / "pipe")
    return inside


@pytest.fixture
def places(tree):
    return Places.parse(str(tree), "")


@pytest.mark.parametrize(
    "name", ["sub/a b.txt", "./sub//a b.txt", "{}/sub/a b.txt", "file://{}/sub/a%20b.txt"]
)
def test_what_is_inside_can_be_read(places, tree, name):
    with places.open(name.format(tree)) as file:
        assert file.read() == b"inside"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../out/secret", "not-allowed"),
        ("sub/../../out/secret", "not-allowed"),
        ("sub/../sub/a b.txt", "not-allowed"),
        ("{}/../out/secret", "not-allowed"),
        ("file://{}/%2e%2e/out/secret", "not-allowed"),
        ("/etc/passwd", "not-allowed"),
        ("{}side/secret", "not-allowed"),
        ("{}", "not-allowed"),
        ("a\0b", "not-allowed"),
        ("s3://scans/secret", "not-allowed"),
        ("http://127.0.0.1/", "vanished"),
        ("link", "no-access"),
        ("way/secret", "no-access"),
        ("home/a b.txt", "no-access"),
        ("sub", "not-a-file"),
        ("pipe", "not-a-file"),
        ("sub/a b.txt/x", "no-access"),
        ("missing", "vanished"),
        ("x" * 4000, "no-access"),
    ],
)
def test_what_is_outside_cannot(places, tree, name, code):
    with pytest.raises(UnreadableError) as refused:
        places.open(name.format(tree))
    assert refused.value.code == code


def test_a_setting_that_cannot_be_is_said(tmp_path):
    for folders, buckets in (
        ("relative", ""),
        (str(tmp_path / "missing"), ""),
        ("", "http://x"),
        ("", "s3://k:s@b"),
    ):
        with pytest.raises(UsageError):
            Places.parse(folders, buckets)
    with pytest.raises(UnreadableError):
        Places().open("x")


def test_objects_of_a_bucket_below_its_prefix_alone(s3_server):
    name = s3_server.make_bucket()
    store = Bucket(name=name, endpoint=s3_server.endpoint).store()
    for key in ("scans/a.txt", "secret"):
        obstore.put(store, key, key.encode())
    places = Places.parse("", f"s3://{name}/scans?endpoint={s3_server.endpoint}&seconds=5")
    with places.open(f"s3://{name}/scans/a.txt") as file:
        assert file.read() == b"scans/a.txt"
    for other, code in (
        (f"s3://{name}/secret", "not-allowed"),
        (f"s3://{name}/scans/../secret", "not-allowed"),
        (f"s3://{name}/scans//a.txt", "not-allowed"),
        ("s3://other/scans/a.txt", "not-allowed"),
        (f"s3://{name}/scans/missing", "vanished"),
    ):
        with pytest.raises(UnreadableError) as refused:
            places.open(other)
        assert refused.value.code == code
