from onecopy.findings import Findings, FoundContainer, FoundGroup, FoundImage, FoundRelation, Member, Totals
from onecopy.model import Evidence, Relation
from onecopy.policy import Action, Facts, Policy, Rule, Scope, Seen, default
from onecopy.policy.explain import explain
from onecopy.policy.replay import Past, from_findings, replay

HOLD_ALL = Policy(name="hold all", rules=(Rule(name="hold", action=Action.HOLD, reviewers=2),))


def facts(relation, scope=Scope.CASE, confidence=1.0):
    return Facts(relation=Relation(relation), confidence=confidence, scope=scope)


def past(label, *seen, images=1):
    every = tuple(Seen(image=0, facts=one) for one in seen)
    return Past(label=label, seen=every, images=images, ruling=default().settle(every, images))


def test_what_would_have_been_different():
    pasts = [
        past("a"),
        past("b", facts("same-bytes")),
        past("c", facts("edited")),
        past("d", facts("edited")),
    ]
    tried = replay(HOLD_ALL, pasts, examples=1)
    assert (tried.total, tried.same) == (4, 1)
    assert tried.changed == {("link", "hold by 2"): 1, ("hold", "hold by 2"): 2}
    (one,) = tried.examples["hold", "hold by 2"]
    assert (one.label, one.after.rule, one.facts) == ("c", "hold", facts("edited"))
    assert replay(default(), pasts).same == 4


def test_explained_up_to_the_rule_that_decides():
    steps = explain(default(), facts("same-image", confidence=0.9))
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert [step.why_not is None for step in steps] == [False, False, False, True]
    assert steps[2].why_not == "needs a confidence of 0.99, and this is 0.9"
    only_plans = Rule(name="plans", action=Action.HOLD, categories=frozenset({"plan"}))
    last = explain(Policy(name="p", rules=(only_plans,)), facts("edited"))[-1]
    assert (last.number, last.rule, last.action) == (0, "otherwise", Action.STORE)


def found(locator, format="jpeg"):
    return FoundImage(
        locator=locator, sha256="0" * 64, image_data_sha256=None, bytes=1, width=1, height=1, format=format
    )


def related(a, b, relation, confidence=1.0):
    evidence = Evidence(method="photo")
    return FoundRelation(a=a, b=b, relation=Relation(relation), confidence=confidence, evidence=evidence)


def test_an_archive_is_replayed_as_uploads_one_after_the_other():
    names = ["x/a.jpg", "x/b.jpg", "x/c.pdf#page=1", "x/c.pdf#page=2", "y/d.jpg", "y/e.jpg"]
    findings = Findings(
        onecopy="1",
        sources=("x", "y"),
        totals=Totals(files=5, images=6, bytes=6, unreadable=0, unmatchable=0, by_relation={}, redundant={}),
        images=tuple(found(name) for name in names),
        relations=(
            related("x/b.jpg", "x/a.jpg", "same-image"),
            related("x/c.pdf#page=1", "x/c.pdf#page=2", "edited"),
            related("y/d.jpg", "x/a.jpg", "edited", 0.8),
        ),
        groups=(
            FoundGroup(
                keep="y/e.jpg",
                reasons=(),
                members=(
                    Member(locator="x/a.jpg", relation=Relation.SAME_DATA, confidence=1.0),
                    Member(locator="y/e.jpg", relation=Relation.SAME_BYTES, confidence=1.0),
                ),
            ),
        ),
        containers=(FoundContainer(locator="x/c.pdf", format="pdf", images=2),),
    )
    pasts = {one.label: one for one in from_findings(findings, default())}
    assert [(label, str(one.ruling.action)) for label, one in pasts.items()] == [
        ("x/a.jpg", "store"),
        ("x/b.jpg", "link"),
        ("x/c.pdf", "store"),
        ("y/d.jpg", "store"),
        ("y/e.jpg", "link"),
    ]
    assert (pasts["x/c.pdf"].images, pasts["x/c.pdf"].seen) == (3, ())  # its pages may say more
    (seen,) = pasts["y/d.jpg"].seen
    assert (seen.facts.scope, seen.facts.confidence, seen.facts.file_type) == (Scope.AGENCY, 0.8, "jpeg")
