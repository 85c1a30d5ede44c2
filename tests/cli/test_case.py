"""``onecopy case``: what is printed of a case."""

import json

import pytest
from shelf import Shelf

from onecopy.catalog.store import Catalog


@pytest.fixture
def held(tmp_path):
    """A catalog with a case of two submissions, and one question about it."""
    with Catalog(tmp_path / "catalog.db") as catalog:
        shelf = Shelf(catalog)
        shelf.send("A-2 floor plan.png", "a")
        shelf.send("IMG_1.jpg", "house", camera="Phone")
        shelf.send("IMG_1 (1).jpg", "house", camera="Phone", hours=48)
        shelf.send("A-2 floor plan rev B.png", "b", hours=48, ties=[("b", "a", "same-form")])
        shelf.send("A-2.png", "a", hours=96)
    return ("--agency", "building", "--catalog", tmp_path / "catalog.db")


def test_a_case_in_words(quick, held):
    lines = quick("case", "24016-00001", *held, check=0).output.splitlines()
    assert lines[0] == "Case 24016-00001 of building: 5 files, 1 thing to settle"
    assert "  A-2 floor plan: rev B, since 4 March 2026" in lines
    assert "      > 2  'A-2 floor plan rev B.png', 4 March 2026" in lines
    assert "Photographs: 1 photograph, and 1 copy folded under them" in lines
    assert "  IMG_1.jpg  = IMG_1 (1).jpg" in lines
    question = "  ? A later submission of A-2 floor plan takes the last change back: is that meant?"
    assert question in lines


def test_a_case_for_programs(quick, held):
    found = json.loads(quick("case", "24016-00001", "--json", *held, check=0).output)
    (document,) = found["documents"]
    assert (document["current"], document["criterion"]) == (2, "stage")
    assert [len(version["sent"]) for version in document["versions"]] == [1, 2]
    assert [len(one["copies"]) for one in found["photographs"]] == [1]
    assert [one["kind"] for one in found["blockers"]] == ["question"]


def test_a_case_that_is_none(quick, held):
    done = quick("case", "24016-00001", *held[2:], check=2)
    assert "name that with --agency" in done.output
