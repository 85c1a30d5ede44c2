"""Near levels: what is stored and looks alike, by PDQ and by features. Owners are looks, not images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Self

import numpy as np
import numpy.typing as npt

from onecopy.candidates.agreement import Places, agreement
from onecopy.candidates.bits import Ints, Words, words
from onecopy.candidates.descriptors import DescriptorIndex, Descriptors, Matches
from onecopy.candidates.growing import Growing
from onecopy.candidates.hashes import HashIndex
from onecopy.candidates.interface import REASONS, Settings
from onecopy.fingerprint.features import unpack
from onecopy.fingerprint.pdq import dihedral
from onecopy.model import Fingerprint, Print

PDQ, TRIMMED, FEATURES = (REASONS.index(name) for name in ("pdq", "pdq-trimmed", "features"))

_ORIENTATIONS = 8
_OWNER = 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Look:
    """What near search knows of an image: hashes to ask with, and its key points.

    ``hashes`` has shape (n, 4): none; or the whole picture's in eight orientations (the first is the one that
    is stored); and then perhaps that of what is inside its border.
    """

    hashes: Words
    radii: Ints
    descriptors: Descriptors
    places: Places
    token: int
    """Of the key points: says which of two looks is put first, whoever asks."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Stored looks worth verifying, one a row; columns as in :class:`onecopy.candidates.Pair`, asker as A."""

    asker: Ints
    owner: Ints
    reason: Ints
    """Place in ``REASONS``."""
    distance: Ints
    turned: Ints
    mirrored: Ints

    @classmethod
    def none(cls) -> Self:
        """No hits."""
        return cls(*(np.zeros(0, np.int64) for _ in range(6)))

    def take(self, rows: Ints | npt.NDArray[np.bool_] | slice) -> "Hits":
        """Some rows, in the order asked for."""
        return Hits(*(column[rows] for column in self.columns()))

    def since(self, first: int) -> "Hits":
        """The same with askers counted from ``first`` on."""
        return replace(self, asker=self.asker - first)

    def columns(self) -> tuple[Ints, ...]:
        """All columns, in order of definition."""
        return self.asker, self.owner, self.reason, self.distance, self.turned, self.mirrored


def look_at(one: Fingerprint | Print, settings: Settings) -> Look:
    """Lay out a fingerprint for searching; an unmatchable image has nothing to search by."""
    look = _look_by_points(one, settings)
    if one.unmatchable is not None or one.pdq is None:
        return look
    hashes = list(dihedral(one.pdq, one.pdq_turned))
    reach = int(_reach(np.array(one.pdq_quality), settings))
    radii = [min(reach, settings.pdq_radius)] + [min(reach, settings.turned_radius)] * (_ORIENTATIONS - 1)
    if one.pdq_trimmed is not None:
        hashes.append(one.pdq_trimmed)
        radii.append(radii[0])
    return replace(look, hashes=words(b"".join(hashes)), radii=np.array(radii, np.int64))


def _reach(quality: Ints, settings: Settings) -> Ints:
    """Within how many bits pictures are searched at most: PDQ of a low quality says little."""
    most = max(settings.pdq_radius, settings.turned_radius)
    return np.where(quality < settings.low_quality, settings.low_quality_radius, most)


def _look_by_points(one: Fingerprint | Print, settings: Settings) -> Look:
    features = b"" if one.unmatchable is not None else one.features
    descriptors, places = _points(features, one.width, one.height)
    most = settings.points_per_image
    return Look(words(b""), np.zeros(0, np.int64), descriptors[:most], places[:most], _token(features))


def _token(features: bytes) -> int:
    return int.from_bytes(blake2b(features, digest_size=7).digest())


def look_by_hash(hashes: Words, radii: Ints) -> Look:
    """What asks by its hashes only."""
    return Look(hashes, radii, *_points(b"", 1, 1), 0)


def _points(features: bytes, width: int, height: int) -> tuple[Descriptors, Places]:
    places, descriptors = unpack(features)
    x, y = (places * np.array([width, height]) / np.hypot(width, height)).T
    return descriptors, (x + 1j * y).astype(np.complex64)


