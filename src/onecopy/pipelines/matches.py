"""What an upload's images have to do with other uploads, by all that is known today."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from onecopy.catalog import images, uploads, verdicts
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Relation, Verdict
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.gate.model import Match
from onecopy.pipelines.gate.reply import received
from onecopy.verify.interface import VERIFY_VERSION

MOST = 1000
"""Verdicts that are looked at, and matches that are listed, of one upload."""
_STRENGTH = tuple(Relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMatches:
    """One image of an upload, and what it is to images of other uploads, the strongest first."""

    image: StoredImage
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """All images of an upload. ``more``: there are more matches than are listed."""

    images: tuple[ImageMatches, ...]
    more: bool


def matches(connection: Connection, one: Occurrence, *, agency: str | None) -> Matches:
    """What an upload's images are to others, by their digests and by verdicts of their pixels.

    Nothing is compared for this. What policy and people made of it is not looked at either.

    Args:
        connection: Of any transaction.
        one: The upload.
        agency: Whose uploads are named; ``None`` for all.
    """
    own = list(images.of_contents(connection, [one.content or ""], features=False))
    pairs = sorted(_pairs(connection, own), key=_strength)
    holders: dict[str, list[Occurrence]] = {}
    for holder in uploads.held(connection, {pair.other.content for pair in pairs}, agency):
        if holder.id != one.id:
            holders.setdefault(holder.content or "", []).append(holder)
    found: dict[int, list[Match]] = {image.id: [] for image in own}
    listed = 0
    for pair in pairs:
        for holder in holders.get(pair.other.content, ()):
            if listed < MOST:
                found[pair.mine.id].append(_match(one, holder, pair))
            listed += 1
    return Matches(
        images=tuple(ImageMatches(image=image, matches=tuple(found[image.id])) for image in own),
        more=listed > MOST,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """An image of the upload, another, and what they are to each other; ``side`` is that of the upload."""

    mine: StoredImage
    other: StoredImage
    verdict: Verdict
    side: str = "a"


def _strength(pair: _Pair) -> tuple[int, float, int]:
    return _STRENGTH.index(pair.verdict.relation), -pair.verdict.confidence, pair.other.id


def _pairs(connection: Connection, own: Sequence[StoredImage]) -> Iterable[_Pair]:
    """What the pixels of an image showed holds for all that equal it by digest, on either side."""
    twins = _twins(connection, own)
    stand_in: dict[int, list[StoredImage]] = {}
    for image in own:
        for twin, _ in twins[image.id]:
            stand_in.setdefault(twin.id, []).append(image)
    known = list(verdicts.of_images(connection, stand_in, version=VERIFY_VERSION, most=MOST))
    others = images.by_ids(connection, {number for ids, _ in known for number in ids}, features=False)
    equal = _twins(connection, others.values())
    found: dict[tuple[int, int], _Pair] = {}
    for (a, b), verdict in known:
        for seen, beside, side in ((a, b, "a"), (b, a, "b")):
            for mine in stand_in.get(seen, ()):
                for other, _ in equal.get(beside, ()):
                    pair = _Pair(mine=mine, other=other, verdict=verdict, side=side)
                    found.setdefault((mine.id, other.id), pair)
    for mine in own:
        for other, verdict in twins[mine.id]:
            found[mine.id, other.id] = _Pair(mine=mine, other=other, verdict=verdict)
    return found.values()


def _twins(
    connection: Connection, some: Collection[StoredImage]
) -> dict[int, list[tuple[StoredImage, Verdict]]]:
    """By the number of each image: all that equal it by digest, itself included."""
    sharing: dict[str, dict[int, StoredImage]] = {}
    for image in images.equal(connection, [one.fingerprint for one in some], most=5 * MOST):
        for digest in images.digests(image.fingerprint):
            sharing.setdefault(digest, {})[image.id] = image
    found: dict[int, list[tuple[StoredImage, Verdict]]] = {}
    for one in some:
        near: dict[int, StoredImage] = {one.id: one}
        for digest in images.digests(one.fingerprint):
            near |= sharing.get(digest, {})
        verdict_of = ((other, by_digest(one.fingerprint, other.fingerprint)) for other in near.values())
        found[one.id] = [(other, verdict) for other, verdict in verdict_of if verdict is not None]
    return found


def _match(one: Occurrence, holder: Occurrence, pair: _Pair) -> Match:
    verdict = pair.verdict
    return Match(
        occurrence=received(holder),
        relation=verdict.relation,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
        upload=pair.side,
        inner=pair.mine.inner,
        occurrence_inner=pair.other.inner,
        agency=holder.agency if holder.agency != one.agency else None,
    )
