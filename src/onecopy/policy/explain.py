"""Which rule decided, and why the earlier ones did not."""

from dataclasses import dataclass

from onecopy.policy.policy import Policy
from onecopy.policy.rules import OTHERWISE, Action, Facts, misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rule that was looked at. ``why_not`` follows its name; ``None`` where it fits, which is the end."""

    number: int
    """From 1; 0 if no rule of the policy fits."""
    rule: str
    action: Action
    why_not: str | None


def explain(policy: Policy, facts: Facts) -> tuple[Step, ...]:
    """Every rule up to the one that decides; the last step is that one."""
    steps: list[Step] = []
    for number, rule in enumerate(policy.rules, start=1):
        steps.append(Step(number=number, rule=rule.name, action=rule.action, why_not=misfit(rule, facts)))
        if steps[-1].why_not is None:
            return tuple(steps)
    return (*steps, Step(number=0, rule=OTHERWISE.name, action=OTHERWISE.action, why_not=None))
