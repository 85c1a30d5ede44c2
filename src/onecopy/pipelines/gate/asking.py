"""What an upload is held for, and what is offered beside it, becomes a question to people."""

from sqlalchemy import Connection

from onecopy.catalog.agreements import Reveals
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Part
from onecopy.pipelines.gate.event import actor
from onecopy.pipelines.gate.look import Look
from onecopy.pipelines.gate.model import GateReply
from onecopy.pipelines.gate.ties import Tie, in_order
from onecopy.pipelines.gate.upload import Upload
from onecopy.policy import Action, Policy, Scope
from onecopy.records.questions import Doubt, ask_about


def ask(
    connection: Connection, upload: Upload, one: Occurrence, found: Look, answer: GateReply, policy: Policy
) -> None:
    """Ask about an upload that is held; offer those of one scene that are not, if the policy says so."""
    ties = in_order(found.ties)
    held = [tie for tie in ties if tie.action is Action.HOLD] if answer.decision is Action.HOLD else []
    offered = [] if held else [tie for tie in ties if _is_offered(tie, policy)]
    ask_about(
        connection,
        one,
        [_doubt(tie) for tie in held or offered],
        review=policy.review,
        file_type=upload.file_type,
        role=Part.HELD if held else Part.OFFERED,
        by=actor(upload),
    )


def followed(found: Look) -> int | None:
    """The people's answer without which something else would have become of the upload, by its number."""
    if found.recognised is None or not any(tie.as_decided for tie in found.ties):
        return None
    return found.recognised.answer


def _is_offered(tie: Tie, policy: Policy) -> bool:
    wanted = tie.verdict.relation in policy.review.offer and tie.scope is Scope.CASE
    return wanted and tie.judgement is None and tie.action is Action.STORE


def _doubt(tie: Tie) -> Doubt:
    question = tie.question
    return Doubt(
        inner="" if question is None else question.mine.inner,
        earlier=tie.occurrence if tie.reveals is Reveals.OCCURRENCE else None,
        earlier_inner="" if question is None else question.earlier.inner,
        verdict=tie.verdict,
        upload="a" if question is None else question.upload,
        scope=tie.scope,
        rule=tie.rule.name,
        reviewers=tie.rule.reviewers,
    )
