"""The fingerprinting tasks as callers see them.

Apart from what runs them, so that a process that only hands out work never loads a decoder.
"""

from dataclasses import dataclass

from onecopy.model import FileIdentity, Limits
from onecopy.sandbox.interface import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyArgs:
    """What to know of the one file of a call.

    Attributes:
        sha256: Of the file, which whoever read it has digested already.
        limits: Bounds on what it may cost.
        always_digest_image_data: Digest image data of any size now; else ``image_data_sha256`` stays ``None``
            for large files until :data:`DIGEST_IMAGE_DATA` is run.
    """

    sha256: str
    limits: Limits
    always_digest_image_data: bool = False


IDENTIFY = Task("onecopy.fingerprint.identify:identify", IdentifyArgs, FileIdentity)
"""Takes one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestArgs:
    """Which picture's image data to digest."""

    inner: str
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestResult:
    """SHA-256 of the image data, as in a fingerprint."""

    image_data_sha256: str


DIGEST_IMAGE_DATA = Task("onecopy.fingerprint.identify:digest_image_data", DigestArgs, DigestResult)
"""Takes one file, for a picture that was not digested although its look-up hint meets another's."""
