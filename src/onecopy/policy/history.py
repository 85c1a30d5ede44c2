"""What policies decided, as the catalog remembers it: enough to decide again under another one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from onecopy.catalog import decisions, policies
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Relation
from onecopy.policy.policy import Policy
from onecopy.policy.replay import Past
from onecopy.policy.rules import OTHERWISE, Action, Facts, Scope
from onecopy.policy.settle import Judged, Ruling, Seen

MOST = 500
"""How many facts of one upload are remembered; more than it is compared with."""


def adopt(connection: Connection, policy: Policy, *, actor: str) -> None:
    """Record that a policy is in force, if it was not already; ``actor`` is who put it there."""
    policies.adopt(connection, policy.digest, policy.name, policy.text, actor=actor)


def pack(seen: Sequence[Seen], images: int, file_type: str) -> dict[str, Any]:
    """What a policy went by, as plain types. What the occurrence says itself is left out."""
    rows = [
        [one.image, str(one.facts.relation), one.facts.confidence, str(one.facts.scope)]
        + ([str(one.judged)] if one.judged is not None else [])
        for one in seen[:MOST]
    ]
    return {"images": images, "file_type": file_type, "seen": rows}


def _unpack(facts: dict[str, Any], one: Occurrence) -> tuple[Seen, ...]:
    return tuple(
        Seen(
            image=image,
            facts=Facts(
                relation=Relation(relation),
                confidence=confidence,
                scope=Scope(scope),
                agency=one.agency or "",
                source=one.source or "",
                category=one.category or "",
                file_type=facts["file_type"],
            ),
            judged=Judged(judged[0]) if judged else None,
        )
        for image, relation, confidence, scope, *judged in facts["seen"]
    )


def adopted(connection: Connection) -> Policy | None:
    """The policy that somebody adopted while the service ran, if anybody did."""
    digest = policies.adopted(connection)
    text = None if digest is None else policies.text(connection, digest)
    return None if text is None else Policy.parse(text, "the adopted policy")


def received(
    connection: Connection, since: datetime, *, agency: str | None = None, newest: int | None = None
) -> Iterator[Past]:
    """The uploads that policies decided about since a moment, oldest first.

    What was rejected was not kept, so it is not among them.

    Args:
        connection: Of any transaction.
        since: The moment.
        agency: Only its own; ``None`` for all.
        newest: At most so many, the newest.
    """
    for one, made in decisions.by_policies(connection, since, agency=agency, newest=newest):
        if made.facts is not None:
            yield _past(one, made, dict(made.facts))


def _past(one: Occurrence, made: Decision, facts: dict[str, Any]) -> Past:
    ruling = Ruling(action=Action(made.decision), rule=made.rule or OTHERWISE.name, reviewers=made.reviewers)
    label = f"{one.name} in case {one.case_id}"
    return Past(label=label, seen=_unpack(facts, one), images=facts["images"], ruling=ruling)
