"""A policy as a page that an agency can adopt and publish: Markdown, or one HTML file that needs nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from onecopy.model import Relation
from onecopy.policy.policy import Policy
from onecopy.policy.review import First, Review, Urgency
from onecopy.policy.rules import OTHERWISE, Action, Rule, Scope

WORDS = {
    Relation.SAME_BYTES: "the same file, byte for byte",
    Relation.SAME_DATA: "the same picture data in another wrapping",
    Relation.SAME_IMAGE: "one picture, saved again",
    Relation.EDITED: "one picture, changed or cut differently",
    Relation.UNCLEAR: "perhaps one picture; what would decide cannot be seen",
    Relation.SAME_SCENE: "different captures of one scene",
    Relation.SAME_FORM: "different documents on one form",
    Relation.DISTINCT: "different pictures",
}
PLACES = {
    Scope.CASE: "in the same case",
    Scope.AGENCY: "in another case of the agency",
    Scope.EVERYWHERE: "in another agency, where an agreement lets it be seen",
}
_REACH = {
    Scope.CASE: "in the same case",
    Scope.AGENCY: "in any case of the agency",
    Scope.EVERYWHERE: "anywhere that an agreement lets the agency see",
}
_DONE = {Action.STORE: "stored", Action.LINK: "linked", Action.HOLD: "held", Action.REJECT: "rejected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rule in words. No ``relations`` means any."""

    name: str
    relations: tuple[Relation, ...]
    where: str
    does: str
    message: str


def markdown(policy: Policy, *, agency: str = "this agency", adopted: str = "") -> str:
    """The page in Markdown.

    Args:
        policy: The one to publish.
        agency: Whose it is, as the page names it.
        adopted: When it was adopted, if that is to be said.
    """
    return _render("document.md.jinja", policy, agency, adopted)


def html(policy: Policy, *, agency: str = "this agency", adopted: str = "") -> str:
    """The same page as one HTML file."""
    return _render("document.html", policy, agency, adopted)


def _render(template: str, policy: Policy, agency: str, adopted: str) -> str:
    environment = Environment(
        loader=PackageLoader("onecopy.policy"),
        autoescape=template.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = _escaped
    return environment.get_template(template).render(
        overview(policy) | {"agency": agency, "adopted": adopted}
    )


def overview(policy: Policy) -> dict[str, Any]:
    """A policy as pages show it.

    Returns:
        ``rows`` of a relation, its words and a cell for each of ``places``; the rules as ``lines``; the
        ``actions`` that it takes; ``reviewers``: how many must agree at most.
    """
    rows = [
        (relation, WORDS[relation], [cell(policy, relation, scope) for scope in Scope])
        for relation in Relation
    ]
    return {
        "policy": policy,
        "places": [PLACES[scope] for scope in Scope],
        "rows": rows,
        "lines": [_line(rule) for rule in policy.rules],
        "actions": {str(rule.action) for rule in policy.rules},
        "questions": list(_questions(policy.review)),
        "reviewers": max((rule.reviewers for rule in policy.rules if rule.action is Action.HOLD), default=0),
    }


_ORDERS = {
    First.PRIORITY: "the most urgent first, of these the first that is due",
    First.DEADLINE: "the first that is due first",
    First.AGE: "the oldest first",
    First.CASE: "case by case",
}
_NAMED = {Urgency.NORMAL: "as urgent as most"} | {
    one: one.name.lower() for one in Urgency if one is not Urgency.NORMAL
}


def _questions(review: Review) -> Iterator[str]:
    """How people work on what is held, in sentences."""
    yield f"Questions are worked on {_ORDERS[review.order]}. Each is due within {_days(review.days)}."
    for one in review.priorities:
        conditions = (("agency", one.agencies), ("source", one.sources), ("category", one.categories))
        said = [f"the {word} is {_either(sorted(allowed))}" for word, allowed in conditions if allowed]
        due = "" if one.days is None else f", and due within {_days(one.days)}"
        yield f"Where {' and '.join(said)}, questions are {_NAMED[one.urgency]}{due}."
    if review.offer:
        yield "Several captures of one scene are shown together to a person, who need not answer."
    yield (
        f"Where people gave the same answer to {review.suggest_after} alike questions, a rule is offered; "
        "only a records officer can add it to this policy."
    )


def _days(number: int) -> str:
    return "a day" if number == 1 else f"{number} days"


def cell(policy: Policy, relation: Relation, scope: Scope) -> str:
    """What becomes of an upload with such a relation to something there: ``linked if …, else held``."""
    said: list[str] = []
    for rule in _applying(policy, relation, scope):
        done = _done(rule)
        conditions = _conditions(rule)
        if said and not conditions and said[-1].startswith(f"{done} if"):
            said.pop()  # the same with and without the condition
        said.append(f"{done} if {' and '.join(conditions)}" if conditions else done)
    return ", else ".join(said)


def _applying(policy: Policy, relation: Relation, scope: Scope) -> Iterator[Rule]:
    """Those that may be the first to fit, ending with one that always does."""
    reached = tuple(Scope)
    for rule in policy.rules:
        if relation in rule.relations and reached.index(rule.scope) >= reached.index(scope):
            yield rule
            if not _conditions(rule):
                return
    yield OTHERWISE


def _done(rule: Rule) -> str:
    done = _DONE[rule.action]
    if rule.action is Action.STORE and rule.mention:
        return "stored, and mentioned"
    return "held for two people" if rule.reviewers == 2 else done


def _conditions(rule: Rule) -> list[str]:
    said = [f"the confidence is {rule.at_least:g} or more"] if rule.at_least else []
    for word, allowed in (
        ("agency", rule.agencies),
        ("source", rule.sources),
        ("category", rule.categories),
        ("file type", rule.file_types),
    ):
        if allowed:
            said.append(f"the {word} is {_either(sorted(allowed))}")
    return said


def _line(rule: Rule) -> Line:
    relations = tuple(one for one in Relation if one in rule.relations)
    return Line(
        name=rule.name,
        relations=relations if len(relations) < len(Relation) else (),
        where=" and ".join([_REACH[rule.scope], *_conditions(rule)]),
        does=_done(rule),
        message=rule.message,
    )


def _either(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: names and messages are anybody's."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&~])", r"\\\1", " ".join(text.split()))
