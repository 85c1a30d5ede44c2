"""Which documents are versions of one, in which order, and which counts."""

import random
from itertools import combinations

import pytest

from onecopy.model import Relation
from onecopy.records.versions.model import ConflictKind, Criterion, Ruling


def names(one):
    return [version.shown.name for version in one.versions]


def test_a_revision_supersedes_the_original(case):
    case.send("A-2 floor plan.png", "a")
    case.send("A-2 floor plan rev B.png", "b")
    case.tie("a", "b", Relation.SAME_FORM)
    (one,) = case.detect().sets
    assert names(one) == ["A-2 floor plan.png", "A-2 floor plan rev B.png"]
    assert (one.current.label, one.why) == ("rev B", Criterion.STAGE)
    assert case.conflicts() == []


def test_an_older_revision_that_comes_late_is_history(case):
    case.send("A-2 rev C.pdf", "c")
    case.send("A-2 rev B.pdf", "b", hours=500)
    case.tie("b", "c")
    (one,) = case.detect().sets
    assert (one.current.label, one.why) == ("rev C", Criterion.REVISION)
    assert case.conflicts() == []


def test_one_name_and_new_bytes_is_a_resubmission(case):
    case.send("site plan.pdf", "a")
    case.send("site plan.pdf", "b")
    case.tie("a", "b", Relation.SAME_FORM)
    (one,) = case.detect().sets
    assert (one.current.first.occurrence, one.why) == (2, Criterion.RESUBMISSION)
    assert case.conflicts() == []


def test_a_later_submission_supersedes_and_the_same_one_does_not(case):
    case.send("site plan.pdf", "a")
    case.send("1 Main St site plan.pdf", "b", hours=30)
    case.tie("a", "b", Relation.EDITED)
    (one,) = case.detect().sets
    assert one.why is Criterion.TIME
    case.papers[1:] = []
    case.send("1 Main St site plan.pdf", "b")
    (one,) = case.detect().sets
    assert one.current is None
    assert case.conflicts() == [("versions", ("1 Main St site plan.pdf", "site plan.pdf"))]


def test_submissions_that_the_sender_names(case):
    case.send("A-1.pdf", "a", submission="1")
    case.send("A-1 site plan.pdf", "b", submission="2")
    case.tie("a", "b")
    (one,) = case.detect().sets
    assert (one.why, names(one)[-1]) == (Criterion.TIME, "A-1 site plan.pdf")


def test_dates_in_names(case):
    case.send("survey 2026-02-01.pdf", "b")
    case.send("survey 2025-11-20.pdf", "a", hours=40)
    case.tie("a", "b")
    (one,) = case.detect().sets
    assert (names(one)[-1], one.why) == ("survey 2026-02-01.pdf", Criterion.DAY)


def test_one_with_every_page_and_more(case):
    case.send("soils report.pdf", "1", "2", "3")
    case.send("soils report complete.pdf", "1", "2", "3", "4", hours=0.1)
    detected = case.detect()
    # The names leave it open, and all pages of one in the other may be a copy of some of its pages.
    assert len(detected.sets) == 2
    case.papers.clear()
    case.send("soils report.pdf", "1", "2", "3")
    case.send("soils report (1).pdf", "1", "2", "3", "4", hours=0.1)
    (one,) = case.detect().sets
    assert (len(one.current.first.pages), one.why) == (4, Criterion.PAGES)


def test_page_by_page(case):
    pages = [str(number) for number in range(500)]
    case.send("set.pdf", *pages)
    case.send("set.pdf", *pages[:249], "249 corrected", *pages[250:], hours=48)
    (one,) = case.detect().sets
    assert [len(version.papers) for version in one.versions] == [1, 1]
    alike = case.comparer().compare(*case.papers)
    assert (alike.same, len(alike.only_a), len(alike.only_b)) == (499, 1, 1)


def test_a_page_of_a_bundle_is_no_version_of_it(case):
    case.send("inspection cards.tif", "foundation", "framing", "electrical")
    case.send("framing card.jpg", "framing")
    case.tie("foundation", "framing", Relation.SAME_FORM)
    case.tie("electrical", "framing", Relation.SAME_FORM)
    detected = case.detect()
    assert len(detected.sets) == 2
    assert detected.conflicts == ()


def test_forms_of_one_template_are_different_documents(case):
    for name, shows in (
        ("framing card.jpg", "f"),
        ("plumbing card.jpg", "p"),
        ("scan0001.jpg", "x"),
        ("scan0002.jpg", "y"),
    ):
        case.send(name, shows, category="inspection-card")
    for one, other in ("fp", "fx", "fy", "px", "py", "xy"):
        case.tie(one, other, Relation.SAME_FORM)
    assert len(case.detect().sets) == 4
    assert case.conflicts() == []


def test_an_edited_sheet_without_a_telling_name(case):
    case.send("scan0001.pdf", "a")
    case.send("scan0002.pdf", "b", hours=30)
    case.tie("a", "b", Relation.EDITED)
    assert len(case.detect().sets) == 1
    case.tie("a", "b", Relation.EDITED, on_paper=False)  # a photograph, perhaps
    assert len(case.detect().sets) == 2
    case.tie("a", "b", Relation.EDITED, part=True)  # a detail of it
    assert len(case.detect().sets) == 2


