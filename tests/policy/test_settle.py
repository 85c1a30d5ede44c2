import pytest

from onecopy.model import Relation
from onecopy.policy import Action, Facts, Policy, Rule, Scope, Seen, default
from onecopy.policy.settle import settle_file

STORE, LINK, HOLD, REJECT = Action.STORE, Action.LINK, Action.HOLD, Action.REJECT
CASE, AGENCY = Scope.CASE, Scope.AGENCY


def seen(relation, scope, image=0, confidence=1.0):
    return Seen(image=image, facts=Facts(relation=Relation(relation), confidence=confidence, scope=scope))


@pytest.mark.parametrize(
    ("found", "settled", "rule"),
    [
        ([], STORE, "otherwise"),
        ([("same-scene", CASE), ("edited", CASE)], HOLD, "Perhaps the same, or changed, in the same case"),
        ([("edited", CASE), ("same-data", CASE)], LINK, "The same file or picture data, in the same case"),
        ([("edited", CASE), ("same-data", AGENCY)], HOLD, "Perhaps the same, or changed, in the same case"),
        ([("edited", AGENCY), ("same-data", AGENCY)], LINK, "The same file or picture data, in another case"),
        ([("edited", AGENCY), ("same-image", AGENCY)], STORE, "The same or changed, in another case"),
    ],
)
def test_one_image(found, settled, rule):
    ruling = default().settle([seen(*one) for one in found], 1)
    assert (ruling.action, ruling.rule) == (settled, rule)
    assert ruling.reviewers == (1 if settled is HOLD else 0)


def test_whole_file_counts_for_every_image():
    whole = [seen("same-bytes", CASE, image=None)]
    assert default().settle(whole, 0).action is LINK
    assert default().settle(whole, 3).action is LINK


def test_a_file_with_one_new_image_is_not_linked():
    assert default().settle([seen("same-data", CASE, image=0)], 2).action is STORE
    assert default().settle([seen("same-data", CASE, 0), seen("same-data", AGENCY, 1)], 2).action is LINK


def test_a_rejection_outweighs_a_link_and_says_why():
    reject = Rule(name="no", action=REJECT, relations=frozenset({Relation.EDITED}), message="Send it whole.")
    policy = Policy(name="strict", rules=(reject, *default().rules))
    ruling = policy.settle([seen("same-data", CASE), seen("edited", CASE)], 1)
    assert (ruling.action, ruling.rule, ruling.message) == (REJECT, "no", "Send it whole.")


def test_most_reviewers_any_hold_asks_for():
    two = Rule(name="two", action=HOLD, relations=frozenset({Relation.EDITED}), reviewers=2)
    one = Rule(name="one", action=HOLD, relations=frozenset({Relation.UNCLEAR}))
    policy = Policy(name="p", rules=(two, one))
    assert policy.settle([seen("unclear", CASE), seen("edited", CASE)], 1).reviewers == 2
    assert policy.settle([seen("unclear", CASE)], 1).reviewers == 1


@pytest.mark.parametrize(
    ("images", "settled"),
    [
        ([], STORE),
        ([LINK, LINK], LINK),
        ([LINK, STORE], STORE),
        ([LINK, HOLD, STORE], HOLD),
        ([LINK, HOLD, REJECT], REJECT),
    ],
)
def test_one_file(images, settled):
    assert settle_file(images) is settled
