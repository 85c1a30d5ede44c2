"""What an upload is to single earlier occurrences, and the rule of the policy that fits each."""

from collections.abc import Iterable
from dataclasses import dataclass

from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Relation, Verdict
from onecopy.pipelines.gate.compare import Question
from onecopy.pipelines.gate.upload import Upload
from onecopy.policy import Facts, Policy, Rule, Scope, Seen
from onecopy.policy.rules import rule_for

_STRONGEST = tuple(Relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What one image of the upload (or the whole file, ``question=None``) is to one earlier occurrence."""

    occurrence: Occurrence
    verdict: Verdict
    facts: Facts
    rule: Rule
    question: Question | None = None

    @property
    def scope(self) -> Scope:
        """Where the earlier occurrence is."""
        return self.facts.scope

    @property
    def seen(self) -> Seen:
        """What the policy sees of it."""
        return Seen(image=None if self.question is None else self.question.position, facts=self.facts)


def tied(
    one: Occurrence, verdict: Verdict, upload: Upload, policy: Policy, question: Question | None = None
) -> Tie:
    """One tie, with the rule that fits it."""
    context = upload.context
    facts = Facts(
        relation=verdict.relation,
        confidence=verdict.confidence,
        scope=Scope.CASE if one.case_id == context.case else Scope.AGENCY,
        agency=context.agency,
        source=context.source,
        category=context.category,
        file_type=upload.file_type,
    )
    rule = rule_for(policy.rules, facts)
    return Tie(occurrence=one, verdict=verdict, facts=facts, rule=rule, question=question)


def in_order(ties: Iterable[Tie]) -> list[Tie]:
    """Same case first, then the strongest relation, the surest, the oldest."""

    def rank(tie: Tie) -> tuple[bool, int, float, int]:
        strength = _STRONGEST.index(tie.verdict.relation)
        return tie.scope is not Scope.CASE, strength, -tie.verdict.confidence, tie.occurrence.id

    return sorted(ties, key=rank)
