"""The gate's reasons: what became of an upload, in words that can be shown to whoever sent it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onecopy.catalog.occurrences import Occurrence
from onecopy.model import FileIdentity, Relation, Verdict
from onecopy.policy import Action
from onecopy.spoken import called, day, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The earlier occurrence that a reason speaks of.

    Attributes:
        occurrence: That one.
        verdict: What the upload, or an image in it, is to it.
        upload: Which side of the evidence the upload is, ``"a"`` or ``"b"``.
        whole: Whether it is the same file, byte for byte.
        agency: Whose it is, if it is another agency's.
    """

    occurrence: Occurrence
    verdict: Verdict
    upload: str = "a"
    whole: bool = False
    agency: str | None = None


def reason(
    action: Action,
    identity: FileIdentity,
    mention: Mention | None,
    *,
    more: int = 0,
    elsewhere: bool = False,
    recognised: datetime | None = None,
    message: str = "",
    done: bool = True,
) -> str:
    """Say what became of an upload and why.

    Args:
        action: The decision.
        identity: What was found in the file.
        mention: The earlier occurrence that counted, if one may be named.
        more: How many other earlier occurrences have to do with it.
        elsewhere: Whether an agency that is not named holds such an image.
        recognised: When people decided about the very pair, if they did.
        message: What the agency's policy says to the uploader.
        done: Whether it was done, or would be.

    Returns:
        One to three sentences.
    """
    sentences = [_about(identity, mention), *_difference(mention), _done(action, mention, done=done)]
    if recognised is not None and action is not Action.HOLD:
        sentences.append(f"Recognised, as decided on {day(recognised)} by a reviewer.")
    if more:
        sentences.append(f"{more} more related {'one is' if more == 1 else 'ones are'} listed.")
    if elsewhere:
        sentences.append("Another agency holds it, or one like it, too.")
    sentences.append(message)
    sentences += _unread(identity)
    return " ".join(sentence for sentence in sentences if sentence)


def _about(identity: FileIdentity, mention: Mention | None) -> str:
    if mention is None:
        return ""
    one = mention.occurrence
    where = f"case {shown(one.case_id or '')}"
    if mention.agency is not None:
        where += f" of {shown(mention.agency) or 'another agency'}"
    earlier = f"'{shown(one.name)}', received {day(one.seen_at)}"
    subject, noun = _subject(identity, mention)
    match mention.verdict.relation:
        case Relation.SAME_BYTES | Relation.SAME_DATA:
            return f"{subject} is already in {where} as {earlier}."
        case Relation.SAME_IMAGE if mention.verdict.confidence >= 0.99:
            return f"{subject} is already in {where}, saved differently, as {earlier}."
        case Relation.SAME_IMAGE:
            return f"{subject} is probably the same as one in {where}: {earlier}."
        case Relation.EDITED:
            return f"{subject} is another version of one in {where}: {earlier}."
        case Relation.UNCLEAR:
            return f"{subject} may be the same {noun} as one in {where}: {earlier}."
        case Relation.SAME_SCENE:
            return f"{subject} shows the same scene as one in {where}: {earlier}."
        case _:
            return f"{subject} is like one in {where}: {earlier}."


def _difference(mention: Mention | None) -> Sequence[str]:
    """What the pixels showed, from the uploader's side. Evidence calls A the first and B the second."""
    if mention is None or mention.verdict.relation not in (Relation.EDITED, Relation.UNCLEAR):
        return []
    names = ("this one", "the earlier one")
    first, second = names if mention.upload == "a" else names[::-1]
    return [called(word, first, second) for word in mention.verdict.evidence.words[:2]]


def _subject(identity: FileIdentity, mention: Mention) -> tuple[str, str]:
    """How to name what was sent: as narrowly as is known."""
    images, verdict = identity.images, mention.verdict
    if identity.containers or len(images) > 1:
        return ("This file", "file") if mention.whole else ("An image in this file", "image")
    if not images:
        return "This file", "file"
    capture = images[0].fingerprint.capture
    if verdict.evidence.method == "paper":
        return "This document", "document"
    if verdict.evidence.method == "photo" or capture.camera_make or capture.camera_model:
        return "This photograph", "photograph"
    return "This image", "image"


def _done(action: Action, mention: Mention | None, *, done: bool) -> str:
    was = "was" if done else "would be"
    match action:
        case Action.LINK:
            return f"It {was} linked, nothing more is needed."
        case Action.HOLD:
            return f"It {was} stored; a person will look at both."
        case Action.REJECT:
            return "It was not stored." if done else "It would not be stored."
    if mention is None:
        return f"It {was} stored as new."
    if mention.verdict.relation is Relation.SAME_SCENE:
        return f"It {was} stored; both will be shown together."
    return f"It {was} stored for this case, too."


def _unread(identity: FileIdentity) -> Sequence[str]:
    if not identity.problems:
        return []
    first, others = identity.problems[0], len(identity.problems) - 1
    if first.inner:
        said = f"A part of it ({shown(first.inner)}) could not be read ({first.code}). {first.message}"
    else:
        said = f"It could not be read ({first.code}), so only the identical file will be recognised. "
        said += first.message
    return [said] + ([f"{others} more parts could not be read."] if others else [])
