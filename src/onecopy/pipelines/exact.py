"""Verdicts for which no pixel was looked at: digests decide, or nothing could."""

from onecopy.model import Evidence, Fingerprint, Relation, Verdict
from onecopy.sandbox.interface import Failure
from onecopy.sayings import said, told

SAME_BYTES = Verdict(
    relation=Relation.SAME_BYTES,
    confidence=1.0,
    evidence=Evidence(method="digest", **told(said("equal-bytes"))),
)
SAME_DATA = Verdict(
    relation=Relation.SAME_DATA,
    confidence=1.0,
    evidence=Evidence(method="digest", **told(said("equal-data"))),
)


def by_digest(one: Fingerprint, other: Fingerprint) -> Verdict | None:
    """The verdict on two images by their digests, or ``None`` if only their pixels can tell.

    Equal image data is not enough: another orientation or colour profile shows it differently.
    """
    if one.sha256 == other.sha256:
        return SAME_BYTES
    if (one.orientation, one.profile_sha256) != (other.orientation, other.profile_sha256):
        return None
    same_data = one.image_data_sha256 is not None and one.image_data_sha256 == other.image_data_sha256
    same_pixels = one.pixels_sha256 is not None and one.pixels_sha256 == other.pixels_sha256
    return SAME_DATA if same_data or same_pixels else None


UNFINISHED = "unfinished"
"""The method of evidence where a comparison could not be made. Not to be stored: it is tried again."""


def unfinished(failure: Failure) -> Verdict:
    """The verdict where a comparison failed: it must neither link the two nor pass them as different."""
    why = said("not-comparable", code=failure.code, message=failure.message)
    evidence = Evidence(method=UNFINISHED, **told(why))
    return Verdict(relation=Relation.UNCLEAR, confidence=0.0, evidence=evidence)
