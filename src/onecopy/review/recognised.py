"""Uploads that were recognised by an answer which was taken back since: they are asked about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from onecopy.catalog import decisions, policies
from onecopy.catalog.decisions import Decision
from onecopy.catalog.judgements import Judgement
from onecopy.catalog.occurrences import Occurrence
from onecopy.policy.policy import Policy, default
from onecopy.records.again import doubts_of
from onecopy.records.questions import Doubt, ask_about

_REASON = "The answer by which it was recognised was taken back; a person will look at both."


def ask_again(
    connection: Connection, agency: str, said: Sequence[Judgement], *, since: datetime, by: str
) -> None:
    """Ask about the uploads that rested on judgements which hold no longer.

    Args:
        connection: Of a write transaction, in which the judgements are gone already.
        agency: Whose they were.
        said: The judgements.
        since: When they were made.
        by: Who took them back.
    """
    contents = {place[0] for one in said for place in (one.one, one.other)}
    rested = list(decisions.recognised(connection, agency, contents, since=since))
    if not rested:
        return
    gone = {frozenset((one.one, one.other)) for one in said}
    policy = _in_force(connection)
    for one, made in rested:
        doubts = [
            doubt
            for doubt in doubts_of(connection, one, made, policy, strictly=True)
            if _pair(one, doubt) in gone
        ]
        if doubts:
            _hold(connection, one, made, doubts, policy, by)


def _pair(one: Occurrence, doubt: Doubt) -> frozenset[object]:
    return frozenset(((one.content or "", doubt.inner), doubt.place))


def _hold(
    connection: Connection,
    one: Occurrence,
    made: Decision,
    doubts: Sequence[Doubt],
    policy: Policy,
    by: str,
) -> None:
    reviewers = max(doubt.reviewers for doubt in doubts)
    held = Decision(
        occurrence=one.id,
        decision="hold",
        reason=_REASON,
        matches=made.matches,
        rule=doubts[0].rule,
        reviewers=reviewers,
        facts=made.facts,
    )
    decisions.add(connection, held)
    file_type = str((made.facts or {}).get("file_type", ""))
    ask_about(connection, one, doubts, review=policy.review, file_type=file_type, by=by)


def _in_force(connection: Connection) -> Policy:
    digest = policies.current(connection)
    text = None if digest is None else policies.text(connection, digest)
    return default() if text is None else Policy.parse(text, "the policy in force")
