"""What to do about an upload, given what it is to what is already held.

Rules are read in order and the first that fits decides. The shipped table follows what earlier systems
learned: accept, link, say so; hold only what a person must answer; reject nothing. Agencies are isolated:
what another agency holds never reaches a rule, so no reply can give it away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from onecopy.model import Relation


class Action(StrEnum):
    """What becomes of an upload. Its bytes are kept under all of them but ``reject``."""

    STORE = "store"
    LINK = "link"
    HOLD = "hold"
    REJECT = "reject"


class Scope(StrEnum):
    """Where the earlier occurrence is, seen from the upload."""

    CASE = "case"
    """In the same case of the same agency."""
    AGENCY = "agency"
    """In another case of the same agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the table: when it fits, and what it says."""

    relations: frozenset[Relation]
    scope: Scope
    action: Action
    at_least: float = 0.0
    """The confidence from which it fits, 0 to 1."""
    mention: bool = True
    """Whether the uploader is told of the earlier occurrence in words."""


def _rule(relations: Iterable[Relation], scope: Scope, action: Action, at_least: float = 0.0) -> Rule:
    return Rule(relations=frozenset(relations), scope=scope, action=action, at_least=at_least)


_EXACT = (Relation.SAME_BYTES, Relation.SAME_DATA)
_ASK = (Relation.SAME_IMAGE, Relation.EDITED, Relation.UNCLEAR)

DEFAULT_RULES: tuple[Rule, ...] = (
    _rule(_EXACT, Scope.CASE, Action.LINK),
    _rule(_EXACT, Scope.AGENCY, Action.LINK),
    _rule([Relation.SAME_IMAGE], Scope.CASE, Action.LINK, at_least=0.99),
    _rule(_ASK, Scope.CASE, Action.HOLD),
    _rule(_ASK, Scope.AGENCY, Action.STORE),
    _rule([Relation.SAME_SCENE], Scope.CASE, Action.STORE),
)
"""The shipped table. What no rule fits is stored and not mentioned."""

OTHERWISE = Rule(relations=frozenset(Relation), scope=Scope.AGENCY, action=Action.STORE, mention=False)


def rule_for(rules: Sequence[Rule], relation: Relation, confidence: float, scope: Scope) -> Rule:
    """The first rule that fits, or :data:`OTHERWISE`."""
    for rule in rules:
        if relation in rule.relations and scope is rule.scope and confidence >= rule.at_least:
            return rule
    return OTHERWISE


def settle_image(rules: Iterable[Rule]) -> Action:
    """What all rules that fitted together mean for one image.

    A link within the case outweighs a hold: any question about the twin was asked when the twin came. A link
    to another case does not: to this case, the question is new.
    """
    found = {(rule.action, rule.scope) for rule in rules}
    actions = {action for action, _ in found}
    if Action.REJECT in actions:
        return Action.REJECT
    if (Action.LINK, Scope.CASE) in found:
        return Action.LINK
    return next((action for action in (Action.HOLD, Action.LINK) if action in actions), Action.STORE)


def settle_file(images: Sequence[Action]) -> Action:
    """What the images of one file mean for the file: it is linked only if every one of them is."""
    found = set(images)
    if Action.REJECT in found:
        return Action.REJECT
    if Action.HOLD in found:
        return Action.HOLD
    return Action.LINK if found == {Action.LINK} else Action.STORE
