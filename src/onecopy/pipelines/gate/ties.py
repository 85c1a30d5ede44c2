"""What an upload is to single earlier occurrences, and what follows from all of it together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Relation, Verdict
from onecopy.pipelines.gate.compare import Question
from onecopy.pipelines.gate.model import Context
from onecopy.policy.rules import Action, Rule, Scope, rule_for, settle_file, settle_image

_STRONGEST = tuple(Relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What one image of the upload (or the whole file, ``question=None``) is to one earlier occurrence."""

    occurrence: Occurrence
    verdict: Verdict
    rule: Rule
    scope: Scope
    question: Question | None = None


def tied(
    one: Occurrence,
    verdict: Verdict,
    context: Context,
    rules: Sequence[Rule],
    question: Question | None = None,
) -> Tie:
    """One tie, with the rule that fits it."""
    scope = Scope.CASE if one.case_id == context.case else Scope.AGENCY
    rule = rule_for(rules, verdict.relation, verdict.confidence, scope)
    return Tie(occurrence=one, verdict=verdict, rule=rule, scope=scope, question=question)


def in_order(ties: Iterable[Tie]) -> list[Tie]:
    """Same case first, then the strongest relation, the surest, the oldest."""

    def rank(tie: Tie) -> tuple[bool, int, float, int]:
        strength = _STRONGEST.index(tie.verdict.relation)
        return tie.scope is not Scope.CASE, strength, -tie.verdict.confidence, tie.occurrence.id

    return sorted(ties, key=rank)


def settle(ties: Iterable[Tie], count: int) -> Action:
    """What all ties mean for a file of ``count`` images."""
    whole: list[Rule] = []
    by_image: dict[int, list[Rule]] = {}
    for tie in ties:
        if tie.question is None:
            whole.append(tie.rule)
        else:
            by_image.setdefault(tie.question.position, []).append(tie.rule)
    if not count:
        return settle_image(whole)
    return settle_file([settle_image(whole + by_image.get(position, [])) for position in range(count)])
