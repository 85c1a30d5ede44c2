"""From what an upload is to each earlier occurrence to the one thing that becomes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from onecopy.policy.rules import OTHERWISE, Action, Facts, Rule, Scope, rule_for

AS_DECIDED = "as people decided"
"""Stands for the rule where people's judgement of the very pair decided."""


class Judged(StrEnum):
    """What people said of a pair before, as far as it matters here."""

    SAME = "same"
    DIFFERENT = "different"
    """Or of one picture, and both are wanted, or one takes the other's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one image of an upload is to an earlier occurrence. ``image=None``: the whole file, its bytes."""

    image: int | None
    facts: Facts
    judged: Judged | None = None
    """What people said of this very pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What becomes of an upload, and by which rule.

    Attributes:
        action: What becomes of it.
        rule: The name of the rule that decided; ``otherwise`` if none did.
        reviewers: How many people must agree, if it is held; else 0.
        message: What the policy tells the uploader besides.
    """

    action: Action
    rule: str = OTHERWISE.name
    reviewers: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is to be done by one earlier occurrence, and where that is. ``rule=None``: people said so."""

    action: Action
    scope: Scope
    rule: Rule | None


def followed(action: Action, judged: Judged | None) -> Action:
    """What becomes of what a rule says, where people judged the pair before.

    They are not asked again, and what they told apart is not linked. What a policy stores or rejects without
    asking anybody stays as it is.
    """
    if judged is Judged.SAME and action is Action.HOLD:
        return Action.LINK
    if judged is Judged.DIFFERENT and action in (Action.HOLD, Action.LINK):
        return Action.STORE
    return action


def _said(rules: Sequence[Rule], one: Seen) -> _Said:
    rule = rule_for(rules, one.facts)
    action = followed(rule.action, one.judged)
    if action is rule.action:
        return _Said(action=action, scope=one.facts.scope, rule=rule)
    # Unlike a twin in the case, it does not answer for the upload's other questions: as if from another case.
    scope = Scope.AGENCY if one.facts.scope is Scope.CASE else one.facts.scope
    return _Said(action=action, scope=scope, rule=None)


def settle(rules: Sequence[Rule], seen: Sequence[Seen], images: int) -> Ruling:
    """What a policy says of a file.

    Args:
        rules: The policy's.
        seen: What was found; of two rules that say the same, that of the earlier one here is named.
        images: How many images the file holds, see :func:`parts`.
    """
    fitted = [(one, _said(rules, one)) for one in seen]
    whole = [(said.action, said.scope) for one, said in fitted if one.image is None]
    by_image: dict[int, list[tuple[Action, Scope]]] = {}
    for one, said in fitted:
        if one.image is not None:
            by_image.setdefault(one.image, []).append((said.action, said.scope))
    action = (
        settle_file([settle_image(whole + by_image.get(position, [])) for position in range(images)])
        if images
        else settle_image(whole)
    )
    deciding = next((said for _, said in fitted if said.action is action), None)
    rule = OTHERWISE if deciding is None else deciding.rule
    if rule is None:
        return Ruling(action=action, rule=AS_DECIDED)
    held = [said.rule.reviewers for _, said in fitted if said.action is Action.HOLD and said.rule]
    return Ruling(
        action=action,
        rule=rule.name,
        reviewers=max(held) if action is Action.HOLD else 0,
        message=rule.message,
    )


def parts(images: int, containers: Iterable[str], *, left_out: bool) -> int:
    """How much of a file must be accounted for before it may be linked: its images, and one for all else.

    What could not be read or is no image was not compared; nor was what a PDF draws and writes itself. A file
    with such a part is linked only where the whole file is held.

    Args:
        images: How many images it holds.
        containers: The formats of the file and of what is in it, where they are containers.
        left_out: Whether something in it could not be read, or is no image.
    """
    return images + (left_out or "pdf" in containers)


def settle_image(found: Iterable[tuple[Action, Scope]]) -> Action:
    """What all that was said together means for one image; each with where the earlier occurrence is.

    A link within the case outweighs a hold: any question about the twin was asked when the twin came. A link
    to another case does not: to this case, the question is new.
    """
    pairs = set(found)
    actions = {action for action, _ in pairs}
    if Action.REJECT in actions:
        return Action.REJECT
    if (Action.LINK, Scope.CASE) in pairs:
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
