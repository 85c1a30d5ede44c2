import json

import pytest
from PIL import Image
from skimage import data

from onecopy.catalog.store import Catalog


@pytest.fixture
def archive(tmp_path, quick):
    """A scanned folder: two photographs, a collage that holds one of them, and a copy under another name."""
    folder = tmp_path / "archive"
    folder.mkdir()
    one, other = Image.fromarray(data.astronaut()), Image.fromarray(data.coffee())
    one.save(folder / "one.jpg", quality=92)
    (folder / "same.jpg").write_bytes((folder / "one.jpg").read_bytes())
    other.save(folder / "other.jpg", quality=92)
    page = Image.new("RGB", (1100, 640), "white")
    page.paste(one, (40, 60))
    page.save(folder / "page.png")
    quick("scan", "archive", "--quiet", check=0)
    return folder


def told(done):
    return {
        tuple(name.rpartition("/")[2] for name in one["locators"]): one["relation"]
        for one in map(json.loads, done.stdout.splitlines())
    }


def test_a_crop_is_found_wherever_the_picture_is(quick, archive, tmp_path):
    Image.open(archive / "one.jpg").crop((60, 40, 440, 470)).save(tmp_path / "asked.png")
    done = quick("find", "asked.png", "--json", check=0)
    assert told(done) == {("one.jpg", "same.jpg"): "edited", ("page.png",): "edited"}


def test_the_same_file_comes_first_and_in_words(quick, archive):
    done = quick("find", "archive/one.jpg", check=0)
    lines = done.stdout.splitlines()
    assert lines[0].endswith("archive/one.jpg")
    assert lines[1] == "  same-bytes: the same file, byte by byte (confidence 1.00)"
    assert any(line.startswith("  also at ") and line.endswith("archive/same.jpg") for line in lines)
    assert lines[-1] == "2 of 3 different images have to do with it."


def test_what_is_nowhere_is_said_to_be_nowhere(quick, archive, tmp_path):
    Image.fromarray(data.chelsea()).save(tmp_path / "cat.png")
    assert quick("find", "cat.png", check=0).stdout == "None of 3 different images have to do with it.\n"


def test_a_file_that_is_gone_is_no_match_and_no_silence(quick, archive):
    (archive / "page.png").unlink()
    done = quick("find", "archive/one.jpg", "--json", check=0)
    assert told(done)["page.png",] == "unclear"
    assert "vanished" in done.stdout


def test_an_empty_catalog_says_what_to_do(quick, pictures, tmp_path):
    Catalog(tmp_path / "new.db").close()
    done = quick("find", "photos/1.png", "--catalog", "new.db", check=0)
    assert "Scan a folder into it first" in done.stdout
