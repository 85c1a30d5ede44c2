"""Rules that follow from answers: offered where people answered alike questions alike, and never otherwise.

An offer is worked out from what is on record whenever somebody asks, so it is gone once a contrary answer is
given, or the policy asks no more. It changes nothing: a records officer turns it into policy, or leaves it.
"""

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from onecopy.catalog import alike
from onecopy.catalog.alike import Alike, Outcome
from onecopy.catalog.questions import Question
from onecopy.model import Answer, Relation
from onecopy.pipelines.gate import Gate
from onecopy.policy.history import received
from onecopy.policy.policy import Policy
from onecopy.policy.replay import Tried, replay
from onecopy.policy.rules import LONGEST_NAME, Action, Facts, PolicyError, Rule, Scope, rule_for
from onecopy.review.model import Refused, Reviewer

LOOKED_AT = 500
"""Answers that are compared with an offered rule; all of them must agree with it."""
REPLAYED = 500
DAYS = 90
"""How far uploads are replayed: so many days, and the newest so many of them."""

_ACTIONS = {Outcome.SAME: Action.LINK, Outcome.BESIDE: Action.STORE}
_WIDER = tuple(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One question that people answered, and what the rule would have done with its upload."""

    question: str
    title: str
    said: Answer
    by: str
    at: datetime
    would: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A rule that would have answered for people.

    Attributes:
        id: Names this very rule.
        rule: The rule.
        alike: How many questions it is drawn from, without a contrary answer.
        decided: The newest of them.
    """

    id: str
    rule: Rule
    alike: int
    decided: tuple[Decided, ...]


def offers(connection: Connection, policy: Policy, *, agency: str | None) -> list[Offer]:
    """The rules that can be offered, those drawn from the most questions first.

    Args:
        connection: Of any transaction.
        policy: The one in force: it says after how many answers, and what is asked at all.
        agency: From whose questions; ``None`` for all agencies.
    """
    enough = policy.review.suggest_after
    sorts = alike.answered(connection, agency, at_least=enough)
    found = (_offer(connection, policy, like, enough) for like, _ in sorts)
    return [one for one in found if one is not None]


def _offer(connection: Connection, policy: Policy, like: Alike, enough: int) -> Offer | None:
    relation, scope = Relation(like.relation), Scope(like.scope)
    scopes = [str(one) for one in _WIDER[: _WIDER.index(scope) + 1]]
    found = alike.newest(connection, like, scopes=scopes, limit=LOOKED_AT)
    outcomes = {alike.outcome(Answer(one.answer or "")) for one, _ in found}
    if len(found) < enough or len(outcomes) != 1 or any(apart for _, apart in found):
        return None
    action = _ACTIONS.get(next(iter(outcomes)))
    least = min(one.confidence for one, _ in found)
    if action is None or not _is_asked(policy, like, least):
        return None
    try:
        rule = _rule(like, relation, scope, action, least)
    except PolicyError:  # no policy may say that, however often people do
        return None
    if any(one.name == rule.name for one in policy.rules):
        return None
    decided = tuple(_decided(one, action) for one, _ in found[: max(enough, 20)])
    return Offer(id=_id(rule), rule=rule, alike=len(found), decided=decided)


def _rule(like: Alike, relation: Relation, scope: Scope, action: Action, least: float) -> Rule:
    named = [word for word in (like.category, like.source) if word]
    name = f"As people decided: {relation}" + "".join(f", {word}" for word in named)
    name += f" ({like.agency})" if like.agency else ""
    return Rule(
        name=name[:LONGEST_NAME],
        action=action,
        relations=frozenset({relation}),
        scope=scope,
        at_least=math.floor(least * 100) / 100,
        agencies=frozenset({like.agency} - {""}),
        sources=frozenset({like.source} - {None, ""}),  # type: ignore[arg-type]
        categories=frozenset({like.category} - {None, ""}),  # type: ignore[arg-type]
    )


def _is_asked(policy: Policy, like: Alike, confidence: float) -> bool:
    """Whether people are still asked about such uploads."""
    facts = Facts(
        relation=Relation(like.relation),
        confidence=confidence,
        scope=Scope(like.scope),
        agency=like.agency,
        source=like.source or "",
        category=like.category or "",
    )
    return rule_for(policy.rules, facts).action is Action.HOLD


def _decided(one: Question, would: Action) -> Decided:
    assert one.answer is not None
    assert one.answered_at is not None
    return Decided(
        question=one.public_id,
        title=one.title,
        said=Answer(one.answer),
        by=one.answered_by or "",
        at=one.answered_at,
        would=would,
    )


def _id(rule: Rule) -> str:
    text = Policy(name="offer", rules=(rule,)).text
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def with_rule(policy: Policy, offer: Offer) -> Policy:
    """The policy with an offered rule before all others."""
    return replace(policy, rules=(offer.rule, *policy.rules))


def tried(connection: Connection, policy: Policy, offer: Offer) -> Tried:
    """What the policy with an offered rule would have done with the newest uploads."""
    since = datetime.now(UTC) - timedelta(days=DAYS)
    agency = next(iter(offer.rule.agencies), None)
    return replay(with_rule(policy, offer), received(connection, since, agency=agency, newest=REPLAYED))


def adopt(gate: Gate, id: str, *, by: Reviewer) -> Policy:
    """Turn an offered rule into policy: it holds from the next upload on, in every process.

    Args:
        gate: Whose policy it is.
        id: Of the offer.
        by: A records officer.

    Raises:
        Refused: ``no-offer``: it is offered no longer, or it is another agency's; ``needs-officer``.
        UsageError: ``policy-fixed``: the policy is set by a file.
        PolicyError: The policy has no room for it.
        EnvironmentProblem: The catalog stands in the way.
    """
    if not by.officer:
        raise Refused("Only a records officer turns answers into policy.", code="needs-officer")
    policy = gate.policies.now()
    with gate.catalog.read() as connection:
        found = {one.id: one for one in offers(connection, policy, agency=by.agency)}
    if id not in found:
        raise Refused(
            "This rule is not offered, or no longer: an answer or the policy has changed.", code="no-offer"
        )
    changed = with_rule(policy, found[id])
    gate.policies.change(changed, actor=by.name)
    return changed
