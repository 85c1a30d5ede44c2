"""What scan and gate share of identifying a content: the call, and what an outcome says."""

from onecopy.decode import extras
from onecopy.fingerprint.interface import IdentifyArgs
from onecopy.model import FileIdentity, Limits, Problem
from onecopy.sandbox.interface import Call, Openable, Outcome

EXTRAS = ",".join(extras.installed())
"""Which optional decoders are installed; what needed another is tried again once it is."""

CHANCE = frozenset({"vanished", "no-access"})
"""Failures that say nothing of the content, only of this attempt to read it."""


def call(
    sha256: str, file: Openable, limits: Limits, *, always_digest_image_data: bool
) -> Call[IdentifyArgs]:
    """The call that identifies a content, with its digest as the key."""
    args = IdentifyArgs(sha256=sha256, limits=limits, always_digest_image_data=always_digest_image_data)
    return Call(key=sha256, files=(file,), args=args, seconds=limits.seconds)


def found(outcome: Outcome[FileIdentity]) -> FileIdentity:
    """What a call found; a failure, and finding nothing at all, is a problem of the whole file."""
    identity = outcome.result
    if identity is None:
        code, message = "worker-died", "No answer came. Report this file if it happens again."
        if outcome.failure is not None:
            code, message = outcome.failure.code, outcome.failure.message
        return FileIdentity(problems=(Problem(inner="", code=code, message=message),))
    if identity.images or identity.containers or identity.problems or identity.skipped:
        return identity
    nothing = Problem(inner="", code="not-an-image", message="It is no image and holds none.")
    return FileIdentity(problems=(nothing,))