class NearIndex:
    """Looks of owners (numbered 0, 1, 2 … as they are added). Not thread-safe by itself."""

    def __init__(self, settings: Settings, *, tail: int) -> None:
        self._settings = settings
        self._hashes = HashIndex(tail=tail)
        self._points = DescriptorIndex()
        self._tokens: Growing[np.int64] = Growing(np.int64)

    def add(self, owner: int, look: Look) -> None:
        """Store a look."""
        for row, trimmed in ((0, False), (_ORIENTATIONS, True)):
            if row < len(look.hashes):
                self._hashes.add(owner, look.hashes[row], trimmed=trimmed, radius=int(look.radii[row]))
        self._points.add(owner, look.descriptors, look.places)
        self._tokens.add(np.array([look.token]))

    def add_all(self, owners: Ints, prints: Sequence[Fingerprint | Print]) -> None:
        """Store the looks of many images, as :meth:`add` does, but nothing is laid out to ask with."""
        reach = _reach(np.array([one.pdq_quality for one in prints], np.int64), self._settings)
        radii = np.minimum(reach, self._settings.pdq_radius)
        for hashes, trimmed in (
            ([None if one.unmatchable else one.pdq for one in prints], False),
            ([None if one.unmatchable or not one.pdq else one.pdq_trimmed for one in prints], True),
        ):
            there = np.array([one is not None for one in hashes], np.bool_)
            found = words(b"".join(one for one in hashes if one is not None))
            self._hashes.add_all(owners[there], found, radii[there], trimmed=trimmed)
        if self._settings.points_per_image and any(one.features for one in prints):
            for owner, one in zip(owners.tolist(), prints, strict=True):
                self.add(owner, _look_by_points(one, self._settings))
        else:
            self._tokens.add(np.full(len(owners), _token(b"")))

    def remove(self, owner: int) -> None:
        """Forget a look."""
        self._hashes.remove(owner)
        self._points.remove(owner)

    def by_hash(self, looks: Sequence[Look]) -> Hits:
        """Everything within the radius, once for each look that asks, ascending by asker and owner."""
        asked = [np.stack([np.full(len(x.radii), n), np.arange(len(x.radii))]) for n, x in enumerate(looks)]
        asker, orientation = np.concatenate([*asked, np.zeros((2, 0), np.int64)], axis=1)
        hashes = np.concatenate([*(look.hashes for look in looks), words(b"")])
        radii = np.concatenate([*(look.radii for look in looks), np.zeros(0, np.int64)])
        met = self._hashes.near(hashes, radii)
        orientation = orientation[met.asked]
        reason = np.where(met.trimmed | (orientation == _ORIENTATIONS), TRIMMED, PDQ)
        # One hit an owner: whole pictures before trimmed ones, then the nearest, then the least turned. All
        # in one number each, because sorting those is several times faster than sorting by columns.
        how = reason << 16 | met.distance << 4 | orientation
        hits = np.sort((asker[met.asked] << 31 | met.owner) << 20 | how)
        hits = hits[_begins(hits >> 20)]
        turned, mirrored = _inverse(hits & 15)
        return Hits(hits >> 51, hits >> 20 & _OWNER, hits >> 16 & 15, hits >> 4 & 0xFFF, turned, mirrored)

    def by_points(self, looks: Sequence[Look], own: Sequence[int]) -> Hits:
        """Everything whose key points match and lie alike, but for look ``n`` not owner ``own[n]``."""
        sizes = [len(look.places) for look in looks]
        descriptors = np.concatenate([look.descriptors for look in looks])
        here = np.concatenate([look.places for look in looks])
        met = self._points.matches(descriptors, np.repeat(np.array(own, np.int64), sizes))
        asker = np.repeat(np.arange(len(looks)), sizes)[met.asked]
        tokens = np.array([look.token for look in looks], np.int64)
        return self._voted(met, asker, here[met.asked], tokens)

    def points_among(self) -> Hits:
        """The same of all stored looks, each (as asker, by owner) with those stored before it; by asker."""
        found = [Hits.none()]
        for met in self._points.among():
            asker = self._points.owners[met.asked].astype(np.int64)
            found.append(self._voted(met, asker, self._points.places[met.asked], self._tokens.rows))
        columns = zip(*(hits.columns() for hits in found), strict=True)
        return Hits(*(np.concatenate(column) for column in columns))

    def _voted(self, met: Matches, asker: Ints, here: Places, tokens: Ints) -> Hits:
        """Pairs whose matches agree; ``asker`` and ``here`` are of each match, ``tokens`` of each asker."""
        pairs, group, counts = np.unique(asker << 31 | met.owner, return_inverse=True, return_counts=True)
        votes = self._settings.votes
        many = (counts >= votes)[group]
        pairs, group = np.unique(pairs[group[many]], return_inverse=True)
        first, second = here[many], self._points.places[met.row[many]]
        # A vote may hang on who comes first; so that is settled by what the two are, not by who asks.
        swapped = tokens[pairs >> 31] > self._tokens.rows[pairs & _OWNER]
        first, second = np.where(swapped[group], (second, first), (first, second))
        alike = agreement(group, first, second, met.distance[many], groups=len(pairs), least=votes)
        needed = np.maximum(votes, self._settings.share_of_votes * alike.matches)
        found = np.flatnonzero(alike.votes >= needed)
        turn = np.where(swapped, alike.turn, -alike.turn)[found]
        turned = np.rint(np.degrees(turn) / 90).astype(np.int64) * 90 % 360
        same = np.full(len(found), FEATURES)
        return Hits(
            pairs[found] >> 31,
            pairs[found] & _OWNER,
            same,
            -alike.votes[found],
            turned,
            np.zeros_like(same),
        )


def strongest(hits: Hits, image: Ints, most: int) -> Hits:
    """At most so many hits of each asker: the least distance, ties by the number of the image (one a hit)."""
    # First whatever is farther than the last that can be kept, because sorting a whole crowd takes long.
    least = hits.distance.min(initial=0)
    span = int(hits.distance.max(initial=0) - least) + 1
    askers = int(hits.asker.max(initial=0)) + 1
    seen = np.bincount(hits.asker * span + hits.distance - least, minlength=askers * span)
    farthest = (seen.reshape(askers, span).cumsum(axis=1) < most).sum(axis=1)
    rows = np.flatnonzero(hits.distance - least <= farthest[hits.asker])
    order = rows[np.lexsort((image[rows], hits.distance[rows], hits.asker[rows]))]
    asker = hits.asker[order]
    rank = np.arange(len(order)) - np.searchsorted(asker, asker)
    return hits.take(order[rank < most])


def _begins(ordered: Ints) -> npt.NDArray[np.bool_]:
    """Where a run of equal numbers begins."""
    begins = np.ones(len(ordered), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    return begins


def _inverse(orientation: Ints) -> tuple[Ints, Ints]:
    """How a stored image must lie when the asker's in this orientation is like it: turned, mirrored.

    Turning is undone by turning back; mirroring and then turning is its own inverse.
    """
    mirrored = (orientation >= 4) & (orientation < _ORIENTATIONS)
    quarters = orientation % 4
    return np.where(mirrored, quarters, -quarters) * 90 % 360, mirrored.astype(np.int64)
