"""From what was found to what is answered."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onecopy.catalog import rows
from onecopy.catalog.agreements import Reveals
from onecopy.catalog.judgements import Judgement
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Relation
from onecopy.pipelines.gate.look import Look
from onecopy.pipelines.gate.model import GateReply, ImageMatch, ImageSeen, Match, Received
from onecopy.pipelines.gate.ties import Tie, in_order
from onecopy.pipelines.gate.upload import Upload
from onecopy.pipelines.gate.words import Mention, reason
from onecopy.policy import Policy, Ruling, Scope

MATCHES = 50
"""How many matches a reply lists, at most."""
EACH = 5
"""How many of them it lists again, in short, with each image."""


def reply(
    upload: Upload, found: Look, policy: Policy, *, occurrence: str | None = None, done: bool = True
) -> GateReply:
    """Answer for an upload.

    Args:
        upload: What came.
        found: What it has to do with.
        policy: Says what becomes of it.
        occurrence: What it was stored as, if it was.
        done: Whether the decision was carried out, or is only said.
    """
    everything = in_order(found.ties)
    seen = tuple(dict.fromkeys(tie.seen for tie in everything))
    ruling = policy.settle(seen, upload.parts)
    ties = [tie for tie in everything if _may_be_told(tie)]
    whispered = any(tie.reveals is Reveals.HELD_ELSEWHERE and tie.rule.mention for tie in everything)
    context = upload.context
    return GateReply(
        occurrence=Received(id=occurrence, case=context.case, name=context.name, sha256=upload.sha256),
        decision=ruling.action,
        reason=_reason(upload, ties, ruling, found.recognised, elsewhere=whispered, done=done),
        matches=tuple(_match(tie) for tie in ties[:MATCHES]),
        images=_images(upload, ties),
        problems=upload.identity.problems,
        held_elsewhere=whispered,
        ruling=ruling,
        seen=seen,
    )


def _may_be_told(tie: Tie) -> bool:
    """Whether the uploader may see it: of another agency's, what its agreement and the policy let through."""
    if tie.verdict.relation is Relation.DISTINCT:
        return False
    return tie.scope is not Scope.EVERYWHERE or (tie.reveals is Reveals.OCCURRENCE and tie.rule.mention)


def _reason(
    upload: Upload,
    ties: Sequence[Tie],
    ruling: Ruling,
    recognised: Judgement | None,
    *,
    elsewhere: bool,
    done: bool,
) -> str:
    named = [tie for tie in ties if tie.rule.mention]
    # The one that decided comes first; a container is stored for its new images, so none of these did.
    deciding = next((tie for tie in named if tie.action is ruling.action), None)
    tie = deciding or (named[0] if named else None)
    mention = None
    if tie is not None:
        side = "a" if tie.question is None else tie.question.upload
        whole = tie.question is None
        mention = Mention(
            occurrence=tie.occurrence,
            verdict=tie.verdict,
            upload=side,
            whole=whole,
            agency=_foreign(tie),
        )
    more = max(0, len(named) - 1)
    return reason(
        ruling.action,
        upload.identity,
        mention,
        more=more,
        elsewhere=elsewhere,
        recognised=None if recognised is None else recognised.at,
        message=ruling.message,
        done=done,
    )


def _match(tie: Tie) -> Match:
    one, question = tie.occurrence, tie.question
    return Match(
        occurrence=received(one),
        relation=tie.verdict.relation,
        confidence=tie.verdict.confidence,
        evidence=tie.verdict.evidence,
        upload="a" if question is None else question.upload,
        inner="" if question is None else question.mine.inner,
        occurrence_inner="" if question is None else question.earlier.inner,
        agency=_foreign(tie),
    )


def _images(upload: Upload, ties: Sequence[Tie]) -> tuple[ImageSeen, ...]:
    """A file that is held as it is holds each of its images at the same place."""
    whole = [tie for tie in ties if tie.question is None]
    single: dict[int, list[ImageMatch]] = {}
    for tie in ties:
        if tie.question is not None:
            short = _short(tie, tie.question.earlier.inner)
            single.setdefault(tie.question.position, []).append(short)
    return tuple(
        ImageSeen(
            inner=one.inner,
            sha256=one.fingerprint.sha256,
            width=one.fingerprint.width,
            height=one.fingerprint.height,
            format=one.fingerprint.format,
            matches=(*(_short(tie, one.inner) for tie in whole), *single.get(position, ()))[:EACH],
        )
        for position, one in enumerate(upload.identity.images)
    )


def _short(tie: Tie, inner: str) -> ImageMatch:
    verdict = tie.verdict
    return ImageMatch(
        occurrence=tie.occurrence.public_id,
        inner=inner,
        relation=verdict.relation,
        confidence=verdict.confidence,
    )


def _foreign(tie: Tie) -> str | None:
    return tie.occurrence.agency if tie.scope is Scope.EVERYWHERE else None


def received(one: Occurrence) -> Received:
    """An occurrence as replies name it."""
    return Received(id=one.public_id, case=one.case_id or "", name=one.name, sha256=one.content or "")


def plain(match: Match) -> dict[str, Any]:
    """A match as plain types, as it is stored and sent."""
    values: dict[str, Any] = {
        "occurrence": msgspec.to_builtins(match.occurrence),
        "relation": str(match.relation),
        "confidence": match.confidence,
        "evidence": rows.sparse(match.evidence),
        "upload": match.upload,
    }
    if match.inner or match.occurrence_inner:
        values |= {"inner": match.inner, "occurrence_inner": match.occurrence_inner}
    if match.agency is not None:
        values["agency"] = match.agency
    return values
