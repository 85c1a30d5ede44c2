"""Policies as files: what is read, and what is said of every mistake."""

import pytest

from onecopy.model import Relation
from onecopy.policy import Action, Policy, PolicyError, Scope, default
from onecopy.policy.policy import default_text

WHOLE = """\
policy: 1
name: Fire department
rules:
  - name: Plans need two people
    when:
      relation: [edited, unclear]
      scope: agency
      confidence: 0.5
      agency: no          # a name, whatever YAML makes of it
      source: [portal, e-mail]
      category: plan
      file-type: [pdf, tiff]
    action: hold
    reviewers: 2
    mention: false
    message: >
      A person will call
      you.
  - {name: Anything, action: store}
"""


def test_every_field_is_read():
    policy = Policy.parse(WHOLE)
    first, second = policy.rules
    assert policy.name == "Fire department"
    assert first.relations == {Relation.EDITED, Relation.UNCLEAR}
    assert (first.scope, first.at_least, first.action) == (Scope.AGENCY, 0.5, Action.HOLD)
    assert (first.agencies, first.sources) == ({"no"}, {"portal", "e-mail"})
    assert (first.categories, first.file_types) == ({"plan"}, {"pdf", "tiff"})
    assert (first.reviewers, first.mention, first.message) == (2, False, "A person will call you.")
    assert (second.relations, second.scope) == (frozenset(Relation), Scope.EVERYWHERE)


@pytest.mark.parametrize("policy", [Policy.parse(WHOLE), default()], ids=["whole", "shipped"])
def test_the_canonical_text_reads_as_the_same_policy(policy):
    again = Policy.parse(policy.text)
    assert again == policy
    assert again.digest == policy.digest


def test_comments_make_no_difference_and_rules_do():
    assert Policy.parse("# changed on Monday\n" + default_text()).digest == default().digest
    changed = default_text().replace("confidence: 0.99", "confidence: 0.995")
    assert Policy.parse(changed).digest != default().digest


def mistakes(text):
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text, "p.yaml")
    assert caught.value.code == "bad-policy"
    return caught.value.message.splitlines()


RULE = "policy: 1\nrules:\n  - name: a\n    action: {action}\n    {more}\n"


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("keep", "", "p.yaml:4:13: 'keep' is no action. Allowed are: store, link, hold, reject."),
        ("hold", "relation: edited", "p.yaml:5:5: a rule has no 'relation'. Allowed are: name, when, action"),
        ("hold", "when: {realtion: edited}", "p.yaml:5:12: 'when' has no 'realtion'. Allowed are: relation"),
        ("hold", "when: {relation: near}", "p.yaml:5:22: 'near' is no relation. Allowed are: same-bytes, "),
        ("hold", "when: {scope: city}", "p.yaml:5:19: 'city' is no scope. Allowed are: case, agency, every"),
        ("hold", "when: {confidence: high}", "p.yaml:5:24: 'confidence' must be a number (0 to 1), not 'hi"),
        ("hold", "when: {confidence: 99}", "p.yaml:3:5: Rule 'a': the confidence 99.0 is not between 0 and"),
        ("hold", "when: {file-type: jpg}", "p.yaml:5:23: 'jpg' is no file type. Allowed are: avif, bmp"),
        ("hold", "when: {agency: []}", "p.yaml:5:20: the list is empty. Leave it out to mean any."),
        ("hold", "when: [edited]", "p.yaml:5:11: 'when' must be a mapping of: relation, scope"),
        ("hold", "mention: maybe", "p.yaml:5:14: 'mention' must be true or false, not 'maybe'."),
        ("hold", "reviewers: both", "p.yaml:5:16: 'reviewers' must be a number (1 or 2), not 'both'."),
        ("hold", "reviewers: 3", "p.yaml:3:5: Rule 'a': 3 reviewers cannot be asked for; one or two can."),
        ("hold", "name: b", "p.yaml:5:5: 'name' is there twice."),
        ("link", "when: {relation: edited}", "p.yaml:3:5: Rule 'a': a pair that is 'edited' is never linked"),
        ("link", "when: {relation: same-image}", "p.yaml:3:5: Rule 'a': 'same-image' may be linked from a"),
    ],
)
def test_a_mistake_in_a_rule(action, more, said):
    (mistake,) = mistakes(RULE.format(action=action, more=more))
    assert mistake.startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "p.yaml: a policy must be a mapping of: policy, name, rules, review."),
        ("- a", "p.yaml:1:1: a policy must be a mapping"),
        ("policy: 1", "p.yaml:1:1: a policy needs 'rules'."),
        ("policy: 1\nrules: []", "p.yaml:2:8: The policy has no rules."),
        ("policy: 1\nrules: all", "p.yaml:2:8: 'rules' must be a list"),
        ("policy: 2\nrules: [{name: a, action: hold}]", "p.yaml:1:9: 'policy' is the format's version"),
        ("policy: 1\nrules: [{name: a}]", "p.yaml:2:9: a rule needs 'action'."),
        ("policy: 1\nrules: [{name: otherwise, action: hold}]", "p.yaml:2:8: The rule name 'otherwise' is"),
        ("policy: 1\nrules: [\n", "p.yaml:3:1: this is no YAML: "),
        ("policy: 1\n---\npolicy: 1", "p.yaml:2:1: this is no YAML: "),
        ("policy: 1\nrules: *x", "p.yaml:2:8: this is no YAML: found undefined alias 'x'."),
        ("a\0b", "p.yaml: this is no YAML: "),
        ("[" * 20_000, "p.yaml: this is no YAML: it is nested too deep."),
        ("#" * 300_000, "p.yaml is larger than 262,144 bytes."),
        ("policy: 1\nrules: [!!python/object/apply:os.system [ls]]", "p.yaml:2:9: a rule must be a mapping"),
    ],
)
def test_what_is_no_policy(text, said):
    assert mistakes(text)[0].startswith(said)


def test_all_mistakes_are_told_at_once():
    text = "policy: 1\nrules:\n- {name: a, action: x}\n- {name: b, action: y}\n- {name: b, acton: link}\n"
    assert [line.split(" ")[0] for line in mistakes(text)] == [
        "p.yaml:3:21:",
        "p.yaml:4:21:",
        "p.yaml:5:13:",
        "p.yaml:5:3:",
    ]


def test_two_rules_of_one_name():
    text = "policy: 1\nrules: [{name: a, action: hold}, {name: a, action: store}]"
    assert "The rule name 'a' is taken" in mistakes(text)[0]


def test_aliases_are_read_once(tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    assert mistakes(bomb)


def test_files(tmp_path):
    path = tmp_path / "policy.yaml"
    with pytest.raises(PolicyError, match=r"cannot be read \(No such file"):
        Policy.load(path)
    path.write_bytes(b"\xff")
    with pytest.raises(PolicyError, match="not UTF-8"):
        Policy.load(path)
    path.write_text(WHOLE)
    assert Policy.load(path) == Policy.parse(WHOLE)
