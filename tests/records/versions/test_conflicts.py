"""What has to be asked, and what must not be."""

import pytest

from onecopy.model import Relation
from onecopy.records.versions.model import ConflictKind, Ruling


def settle(case, current):
    """Answer the only conflict there is."""
    (conflict,) = case.detect().conflicts
    case.rulings.append(Ruling(kind=conflict.kind, sides=conflict.key, current=current))
    return conflict


@pytest.fixture
def revised(case):
    case.send("site plan.pdf", "a")
    case.send("site plan.pdf", "b", hours=48)
    case.tie("a", "b", Relation.SAME_FORM)
    assert case.conflicts() == []
    return case


def test_one_revision_twice(case):
    case.send("A-2 rev B.pdf", "b")
    case.send("A-2 rev B (client).pdf", "c")
    case.tie("b", "c")
    assert case.conflicts() == [("versions", ("A-2 rev B (client).pdf", "A-2 rev B.pdf"))]


def test_an_unmarked_copy_that_comes_after_the_revision(case):
    case.send("A-2 rev B.pdf", "b")
    case.send("A-2.pdf", "c", hours=2000)
    case.tie("b", "c")
    (conflict,) = case.detect().conflicts
    assert conflict.kind is ConflictKind.VERSIONS


def test_a_silent_return_to_what_was(revised):
    revised.send("site plan.pdf", "a", hours=96)
    (conflict,) = revised.detect().conflicts
    assert conflict.kind is ConflictKind.REVERTS
    assert [side.first.occurrence for side in conflict.sides] == [2, 1]
    (one,) = revised.detect().sets
    assert one.current.first.occurrence == 2


def test_a_return_that_was_decided_is_not_asked_again(revised):
    revised.send("site plan.pdf", "a", hours=96)
    settle(revised, 0)
    revised.send("site plan.pdf", "a", hours=120)
    revised.send("scan.pdf", "a", hours=140, content=revised.papers[0].content)
    assert revised.conflicts() == []
    (one,) = revised.detect().sets
    assert one.current.first.occurrence == 2


def test_a_return_that_was_meant(revised):
    revised.send("site plan.pdf", "a", hours=96)
    settle(revised, 1)
    (one,) = revised.detect().sets
    assert one.current.first.occurrence == 1
    assert revised.conflicts() == []
    revised.send("site plan.pdf", "b", hours=120)  # and now the other one comes again
    assert [kind for kind, _ in revised.conflicts()] == ["reverts"]


def test_an_old_revision_sent_as_such_reverts_nothing(case):
    case.send("A-2 rev A.pdf", "a")
    case.send("A-2 rev B.pdf", "b", hours=48)
    case.send("A-2 rev A.pdf", "a", hours=96)
    case.tie("a", "b")
    assert case.conflicts() == []
    case.send("A-2.pdf", "a", hours=100)
    assert [kind for kind, _ in case.conflicts()] == ["reverts"]


def test_an_old_revision_that_was_sent_without_its_letter_reverts_nothing(case):
    case.send("A-2.pdf", "a")
    case.send("A-2 rev B.pdf", "b", hours=48)
    case.send("A-2 rev A.pdf", "a", hours=96)
    case.tie("a", "b")
    assert case.conflicts() == []


def test_the_same_file_twice_in_one_submission_reverts_nothing(case):
    case.send("A-2 rev A.pdf", "a")
    case.send("A-2 rev B.pdf", "b")
    case.send("A-2.pdf", "a")
    case.tie("a", "b")
    assert case.conflicts() == []


def test_one_state_under_two_revisions(case):
    case.send("A-2 rev B.pdf", "b")
    case.send("A-2 rev C.pdf", "b", hours=48)
    assert case.conflicts() == [("two-names", ("A-2 rev B.pdf", "A-2 rev C.pdf"))]
    settle(case, 1)
    assert case.conflicts() == []


def test_one_state_under_two_documents(case):
    case.send("A-2 floor plan.pdf", "p")
    case.send("A-3 elevations.pdf", "p")
    case.send("scan.pdf", "p")
    (conflict,) = case.detect().conflicts
    assert (conflict.kind, len(conflict.sides)) == (ConflictKind.TWO_NAMES, 2)
    assert len(case.detect().sets) == 2
    settle(case, 0)
    assert case.conflicts() == []
    assert len(case.detect().sets) == 1


def test_both_names_may_be_meant(case):
    case.send("letter.pdf", "p")
    case.send("consent of owner.pdf", "p")
    settle(case, None)
    assert case.conflicts() == []
    assert len(case.detect().sets) == 2
    case.send("letter.pdf", "p", hours=70)
    assert case.conflicts() == []


def test_pages_that_change_places(case):
    case.send("A-1 plans.pdf", "a1", "a2", "a3")
    case.send("B-1 details.pdf", "b1", "b2", "b3")
    case.send("A-1 plans.pdf", "a1", "b2", "a3", hours=48)
    assert case.conflicts() == []
    case.send("B-1 details.pdf", "b1", "a2", "b3", hours=48)
    (conflict,) = case.detect().conflicts
    assert conflict.kind is ConflictKind.SWAPPED_PAGES
    assert [side.first.occurrence for side in conflict.sides] == [1, 2, 3, 4]
    for current in (0, 2):
        case.rulings = [Ruling(kind=conflict.kind, sides=conflict.key, current=current)]
        detected = case.detect()
        assert detected.conflicts == ()
        assert sorted(one.current.first.occurrence for one in detected.sets) == [current + 1, current + 2]


def test_sheets_that_change_places_are_one_question(case):
    case.send("A-1.pdf", "p")
    case.send("A-2.pdf", "q")
    case.send("A-1.pdf", "q", hours=48)
    case.send("A-2.pdf", "p", hours=48)
    conflict = settle(case, 0)
    assert conflict.kind is ConflictKind.SWAPPED_PAGES
    detected = case.detect()
    assert detected.conflicts == ()
    assert sorted(one.current.first.occurrence for one in detected.sets) == [1, 2]


def test_a_page_that_moves_is_no_exchange(case):
    case.send("A-1 plans.pdf", "a1", "a2", "a3")
    case.send("B-1 details.pdf", "b1", "b2", "b3")
    case.send("A-1 plans.pdf", "a1", "a3", hours=48)
    case.send("B-1 details.pdf", "b1", "b2", "b3", "a2", hours=48)
    assert case.conflicts() == []
