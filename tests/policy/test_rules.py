import pytest

from onecopy.model import LINKABLE, Relation
from onecopy.policy.rules import DEFAULT_RULES, Action, Rule, Scope, rule_for, settle_file, settle_image

STORE, LINK, HOLD, REJECT = Action.STORE, Action.LINK, Action.HOLD, Action.REJECT


@pytest.mark.parametrize(
    ("relation", "confidence", "in_case", "elsewhere"),
    [
        ("same-bytes", 1.0, (LINK, True), (LINK, True)),
        ("same-data", 1.0, (LINK, True), (LINK, True)),
        ("same-image", 1.0, (LINK, True), (STORE, True)),
        ("same-image", 0.99, (LINK, True), (STORE, True)),
        ("same-image", 0.98, (HOLD, True), (STORE, True)),
        ("edited", 1.0, (HOLD, True), (STORE, True)),
        ("unclear", 0.5, (HOLD, True), (STORE, True)),
        ("same-scene", 1.0, (STORE, True), (STORE, False)),
        ("same-form", 1.0, (STORE, False), (STORE, False)),
        ("distinct", 1.0, (STORE, False), (STORE, False)),
    ],
)
def test_shipped_table(relation, confidence, in_case, elsewhere):
    for scope, expected in ((Scope.CASE, in_case), (Scope.AGENCY, elsewhere)):
        rule = rule_for(DEFAULT_RULES, Relation(relation), confidence, scope)
        assert (rule.action, rule.mention) == expected


def test_nothing_is_rejected_and_only_linkable_relations_link():
    for rule in DEFAULT_RULES:
        assert rule.action is not REJECT
        assert rule.action is not LINK or rule.relations <= LINKABLE


def test_first_rule_that_fits_decides():
    rules = (DEFAULT_RULES[3], *DEFAULT_RULES)
    assert rule_for(rules, Relation.SAME_IMAGE, 1.0, Scope.CASE).action is HOLD


@pytest.mark.parametrize(
    ("found", "settled"),
    [
        ([], STORE),
        ([("same-scene", Scope.CASE), ("edited", Scope.CASE)], HOLD),
        ([("edited", Scope.CASE), ("same-data", Scope.CASE)], LINK),
        ([("edited", Scope.CASE), ("same-data", Scope.AGENCY)], HOLD),
        ([("edited", Scope.AGENCY), ("same-data", Scope.AGENCY)], LINK),
        ([("edited", Scope.AGENCY), ("same-image", Scope.AGENCY)], STORE),
    ],
)
def test_one_image(found, settled):
    fitted = [rule_for(DEFAULT_RULES, Relation(relation), 1.0, scope) for relation, scope in found]
    assert settle_image(fitted) is settled


def test_rejection_outweighs_all():
    everything = frozenset(Relation)
    reject = Rule(relations=everything, scope=Scope.AGENCY, action=REJECT)
    link = Rule(relations=everything, scope=Scope.CASE, action=LINK)
    assert settle_image([link, reject]) is REJECT


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
