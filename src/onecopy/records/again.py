"""From what a decision remembers back to the questions that it would ask."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from onecopy.catalog import decisions, occurrences, settings
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.model import Relation, Verdict
from onecopy.policy.policy import Policy
from onecopy.policy.rules import Action, Facts, Rule, Scope, rule_for
from onecopy.records.questions import Doubt, ask_about

_DONE = "questions-asked"
_ASKABLE = frozenset({Relation.SAME_IMAGE, Relation.EDITED, Relation.UNCLEAR})


def doubts_of(
    connection: Connection, one: Occurrence, made: Decision, policy: Policy, *, strictly: bool = False
) -> list[Doubt]:
    """The doubts for which an upload was held, or would have been without people's judgement.

    Args:
        connection: Of any transaction.
        one: The upload.
        made: The decision that remembers its matches.
        policy: Says which of them are asked about.
        strictly: Ask about no others; else, if it would ask about none, about all that are askable.
    """
    found = list(_doubts(connection, one, made, policy))
    held = [doubt for doubt, rule in found if rule.action is Action.HOLD]
    return held if held or strictly else [doubt for doubt, _ in found if doubt.verdict.relation in _ASKABLE]


def _doubts(
    connection: Connection, one: Occurrence, made: Decision, policy: Policy
) -> Iterator[tuple[Doubt, Rule]]:
    for match in made.matches:
        earlier = occurrences.get(connection, match["occurrence"]["id"])
        if earlier is None or earlier.gone_at is not None:
            continue
        verdict = msgspec.convert(
            {name: match[name] for name in ("relation", "confidence", "evidence")}, Verdict
        )
        facts = _facts(one, earlier, verdict, made.facts or {})
        rule = rule_for(policy.rules, facts)
        yield (
            Doubt(
                inner=match.get("inner", ""),
                earlier=earlier,
                earlier_inner=match.get("occurrence_inner", ""),
                verdict=verdict,
                upload=match["upload"],
                scope=facts.scope,
                rule=rule.name,
                reviewers=max(made.reviewers, 1),
            ),
            rule,
        )


def _facts(one: Occurrence, earlier: Occurrence, verdict: Verdict, known: Mapping[str, Any]) -> Facts:
    if (one.agency or "") != (earlier.agency or ""):
        scope = Scope.EVERYWHERE
    else:
        scope = Scope.CASE if one.case_id == earlier.case_id else Scope.AGENCY
    return Facts(
        relation=verdict.relation,
        confidence=verdict.confidence,
        scope=scope,
        agency=one.agency or "",
        source=one.source or "",
        category=one.category or "",
        file_type=known.get("file_type", ""),
    )


def ask_about_held(catalog: Catalog, policy: Policy) -> None:
    """Ask about what was held before there were questions; once in a catalog's life.

    Args:
        catalog: Of a gate that takes no uploads yet.
        policy: The one in force.

    Raises:
        EnvironmentProblem: The catalog stands in the way.
    """
    with catalog.read() as connection:
        if settings.get(connection, _DONE) is not None:
            return
    with catalog.write() as connection:
        if settings.get(connection, _DONE) is not None:  # another process was quicker
            return
        held = list(decisions.held(connection))
        for one, made in held:
            doubts = doubts_of(connection, one, made, policy)
            file_type = str((made.facts or {}).get("file_type", ""))
            ask_about(connection, one, doubts, review=policy.review, file_type=file_type, by=one.uploader)
        settings.put(connection, _DONE, str(len(held)))