def test_a_category_tells_apart_where_names_do_not(case):
    case.send("scan0001.pdf", "a", category="plan")
    case.send("scan0002.pdf", "b", category="elevation", hours=30)
    case.tie("a", "b", Relation.EDITED)
    assert len(case.detect().sets) == 2


def test_unrelated_documents_that_share_a_name_are_not_versions(case):
    case.send("letter.pdf", "to the neighbour")
    case.send("letter.pdf", "to the engineer", hours=30)
    case.send("vector.pdf")
    case.send("vector.pdf", hours=30)
    detected = case.detect()
    assert len(detected.sets) == 4
    assert [one.why for one in detected.namesakes] == [
        "Nothing in their pictures ties them to each other.",
        "One of them has no picture that could be compared.",
    ]


def test_no_chain_joins_what_names_tell_apart(case):
    case.send("A-2.pdf", "a")
    case.send("scan.pdf", "s")
    case.send("A-3.pdf", "b")
    case.tie("a", "s")
    case.tie("s", "b")
    detected = case.detect()
    assert all(not {"A-2.pdf", "A-3.pdf"} <= set(names(one)) for one in detected.sets)


def test_the_same_thing_sent_again_is_one_version(case):
    case.send("A-2 floor plan rev B.png", "b")
    case.send("A-2.tif", "b", hours=200)
    case.send("scan.png", "b", hours=300)
    (one,) = case.detect().sets
    assert len(one.versions) == 1
    assert len(one.versions[0].papers) == 3
    assert case.conflicts() == []


def test_a_correction_of_one_page(case):
    case.send("application.pdf", "form", "photo 1", "photo 2")
    case.send("application corrected.jpg", "form corrected")
    case.tie("form", "form corrected", Relation.SAME_FORM)
    (one,) = case.detect().sets
    assert (names(one)[-1], one.why) == ("application corrected.jpg", Criterion.STAGE)


def test_order_of_arrival_says_nothing_inside_a_submission(make_case):
    sent = [("plan.pdf", "a"), ("floor plan.pdf", "b"), ("A-2 plan.pdf", "c"), ("A-2 rev B.pdf", "d")]
    sent += [("A-3 elevations.pdf", "d"), ("letter.pdf", "x"), ("scan.pdf", "a")]
    found = set()
    for order in [sample(sent, seed) for seed in range(40)]:
        case = make_case()
        for name, shows in order:
            case.send(name, shows, content=f"{name} {shows}")
        for one, other in combinations("abcd", 2):
            case.tie(one, other)
        sets = sorted(
            sorted(paper.name for version in one.versions for paper in version.papers)
            for one in case.detect().sets
        )
        found.add(repr((sets, case.conflicts())))
    assert len(found) == 1


def sample(sent, seed):
    return random.Random(seed).sample(sent, len(sent))


def test_criteria_that_go_round_in_a_circle_are_a_question(case):
    # By its revision the second is above the first, by its date that above the third, by time that above the
    # second: letters and numbers do not compare.
    case.send("survey rev 1 2026-05-01.pdf", "a")
    case.send("survey rev 2.pdf", "b")
    case.send("survey rev A 2025-01-01.pdf", "c", hours=50)
    for one, other in ("ab", "bc", "ac"):
        case.tie(one, other)
    (conflict,) = case.detect().conflicts
    assert (conflict.kind, len(conflict.sides)) == (ConflictKind.VERSIONS, 3)


@pytest.fixture
def undecided(case):
    case.send("plan from owner.pdf", "a")
    case.send("plan.pdf", "b")
    case.tie("a", "b")
    return case


def test_what_a_person_decides_holds(undecided):
    (conflict,) = undecided.detect().conflicts
    for side, chosen in enumerate(conflict.sides):
        undecided.rulings = [Ruling(kind=conflict.kind, sides=conflict.key, current=side)]
        detected = undecided.detect()
        (one,) = detected.sets
        assert (one.current.key, one.why) == (chosen.key, Criterion.PERSON)
        assert detected.conflicts == ()


def test_both_needed_makes_two_documents(undecided):
    (conflict,) = undecided.detect().conflicts
    undecided.rulings = [Ruling(kind=conflict.kind, sides=conflict.key)]
    detected = undecided.detect()
    assert [one.current is not None for one in detected.sets] == [True, True]
    assert detected.conflicts == ()
    # The same bytes under whatever name change nothing of it.
    undecided.send("scan.pdf", "b", hours=900, content=undecided.papers[1].content)
    assert undecided.detect().conflicts == ()


def test_a_new_version_after_the_decision(undecided):
    (conflict,) = undecided.detect().conflicts
    undecided.rulings = [Ruling(kind=conflict.kind, sides=conflict.key, current=0)]
    undecided.send("plan rev C.pdf", "c", hours=90)
    undecided.tie("a", "c")
    undecided.tie("b", "c")
    (one,) = undecided.detect().sets
    assert one.current.label == "rev C"
