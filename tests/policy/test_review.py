from datetime import timedelta

import pytest

from onecopy.model import Relation
from onecopy.policy import Action, Facts, Judged, Policy, PolicyError, Rule, Scope, Seen, default
from onecopy.policy.document import markdown
from onecopy.policy.review import First, Precedence, Review, Urgency
from onecopy.policy.settle import AS_DECIDED, Ruling, followed

TEXT = """\
policy: 1
name: City
rules:
  - name: Look
    action: hold
review:
  order: deadline
  days: 5
  offer: same-scene
  suggest-after: 3
  priorities:
    - when: {category: [emergency-housing, shelter]}
      priority: urgent
      days: 1
    - when: {source: e-mail, agency: parks}
      priority: low
"""


def test_a_review_section_is_read_and_is_part_of_the_text():
    policy = Policy.parse(TEXT)
    review = policy.review
    assert (review.order, review.days, review.suggest_after) == (First.DEADLINE, 5, 3)
    assert review.offer == {Relation.SAME_SCENE}
    assert review.precedence("", "", "shelter") == (Urgency.URGENT, timedelta(days=1))
    assert review.precedence("parks", "e-mail", "") == (Urgency.LOW, timedelta(days=5))
    assert review.precedence("parks", "portal", "") == (Urgency.NORMAL, timedelta(days=5))
    again = Policy.parse(policy.text)
    assert (again, again.digest) == (policy, policy.digest)


def test_a_policy_without_one_keeps_its_digest():
    assert "review" not in default().text
    assert default().review == Review()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("order: fastest", 7, "'fastest' is no order. Allowed are: priority, deadline, age, case."),
        ("days: soon", 7, "'days' must be a number (a whole one), not 'soon'."),
        ("days: 0", 7, "a question can be due after 1 to 3650 days, not after 0."),
        ("offer: edited", 7, "only 'same-scene' can be offered."),
        ("suggest-after: 1", 7, "a rule is offered after 2 to 10000 answers, not after 1."),
        ("priorities: [{priority: low, when: {colour: red}}]", 7, "'when' has no 'colour'."),
        ("priorities: [{priority: first, when: {agency: a}}]", 7, "'first' is no priority."),
        ("priorities: [{priority: low}]", 7, "a priority needs 'when'."),
        ("reviewers: 2", 7, "'review' has no 'reviewers'."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, line, said):
    whole = TEXT.partition("review:")[0] + f"review:\n  {text}\n"
    with pytest.raises(PolicyError) as caught:
        Policy.parse(whole, "p.yaml")
    assert caught.value.message.startswith(f"p.yaml:{line}:")
    assert said in caught.value.message


def test_a_precedence_for_all_is_none():
    with pytest.raises(PolicyError, match="needs 'when'"):
        Precedence(urgency=Urgency.HIGH)


def test_it_is_on_the_page():
    page = markdown(Policy.parse(TEXT))
    assert "Questions are worked on the first that is due first. Each is due within 5 days." in page
    assert (
        "Where the category is emergency-housing or shelter, questions are urgent, and due within a day."
        in page
    )
    assert "Where the agency is parks and the source is e-mail, questions are low." in page
    assert "the same answer to 3 alike questions" in page


PERHAPS = "Perhaps the same, or changed, in the same case"
HOLD, LINK, STORE, REJECT = Action.HOLD, Action.LINK, Action.STORE, Action.REJECT


@pytest.mark.parametrize(
    ("action", "judged", "becomes"),
    [
        (HOLD, Judged.SAME, LINK),
        (HOLD, Judged.DIFFERENT, STORE),
        (LINK, Judged.DIFFERENT, STORE),
        (LINK, Judged.SAME, LINK),
        (STORE, Judged.SAME, STORE),
        (REJECT, Judged.SAME, REJECT),
        (REJECT, Judged.DIFFERENT, REJECT),
        (HOLD, None, HOLD),
    ],
)
def test_what_people_judged_is_followed_where_they_would_be_asked(action, judged, becomes):
    assert followed(action, judged) is becomes


def seen(relation, judged=None, scope=Scope.CASE, confidence=0.9):
    facts = Facts(relation=Relation(relation), confidence=confidence, scope=scope)
    return Seen(image=0, facts=facts, judged=judged)


@pytest.mark.parametrize(
    ("found", "action", "rule"),
    [
        ([seen("edited", Judged.SAME)], LINK, AS_DECIDED),
        ([seen("edited", Judged.DIFFERENT)], STORE, AS_DECIDED),
        (
            [seen("edited", Judged.DIFFERENT), seen("unclear")],
            HOLD,
            "Perhaps the same, or changed, in the same case",
        ),
        (
            [seen("edited", Judged.SAME), seen("unclear")],
            HOLD,
            "Perhaps the same, or changed, in the same case",
        ),
        ([seen("same-image", Judged.DIFFERENT, confidence=1.0)], STORE, AS_DECIDED),
        (
            [seen("same-data", confidence=1.0), seen("edited", Judged.DIFFERENT)],
            LINK,
            "The same file or picture data, in the same case",
        ),
        ([seen("edited", Judged.SAME, scope=Scope.AGENCY)], STORE, "The same or changed, in another case"),
    ],
)
def test_a_judgement_decides_for_its_pair_alone(found, action, rule):
    assert default().settle(found, 1) == Ruling(action=action, rule=rule, reviewers=int(action is HOLD))


def test_no_rule_may_take_its_name():
    with pytest.raises(PolicyError, match="is taken"):
        Policy(name="p", rules=(Rule(name=AS_DECIDED, action=HOLD),))
