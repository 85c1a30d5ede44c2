import re

import pytest
from markdown_it import MarkdownIt

from onecopy.model import Relation
from onecopy.policy import Action, Policy, Rule, Scope, default
from onecopy.policy.document import cell, html, markdown

NASTY = "<script>alert(1)</script> *a* [b](javascript:c) | d"


def test_the_shipped_table_is_on_the_page():
    page = markdown(default(), agency="Building Department", adopted="1 July 2026")
    assert "**Policy of Building Department:** Shipped default, adopted 1 July 2026" in page
    row = next(line for line in page.splitlines() if "`same-image`) |" in line)
    assert row.split(" | ")[1:] == [
        "linked if the confidence is 0.99 or more, else held",
        "stored, and mentioned",
        "stored, and mentioned |",
    ]
    assert default().digest in page
    assert "No picture is refused" in page
    rendered = MarkdownIt("commonmark").enable("table").render(page)
    assert rendered.count("<tr>") == 1 + len(Relation)
    assert rendered.count("<li>") == 3 + 5 + len(default().rules) + 3


def test_conditions_are_told_in_order():
    rules = (
        Rule(name="1", action=Action.REJECT, scope=Scope.CASE, file_types=frozenset({"gif", "bmp"})),
        Rule(name="2", action=Action.HOLD, scope=Scope.AGENCY, at_least=0.5, reviewers=2),
    )
    policy = Policy(name="p", rules=rules)
    assert cell(policy, Relation.EDITED, Scope.CASE) == (
        "rejected if the file type is bmp or gif, "
        "else held for two people if the confidence is 0.5 or more, else stored"
    )
    assert cell(policy, Relation.EDITED, Scope.EVERYWHERE) == "stored"
    page = markdown(policy)
    assert "two people look at both and decide" in page
    assert "No picture is refused" not in page
    assert "**Rejected**" in page


@pytest.mark.parametrize("write", [markdown, html])
def test_what_people_wrote_is_text(write):
    rule = Rule(name="r " + NASTY, action=Action.HOLD, message=NASTY, agencies=frozenset({NASTY}))
    page = write(Policy(name=NASTY, rules=(rule,)), agency=NASTY, adopted=NASTY)
    if write is markdown:
        page = MarkdownIt("commonmark").enable("table").render(page)
        assert "[b](javascript:c)" in page
    assert "<script>" not in page
    assert not re.search(r"<a\b|<em>a</em>", page)


def test_html_needs_nothing():
    page = html(default(), agency="A")
    assert "<h1>" in page
    assert not re.search(r"(?:src|href)=", page)
    assert page.count('<th scope="row">') == len(Relation)
