"""The archive of a case: safe names, each content once, a list of everything, and little memory."""

import csv
import hashlib
import io
import zipfile
from datetime import UTC, datetime

import pytest

from onecopy.catalog.occurrences import Occurrence
from onecopy.errors import UnreadableError
from onecopy.service.pages.desk.archive import Entry, Names, inert, safe, stream


class Vault:
    """Contents in memory."""

    def __init__(self, *contents):
        self.contents = {hashlib.sha256(data).hexdigest(): data for data in contents}

    def open(self, sha256):
        if sha256 not in self.contents:
            raise UnreadableError("It is gone.", code="vanished")
        return io.BytesIO(self.contents[sha256])


def entry(data, name, folder="photographs", what="photograph"):
    sha256 = hashlib.sha256(data).hexdigest()
    one = Occurrence(name=name, content=sha256, seen_at=datetime(2026, 5, 3, tzinfo=UTC))
    return Entry(occurrence=one, folder=folder, what=what)


def opened(pieces):
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def lines(archive):
    return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))


def test_each_content_is_there_once_and_every_upload_is_listed():
    a, b = b"a" * 5_000_000, b"b"
    entries = [
        entry(a, "front.jpg"),
        entry(b, "front.jpg"),
        entry(a, "again.jpg", what="a copy of front.jpg"),
    ]
    archive = opened(stream(Vault(a, b), entries))
    assert archive.testzip() is None
    assert archive.namelist() == ["photographs/front.jpg", "photographs/front (2).jpg", "manifest.csv"]
    assert archive.read("photographs/front.jpg") == a
    listed = lines(archive)
    assert [one["file"] for one in listed] == [
        "photographs/front.jpg",
        "photographs/front (2).jpg",
        "photographs/front.jpg",
    ]
    assert [one["original name"] for one in listed] == ["front.jpg", "front.jpg", "again.jpg"]
    assert listed[2]["what"] == "a copy of front.jpg"


def test_no_more_than_a_piece_is_held_at_once():
    big = bytes(20 << 20)
    assert max(len(piece) for piece in stream(Vault(big), [entry(big, "big.tif")])) <= 2 << 20


def test_what_is_missing_is_named_and_the_rest_comes():
    archive = opened(stream(Vault(b"b"), [entry(b"gone", "gone.jpg"), entry(b"b", "b.jpg")]))
    assert [one["file"] for one in lines(archive)] == ["(missing)", "photographs/b.jpg"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..", "", "/", "C:\\x\\y.jpg", "a\x00b.jpg", "con.jpg", "x" * 400 + ".jpg",
     "\ud800.jpg", "\u202egpj.exe", " .hidden. ", "a/b", 'q"<>|?*.jpg'],
)  # fmt: skip
def test_names_are_safe_everywhere(name):
    made = safe(name)
    assert made.strip(" .") == made
    assert 0 < len(made.encode()) <= 140
    assert not set(made) & set('<>:"/\\|?*\x00\u202e')
    assert made.partition(".")[0].lower() != "con"


def test_names_differ_where_case_does_not_count():
    names = Names()
    made = [names.unique("f", name) for name in ("A.jpg", "a.jpg", "a (2).jpg", "a.jpg", "b")]
    assert len({name.casefold() for name in made}) == 5
    many = {names.unique("g", "same.jpg") for _ in range(3000)}
    assert len(many) == 3000


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(cell):
    assert inert(cell) == f"'{cell}"
