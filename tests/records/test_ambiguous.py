"""Two comparisons that contradict each other link nothing."""

from onecopy.model import Evidence, Relation, Verdict
from onecopy.records.ambiguous import ambiguous


def verdict(relation: Relation) -> Verdict:
    return Verdict(relation=relation, confidence=0.999, evidence=Evidence(method="photo"))


def test_a_small_copy_that_agrees_with_two_exposures_is_linked_to_neither():
    same, scene = verdict(Relation.SAME_IMAGE), verdict(Relation.SAME_SCENE)
    found = ambiguous({(1, 3): same, (2, 3): same, (1, 2): scene})
    assert {pair: one.relation for pair, one in found.items()} == {
        (1, 3): Relation.UNCLEAR,
        (2, 3): Relation.UNCLEAR,
    }


def test_copies_that_agree_stay_linked():
    same = verdict(Relation.SAME_IMAGE)
    assert ambiguous({(1, 2): same, (1, 3): same, (2, 3): same}) == {}


def test_what_was_not_compared_contradicts_nothing():
    same = verdict(Relation.SAME_IMAGE)
    assert ambiguous({(1, 2): same, (3, 1): same}) == {}


def test_a_doubt_is_no_contradiction():
    same = verdict(Relation.SAME_IMAGE)
    assert ambiguous({(1, 2): same, (1, 3): same, (2, 3): verdict(Relation.UNCLEAR)}) == {}
