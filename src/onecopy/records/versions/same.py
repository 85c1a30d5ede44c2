"""Which images of a case are one: equal by digest, or found to be the same image by their pixels.

As everywhere a group is a star around the one that is kept: what was only ever compared with a third one
counts if that is sure to be the same as both, and never against a comparison that showed a difference.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from onecopy.catalog.images import StoredImage
from onecopy.model import LINKABLE, Evidence, Fingerprint, Relation, Verdict
from onecopy.policy.keep import contender
from onecopy.policy.rules import SURE
from onecopy.records.groups import Group, Pair, arrange
from onecopy.records.versions.model import Ties

__all__ = ["SURE", "digests", "fold", "groups"]

_SEEN = Evidence(method="seen")


def digests(fingerprint: Fingerprint) -> Iterator[tuple[str | int | None, ...]]:
    """What two images must share one of to be equal without a look at their pixels."""
    yield ("bytes", fingerprint.sha256)
    shown = (fingerprint.orientation, fingerprint.profile_sha256)
    if fingerprint.image_data_sha256 is not None:
        yield ("data", *shown, fingerprint.image_data_sha256)
    if fingerprint.pixels_sha256 is not None:
        yield ("pixels", *shown, fingerprint.pixels_sha256)


def fold(images: Mapping[int, StoredImage], ties: Ties) -> dict[int, int]:
    """For every image the one that stands for all that are the same; for one that is alone, itself."""
    kept = {number: number for number in images}
    for group in groups(images, ties):
        kept |= {number: group.keep for number, _ in group.members}
    return kept


def groups(
    images: Mapping[int, StoredImage], ties: Ties, seen_at: Mapping[int, float] | None = None
) -> tuple[Group, ...]:
    """Images that are one, each group with the one to keep.

    Args:
        images: By number.
        ties: What was seen of them; other relations than those that link tell images apart.
        seen_at: When each came first, in seconds since 1970.
    """
    contenders = {
        number: contender(
            image.fingerprint, f"{image.content}{image.inner}", seen_at=(seen_at or {}).get(number)
        )
        for number, image in images.items()
    }
    verdicts = {pair: _verdict(tie.relation, tie.confidence) for pair, tie in ties.items()}
    verdicts |= {pair: _verdict(Relation.SAME_DATA, 1.0) for pair in _equal(images)}
    while True:
        found = arrange(contenders, verdicts)
        if not found.missing:
            return found.groups
        linked = _linked(verdicts)
        for pair in found.missing:
            same = linked[pair[0]] & linked[pair[1]]
            verdicts[pair] = _verdict(Relation.SAME_IMAGE, SURE) if same else _verdict(Relation.UNCLEAR, 0.0)


def _verdict(relation: Relation, confidence: float) -> Verdict:
    return Verdict(relation=relation, confidence=confidence, evidence=_SEEN)


def _equal(images: Mapping[int, StoredImage]) -> Iterator[Pair]:
    """Each image beside the first one that it equals."""
    first: dict[object, int] = {}
    for number in sorted(images):
        for key in digests(images[number].fingerprint):
            other = first.setdefault(key, number)
            if other != number:
                yield other, number


def _linked(verdicts: Mapping[Pair, Verdict]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for (a, b), one in verdicts.items():
        if one.relation in LINKABLE and one.confidence >= SURE:
            found[a].add(b)
            found[b].add(a)
    return found
