"""From what an upload is to each earlier occurrence to the one thing that becomes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onecopy.policy.rules import OTHERWISE, Action, Facts, Rule, Scope, rule_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one image of an upload is to an earlier occurrence. ``image=None``: the whole file, its bytes."""

    image: int | None
    facts: Facts


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


def settle(rules: Sequence[Rule], seen: Sequence[Seen], images: int) -> Ruling:
    """What a policy says of a file.

    Args:
        rules: The policy's.
        seen: What was found; of two rules that say the same, that of the earlier one here is named.
        images: How many images the file holds.
    """
    fitted = [(one, rule_for(rules, one.facts)) for one in seen]
    whole = [(rule, one.facts.scope) for one, rule in fitted if one.image is None]
    by_image: dict[int, list[tuple[Rule, Scope]]] = {}
    for one, rule in fitted:
        if one.image is not None:
            by_image.setdefault(one.image, []).append((rule, one.facts.scope))
    action = (
        settle_file([settle_image(whole + by_image.get(position, [])) for position in range(images)])
        if images
        else settle_image(whole)
    )
    deciding = next((rule for _, rule in fitted if rule.action is action), OTHERWISE)
    held = [rule.reviewers for _, rule in fitted if rule.action is Action.HOLD]
    return Ruling(
        action=action,
        rule=deciding.name,
        reviewers=max(held) if action is Action.HOLD else 0,
        message=deciding.message,
    )


def settle_image(found: Iterable[tuple[Rule, Scope]]) -> Action:
    """What all rules that fitted together mean for one image; each with where the earlier occurrence is.

    A link within the case outweighs a hold: any question about the twin was asked when the twin came. A link
    to another case does not: to this case, the question is new.
    """
    pairs = {(rule.action, scope) for rule, scope in found}
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
