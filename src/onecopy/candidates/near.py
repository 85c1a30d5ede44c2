"""Near levels: what is stored and looks alike, by PDQ and by features. Owners are looks, not images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints, Words, paired, unpaired, words
from onecopy.candidates.counterparts import Layout
from onecopy.candidates.guesses import Guesses
from onecopy.candidates.hashes import HashIndex
from onecopy.candidates.hits import Hits
from onecopy.candidates.interface import REASONS, Settings
from onecopy.candidates.points import PointIndex
from onecopy.fingerprint.features import unpack
from onecopy.fingerprint.pdq import dihedral
from onecopy.model import Fingerprint, Print

PDQ, TRIMMED = REASONS.index("pdq"), REASONS.index("pdq-trimmed")

_ORIENTATIONS = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What near search knows of an image: hashes to ask with, and its key points.

    ``hashes`` has shape (n, 4): none; or the whole picture's in eight orientations (the first is the one that
    is stored); and then perhaps that of what is inside its border.
    """

    hashes: Words
    radii: Ints
    points: Layout
    token: int
    """Of the key points: says which of two looks is put first, whoever asks."""


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
    points = _points(features, complex(one.width, one.height), settings.points_per_image)
    return Look(words(b""), np.zeros(0, np.int64), points, _token(features))


def _token(features: bytes) -> int:
    return int.from_bytes(blake2b(features, digest_size=7).digest())


def look_by_hash(hashes: Words, radii: Ints) -> Look:
    """What asks by its hashes only."""
    none = np.zeros(0, np.complex64)
    return Look(hashes, radii, Layout(none, none, words(b""), 1 + 1j), 0)


def _points(features: bytes, frame: complex, most: int) -> Layout:
    found = unpack(features)
    frame /= abs(frame)
    places = found.places[:most] * np.array([frame.real, frame.imag], np.float32)
    x, y = places.T
    flat = (x + 1j * y).astype(np.complex64)
    return Layout(flat, found.arrows[:most], words(found.descriptors[:most]), frame)


class NearIndex:
    """Looks of owners (numbered 0, 1, 2 … as they are added). Not thread-safe by itself."""

    def __init__(self, settings: Settings, *, tail: int) -> None:
        self._settings = settings
        self._hashes = HashIndex(tail=tail)
        self._points = PointIndex(settings)

    def add(self, owner: int, look: Look) -> None:
        """Store a look."""
        for row, trimmed in ((0, False), (_ORIENTATIONS, True)):
            if row < len(look.hashes):
                self._hashes.add(owner, look.hashes[row], trimmed=trimmed, radius=int(look.radii[row]))
        self._points.add(owner, look.points, look.token)

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
            self._points.add_none(len(owners), _token(b""))

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
        hits = np.sort(paired(asker[met.asked], met.owner) << 20 | how)
        hits = hits[_begins(hits >> 20)]
        turned, mirrored = _inverse(hits & 15)
        return Hits(*unpaired(hits >> 20), hits >> 16 & 15, hits >> 4 & 0xFFF, turned, mirrored)

    def guesses(self, looks: Sequence[Look], own: Sequence[int]) -> Guesses:
        """How others lie on some looks by what key points match, but for look ``n`` not owner ``own[n]``."""
        return self._points.guesses([look.points for look in looks], [look.token for look in looks], own)

    def by_points(self, guesses: Guesses, looks: Sequence[Look]) -> Hits:
        """What of :meth:`guesses` all key points bear out."""
        return self._points.near(guesses, [look.points for look in looks])

    def guesses_among(self) -> Guesses:
        """How all stored looks lie on each other, each (as asker, by owner) with those stored before it."""
        return self._points.guesses_among()

    def points_among(self, guesses: Guesses) -> Hits:
        """What of :meth:`guesses_among` all key points bear out."""
        return self._points.near_among(guesses)


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
