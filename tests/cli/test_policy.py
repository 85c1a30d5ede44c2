"""``onecopy policy``: from the shipped policy to one that was tried, and published."""

import json

import pytest

import onecopy

STRICT = """\
policy: 1
name: Strict
rules:
  - {name: No file twice, when: {relation: same-bytes, scope: case}, action: reject, message: Send new ones.}
  - {name: Look at all others, when: {scope: agency}, action: hold, reviewers: 2}
"""

PLACES = ("--catalog", "catalog.db")


@pytest.fixture
def strict(tmp_path):
    path = tmp_path / "strict.yaml"
    path.write_text(STRICT)
    return path


@pytest.fixture
def taken_in(pictures, tmp_path):
    with onecopy.Gate.open(tmp_path / "catalog.db", tmp_path / "vault", workers=1) as gate:
        for name, case in (("1", "A"), ("copy", "A"), ("copy", "B")):
            gate.submit(pictures / f"{name}.png", onecopy.Context(case=case))


def test_the_shipped_policy_is_a_start(quick, tmp_path):
    shown = quick("policy", "check", "--show", check=0).stdout
    (tmp_path / "own.yaml").write_text(shown)
    said = quick("policy", "check", "own.yaml", check=0).stdout
    assert said == quick("policy", "check", check=0).stdout
    assert "' is a policy of 10 rules." in said
    assert "   4 hold: Perhaps the same, or changed, in the same case" in said


def test_mistakes_have_lines(quick, tmp_path):
    (tmp_path / "p.yaml").write_text(STRICT.replace("reject", "refuse").replace("hold", "link"))
    done = quick("policy", "check", "p.yaml", check=2)
    first, second = done.stderr.splitlines()
    assert first.startswith("onecopy: p.yaml:4:")
    assert "'refuse' is no action. Allowed are: store, link, hold, reject." in first
    assert second.startswith("p.yaml:5:5: Rule 'Look at all others': a pair that is 'edited' is never linked")


def test_explained_and_tried(quick, taken_in, strict):
    places = (*PLACES, "--vault", "vault")
    said = quick("policy", "explain", "photos/1.png", "--case", "A", *places, check=0).stdout
    assert said.startswith("link: by the rule 'The same file or picture data, in the same case'\n")
    assert "the whole file is same-bytes (1) to '1.png' in this case:\n  rule 1, " in said
    asked = ("--case", "C", "--policy", strict, "--json")
    plain = json.loads(quick("policy", "explain", "photos/1.png", *asked, *places, check=0).stdout)
    assert (plain["action"], plain["rule"], plain["reviewers"]) == ("hold", "Look at all others", 2)
    first, second = plain["seen"][0]["rules"]
    assert "looks no further than the case" in first["why_not"]
    assert second["why_not"] is None

    tried = quick("policy", "try", strict, "--days", "1", *PLACES, check=0).stdout
    assert tried.splitlines() == [
        "3 replayed: 2 would have been different, 1 the same.",
        "  1 would have been rejected instead of linked",
        "    copy.png in case A: by the rule 'No file twice', not 'The same file or picture data, in the "
        "same case'",
        "  1 would have been held for 2 people instead of linked",
        "    copy.png in case B: by the rule 'Look at all others', not 'The same file or picture data, in "
        "another case'",
    ]


def test_tried_on_a_scan(quick, pictures, strict, tmp_path):
    quick("scan", "photos", "--out", "report", "--quiet", check=0)
    again = quick("policy", "try", strict, "--findings", "report/findings.json", "--json", check=0)
    plain = json.loads(again.stdout)
    assert (plain["replayed"], plain["same"]) == (3, 2)
    (different,) = plain["different"]
    assert (different["before"], different["after"], different["count"]) == ("link", "reject", 1)
    assert different["examples"][0]["label"] == "photos/copy.png"
    (tmp_path / "no.json").write_text("{}")
    assert "not the findings.json" in quick("policy", "try", strict, "--findings", "no.json", check=2).stderr
    both = ("--days", "3", "--findings", "no.json")
    assert "not both" in quick("policy", "try", strict, *both, check=2).stderr


def test_published(quick, strict, tmp_path):
    page = quick("policy", "document", strict, "--agency", "Fire", check=0).stdout
    assert "**Policy of Fire:** Strict" in page
    quick("policy", "document", strict, "--format", "html", "--out", "p.html", check=0)
    assert (tmp_path / "p.html").read_text().startswith("<!doctype html>")
