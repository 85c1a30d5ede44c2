"""What an upload's images have to do with other uploads, by all that is known today."""

from collections.abc import Iterable, Iterator
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
    found_pairs = [*_by_pixels(connection, own), *_by_digest(connection, own)]
    pairs = list({(mine.id, other.id): (mine, other, one) for mine, other, one in found_pairs}.values())
    pairs.sort(key=lambda pair: (_STRENGTH.index(pair[2].relation), -pair[2].confidence))
    holders: dict[str, list[Occurrence]] = {}
    for holder in uploads.held(connection, {other.content for _, other, _ in pairs}, agency):
        if holder.id != one.id:
            holders.setdefault(holder.content or "", []).append(holder)
    found: dict[int, list[Match]] = {image.id: [] for image in own}
    listed = 0
    for mine, other, verdict in pairs:
        for holder in holders.get(other.content, ()):
            if listed < MOST:
                found[mine.id].append(_match(one, holder, mine, other, verdict))
            listed += 1
    return Matches(
        images=tuple(ImageMatches(image=image, matches=tuple(found[image.id])) for image in own),
        more=listed > MOST,
    )


Pair = tuple[StoredImage, StoredImage, Verdict]
"""An image of the upload, another, and what the two are to each other."""


def _by_digest(connection: Connection, own: Iterable[StoredImage]) -> Iterator[Pair]:
    mine = list(own)
    by_digests: dict[str, list[StoredImage]] = {}
    for image in images.equal(connection, [one.fingerprint for one in mine]):
        for digest in images.digests(image.fingerprint):
            by_digests.setdefault(digest, []).append(image)
    for one in mine:
        others = {
            other.id: other
            for digest in images.digests(one.fingerprint)
            for other in by_digests.get(digest, ())
        }
        for other in others.values():
            verdict = by_digest(one.fingerprint, other.fingerprint)
            if verdict is not None:
                yield one, other, verdict


def _by_pixels(connection: Connection, own: Iterable[StoredImage]) -> Iterator[Pair]:
    mine = {image.id: image for image in own}
    known = list(verdicts.of_images(connection, mine, version=VERIFY_VERSION, most=MOST))
    others = images.by_ids(connection, {number for ids, _ in known for number in ids}, features=False)
    for (a, b), verdict in known:
        for one, other in ((a, b), (b, a)):
            if one in mine and other in others:
                yield mine[one], others[other], verdict


def _match(
    one: Occurrence, holder: Occurrence, mine: StoredImage, other: StoredImage, verdict: Verdict
) -> Match:
    return Match(
        occurrence=received(holder),
        relation=verdict.relation,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
        upload="a" if verdicts.ordered(mine, other)[0] is mine else "b",
        inner=mine.inner,
        occurrence_inner=other.inner,
        agency=holder.agency if holder.agency != one.agency else None,
    )
