"""Rules are offered from equal answers to alike questions alone."""

from datetime import UTC, datetime

import pytest

from onecopy.catalog import decisions
from onecopy.catalog.answers import Given
from onecopy.catalog.decisions import Decision
from onecopy.model import Answer, Relation
from onecopy.policy import Action, Policy, Rule, Scope, default
from onecopy.policy.review import Review
from onecopy.review.decide import decide
from onecopy.review.model import Reviewer
from onecopy.review.offers import offers, tried, with_rule
from onecopy.review.undo import undo

ANA = Reviewer(name="Ana", agency="fire")
THREE = Policy(name="p", rules=default().rules, review=Review(suggest_after=3))
BOTH, NOT, LEFT = Answer.BOTH_NEEDED, Answer.NOT_RELATED, Answer.SAME_KEEP_LEFT


def answered(world, answer, relation="edited", **more):
    case = f"case {next(world.made)}"
    earlier, upload = world.upload(case, **more), world.upload(case, held=True, **more)
    question = world.ask(upload, world.doubt(earlier, relation))
    return decide(world.catalog, question.public_id, Given(answer=answer), version=1, by=ANA).answer


def offered(world, policy=THREE, agency="fire"):
    with world.catalog.read() as connection:
        return offers(connection, policy, agency=agency)


def test_after_enough_equal_answers_a_rule_is_offered(world):
    for answer in (BOTH, NOT):
        answered(world, answer, category="site-photo", source="portal")
    assert offered(world) == []
    answered(world, BOTH, category="site-photo", source="portal")
    (offer,) = offered(world)
    assert offer.rule == Rule(
        name="As people decided: edited, site-photo, portal (fire)",
        action=Action.STORE,
        relations=frozenset({Relation.EDITED}),
        scope=Scope.CASE,
        at_least=0.9,
        agencies=frozenset({"fire"}),
        sources=frozenset({"portal"}),
        categories=frozenset({"site-photo"}),
    )
    assert (offer.alike, len(offer.decided)) == (3, 3)
    assert {(one.by, one.would) for one in offer.decided} == {("Ana", Action.STORE)}
    assert offered(world, agency="parks") == []
    assert offered(world, default()) == []


def test_one_contrary_answer_is_enough_against_it_and_its_undo_for_it(world):
    for _ in range(3):
        answered(world, BOTH, category="site-photo")
    contrary = answered(world, LEFT, category="site-photo")
    assert offered(world) == []
    undo(world.catalog, contrary.public_id, by=ANA)
    assert len(offered(world)) == 1


def test_what_the_rule_would_cover_counts_not_only_what_it_is_drawn_from(world):
    for _ in range(3):
        answered(world, BOTH)
    answered(world, LEFT, category="plan")  # a rule that names no category would cover it
    assert offered(world) == []


@pytest.mark.parametrize("relation", ["edited", "unclear", "same-image", "same-scene"])
def test_a_rule_that_no_policy_may_hold_is_not_offered(world, relation):
    for _ in range(3):
        answered(world, LEFT, relation)
    assert offered(world) == []


def test_a_link_is_offered_where_a_policy_may_link(world):
    careful = Rule(name="look", action=Action.HOLD, relations=frozenset({Relation.SAME_DATA}))
    policy = Policy(name="p", rules=(careful, *default().rules), review=Review(suggest_after=3))
    for _ in range(3):
        answered(world, LEFT, "same-data")
    (offer,) = offered(world, policy)
    assert offer.rule.action is Action.LINK
    assert offered(world, THREE) == []  # nobody is asked there


def test_a_newer_version_is_not_for_a_rule_to_say(world):
    for _ in range(3):
        answered(world, Answer.NEWER_VERSION_OF)
    assert offered(world) == []


def test_with_the_rule_nobody_is_asked_and_it_is_offered_no_more(world):
    for _ in range(3):
        answered(world, BOTH)
    (offer,) = offered(world)
    policy = with_rule(THREE, offer)
    assert Policy.parse(policy.text) == policy
    assert offered(world, policy) == []


def test_it_shows_what_it_would_have_done_with_uploads(world):
    for _ in range(3):
        answered(world, BOTH)
    (offer,) = offered(world)
    facts = {"images": 1, "file_type": "jpeg", "seen": [[0, "edited", 0.95, "case"]]}
    one = world.upload("d")
    with world.catalog.write() as connection:
        decisions.add(
            connection,
            Decision(
                occurrence=one.id,
                decision="hold",
                reason="Held.",
                policy="p" * 64,
                rule="r",
                reviewers=1,
                facts=facts,
                made_at=datetime.now(UTC),
            ),
        )
    with world.catalog.read() as connection:
        found = tried(connection, THREE, offer)
    assert found.changed == {("hold", "store"): 4}  # the three that were answered, and this one
