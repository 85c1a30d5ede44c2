from datetime import date

import pytest

from onecopy.records.versions.kinds import Kind, kind
from onecopy.records.versions.names import Agreement, agreement, parse, revision


@pytest.mark.parametrize(
    ("name", "sheet", "words", "label"),
    [
        ("A-2 floor plan rev B.png", "a-2", {"floor", "plan"}, "rev B"),
        ("A-2_r3.pdf", "a-2", set(), "rev 3"),
        ("A2.01 Floor Plan v2 (1).pdf", "a-2.01", {"floor", "plan"}, "rev 2"),
        ("A-02.TIF", "a-2", set(), None),
        ("R-2 roof plan.pdf", "r-2", {"roof", "plan"}, None),
        ("soils report rev.2.1.pdf", "", {"soils", "report"}, "rev 2.1"),
        ("review comments.pdf", "", {"review", "comments"}, None),
        ("Copy of site plan.pdf", "", {"site", "plan"}, None),
        ("site plan - Copy.pdf", "", {"site", "plan"}, None),
        ("plans/level 3 plan.pdf", "", {"level", "3", "plan"}, None),
        ("scan0001.pdf", "", set(), None),
        ("document (3).pdf", "", set(), None),
        ("IMG_2041.jpg", "", set(), None),
        ("P1201.jpg", "", set(), None),
        ("\u202eA-1.pdf" + "x" * 5000, "", {"x" * 300}, None),
        ("", "", set(), None),
    ],
)
def test_names_are_taken_to_pieces(name, sheet, words, label):
    named = parse(name)
    assert (named.sheet, named.words) == (sheet, words)
    assert (named.revision.label if named.revision else None) == label


def test_what_else_a_name_says():
    assert parse("application corrected.jpg").stage == 1
    assert parse("site plan draft.pdf").stage == -1
    assert parse("site plan 2025-05-30 FINAL.pdf").stage == 2
    assert parse("site plan 20250530.pdf").day == date(2025, 5, 30)
    assert parse("site plan 05-30-2025.pdf").day == date(2025, 5, 30)
    assert parse("site plan 2025-13-41.pdf").day is None
    assert parse("IMG_2041.jpg").camera
    assert not parse("A-2.jpg").camera


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("A-2 floor plan.png", "A-2.tif", Agreement.SAME),
        ("A-2 floor plan.png", "A-1 site plan.png", Agreement.DIFFERENT),
        ("floor plan.pdf", "Floor Plan v2.pdf", Agreement.SAME),
        ("floor plan.pdf", "A-2 floor plan.pdf", Agreement.SAME),
        ("floor plan.pdf", "first floor plan.pdf", Agreement.SILENT),
        ("level 2 plan.pdf", "level 3 plan.pdf", Agreement.DIFFERENT),
        ("framing card.jpg", "plumbing card.jpg", Agreement.DIFFERENT),
        ("application.pdf", "application corrected.jpg", Agreement.SAME),
        ("scan0001.pdf", "A-2.pdf", Agreement.SILENT),
        ("scan0001.pdf", "scan0002.pdf", Agreement.SILENT),
    ],
)
def test_whether_two_names_are_one_documents(one, other, said):
    assert agreement(parse(one), parse(other)) is said
    assert agreement(parse(other), parse(one)) is said


def test_letters_and_numbers_do_not_compare():
    a, b, two, three = (revision(text) for text in ("A", "rev b", "2", "v3"))
    assert b.after(a)
    assert not a.after(b)
    assert three.after(two)
    assert b.after(two) is None
    assert b.after(b) is None
    assert revision("the third") is None


@pytest.mark.parametrize(
    ("name", "category", "what"),
    [
        ("site plan and photos.pdf", "", Kind.DOCUMENT),
        ("photos.pdf", "", Kind.DOCUMENT),
        ("plan.pdf", "site-photo", Kind.PHOTOGRAPH),
        ("photo of the plan.jpg", "", Kind.PHOTOGRAPH),
        ("floor plan.jpg", "", Kind.DOCUMENT),
    ],
)
def test_what_is_paged_is_a_document_unless_the_agency_says_otherwise(name, category, what):
    assert kind(name, category, []) is what
