"""The verification task as callers see it: images by file and place, pairs by index, one verdict a pair."""

from dataclasses import dataclass

from onecopy.model import Fingerprint, Limits, Verdict
from onecopy.sandbox.interface import Task

VERIFY_VERSION = 7
"""Changes whenever a verdict could; stored verdicts of another version are made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """An image among the files of a call: which file, where inside, and what is known of it."""

    file: int
    inner: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyArgs:
    """Images and the pairs of them (by index) to verify; each image is decoded once for all its pairs."""

    images: tuple[ImageRef, ...]
    pairs: tuple[tuple[int, int], ...]
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """One verdict for each pair, in order."""

    verdicts: tuple[Verdict, ...]


VERIFY = Task("onecopy.verify.task:verify", VerifyArgs, VerifyResult)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureArgs:
    """A pair and what was found of it, to be drawn."""

    a: ImageRef
    b: ImageRef
    verdict: Verdict
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureResult:
    """A PNG: A, B laid on A, and the difference, side by side with the regions marked."""

    png: bytes


PICTURE = Task("onecopy.verify.picture:picture", PictureArgs, PictureResult)
"""Takes the files that the two references name."""
