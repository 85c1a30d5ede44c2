import pytest

from onecopy.model import LINKABLE, Relation
from onecopy.policy import Action, Facts, PolicyError, Rule, Scope, default
from onecopy.policy.rules import OTHERWISE, misfit, rule_for

STORE, LINK, HOLD, REJECT = Action.STORE, Action.LINK, Action.HOLD, Action.REJECT


def facts(relation, confidence=1.0, scope=Scope.CASE, **more):
    return Facts(relation=Relation(relation), confidence=confidence, scope=scope, **more)


@pytest.mark.parametrize(
    ("relation", "confidence", "in_case", "elsewhere", "foreign"),
    [
        ("same-bytes", 1.0, (LINK, True), (LINK, True), (STORE, True)),
        ("same-data", 1.0, (LINK, True), (LINK, True), (STORE, True)),
        ("same-image", 1.0, (LINK, True), (STORE, True), (STORE, True)),
        ("same-image", 0.99, (LINK, True), (STORE, True), (STORE, True)),
        ("same-image", 0.98, (HOLD, True), (STORE, True), (STORE, True)),
        ("edited", 1.0, (HOLD, True), (STORE, True), (STORE, True)),
        ("unclear", 0.5, (HOLD, True), (STORE, True), (STORE, True)),
        ("same-scene", 1.0, (STORE, True), (STORE, False), (STORE, False)),
        ("same-form", 1.0, (STORE, False), (STORE, False), (STORE, False)),
        ("distinct", 1.0, (STORE, False), (STORE, False), (STORE, False)),
    ],
)
def test_shipped_table(relation, confidence, in_case, elsewhere, foreign):
    for scope, expected in zip(Scope, (in_case, elsewhere, foreign), strict=True):
        rule = rule_for(default().rules, facts(relation, confidence, scope))
        assert (rule.action, rule.mention) == expected
        assert rule is not OTHERWISE


def test_shipped_policy_rejects_nothing_and_one_person_decides():
    assert {rule.action for rule in default().rules} == {STORE, LINK, HOLD}
    assert {rule.reviewers for rule in default().rules} == {1}


@pytest.mark.parametrize("relation", sorted(set(Relation) - LINKABLE))
def test_what_must_not_be_merged_cannot_be_linked(relation):
    with pytest.raises(PolicyError, match=f"'{relation}' is never linked: .*same-bytes"):
        Rule(name="r", action=LINK, relations=frozenset({Relation.SAME_BYTES, relation}))


def test_linking_any_relation_is_linking_those_too():
    with pytest.raises(PolicyError, match="'edited' is never linked"):
        Rule(name="r", action=LINK)


def test_same_image_is_linked_only_when_sure():
    with pytest.raises(PolicyError, match=r"from a confidence of 0\.99 on, and this says 0\.9\."):
        Rule(name="r", action=LINK, relations=frozenset({Relation.SAME_IMAGE}), at_least=0.9)
    Rule(name="r", action=LINK, relations=frozenset({Relation.SAME_IMAGE}), at_least=0.99)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reviewers": 3}, "one or two"),
        ({"reviewers": 0}, "one or two"),
        ({"reviewers": 2, "action": STORE}, "it says 'store'"),
        ({"at_least": 1.5}, "between 0 and 1"),
        ({"at_least": float("nan")}, "between 0 and 1"),
        ({"relations": frozenset()}, "names no relation"),
        ({"message": "m" * 501}, "longer than 500"),
        ({"file_types": frozenset({"jpg"})}, "'jpg' is no file type .*jpeg"),
    ],
)
def test_rules_that_cannot_be(wrong, said):
    with pytest.raises(PolicyError, match=said):
        Rule(**({"name": "r", "action": HOLD} | wrong))


def test_first_rule_that_fits_decides():
    hold = Rule(name="first", action=HOLD)
    assert rule_for((hold, *default().rules), facts("same-bytes")) is hold
    assert rule_for((), facts("same-bytes")) is OTHERWISE


@pytest.mark.parametrize(
    ("rule", "about", "why"),
    [
        ({"relations": frozenset({Relation.EDITED})}, {}, "is for edited, not for same-image"),
        ({"scope": Scope.CASE}, {"scope": Scope.AGENCY}, "no further than the case, .* another case"),
        ({"scope": Scope.AGENCY}, {"scope": Scope.EVERYWHERE}, "in another agency"),
        ({"at_least": 0.99}, {"confidence": 0.98}, r"0\.99, and this is 0\.98"),
        ({"agencies": frozenset({"fire", "parks"})}, {"agency": "police"}, "fire or parks, .*'police'"),
        ({"sources": frozenset({"scanner"})}, {}, "source scanner, .* is not known"),
        ({"categories": frozenset({"plan"})}, {"category": "photo"}, "category plan, .*'photo'"),
        ({"file_types": frozenset({"pdf"})}, {"file_type": "jpeg"}, "file type pdf, .*'jpeg'"),
    ],
)
def test_why_a_rule_does_not_fit(rule, about, why):
    import re

    one = Rule(name="r", action=HOLD, **rule)
    assert re.search(why, misfit(one, facts("same-image", **about)))


def test_a_rule_fits_up_to_its_scope():
    for scope, fitting in ((Scope.CASE, 1), (Scope.AGENCY, 2), (Scope.EVERYWHERE, 3)):
        one = Rule(name="r", action=HOLD, scope=scope)
        assert [misfit(one, facts("edited", scope=where)) is None for where in Scope].count(True) == fitting
