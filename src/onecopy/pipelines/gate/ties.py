"""What an upload is to single earlier occurrences, and the rule of the policy that fits each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onecopy.catalog.agreements import Reveals
from onecopy.catalog.judgements import Judgement, Says
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Place
from onecopy.model import Relation, Verdict
from onecopy.pipelines.gate.compare import Question
from onecopy.pipelines.gate.model import Context
from onecopy.pipelines.gate.stars import THROUGH
from onecopy.pipelines.gate.upload import Upload
from onecopy.policy import Action, Facts, Judged, Policy, Rule, Scope, Seen
from onecopy.policy.rules import rule_for
from onecopy.policy.settle import followed

_STRONGEST, _NEAREST = tuple(Relation), tuple(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What one image of the upload (or the whole file, ``question=None``) is to one earlier occurrence."""

    occurrence: Occurrence
    verdict: Verdict
    facts: Facts
    rule: Rule
    question: Question | None = None
    reveals: Reveals = Reveals.OCCURRENCE
    """How much of the earlier occurrence the uploader's agency may learn; of its own, all."""
    judgement: Judgement | None = None
    """What the agency's people said of this very pair, if they were asked."""

    @property
    def scope(self) -> Scope:
        """Where the earlier occurrence is."""
        return self.facts.scope

    @property
    def action(self) -> Action:
        """What is to be done by it: what the rule says, or what follows from people's judgement."""
        return followed(self.rule.action, self._judged)

    @property
    def as_decided(self) -> bool:
        """Whether people's judgement, and not the rule, says what is to be done."""
        return self.action is not self.rule.action

    @property
    def seen(self) -> Seen:
        """What the policy sees of it."""
        image = None if self.question is None else self.question.position
        return Seen(image=image, facts=self.facts, judged=self._judged)

    @property
    def _judged(self) -> Judged | None:
        if self.judgement is None:
            return None
        return Judged.SAME if self.judgement.says is Says.SAME else Judged.DIFFERENT


Judgements = Mapping[tuple[Place, Place], Judgement]
"""What people said, by pair in both orders."""


def tied(
    one: Occurrence,
    verdict: Verdict,
    upload: Upload,
    policy: Policy,
    judgements: Judgements,
    question: Question | None = None,
) -> Tie:
    """One tie, with the rule that fits it."""
    context = upload.context
    facts = Facts(
        relation=verdict.relation,
        confidence=verdict.confidence,
        scope=_scope(one, context),
        agency=context.agency,
        source=context.source,
        category=context.category,
        file_type=upload.file_type,
    )
    rule = rule_for(policy.rules, facts)
    reveals = upload.sees[one.agency or ""] if facts.scope is Scope.EVERYWHERE else Reveals.OCCURRENCE
    mine, earlier = (upload.sha256, ""), (one.content or "", "")
    if question is not None:
        mine, earlier = (upload.sha256, question.mine.inner), (earlier[0], question.earlier.inner)
    return Tie(
        occurrence=one,
        verdict=verdict,
        facts=facts,
        rule=rule,
        question=question,
        reveals=reveals,
        judgement=judgements.get((mine, earlier)),
    )


def _scope(one: Occurrence, context: Context) -> Scope:
    if (one.agency or "") != context.agency:
        return Scope.EVERYWHERE
    return Scope.CASE if one.case_id == context.case else Scope.AGENCY


def in_order(ties: Iterable[Tie]) -> list[Tie]:
    """Same case first, other agencies last; then the strongest relation, what was seen itself, the surest."""

    def rank(tie: Tie) -> tuple[int, int, bool, float, int]:
        strength, derived = _STRONGEST.index(tie.verdict.relation), tie.verdict.evidence.method == THROUGH
        return _NEAREST.index(tie.scope), strength, derived, -tie.verdict.confidence, tie.occurrence.id

    return sorted(ties, key=rank)
