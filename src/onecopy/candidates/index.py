"""The candidate index: exact levels by digest, near levels by look; for the gate, one question at a time."""

from bisect import insort
from collections.abc import Iterator, Sequence
from threading import RLock

import numpy as np

from onecopy.candidates.bits import Ints
from onecopy.candidates.digests import DigestIndex, Keys, keys_of, look_of
from onecopy.candidates.hashes import TAIL
from onecopy.candidates.interface import REASONS, Settings
from onecopy.candidates.near import Hits, Look, NearIndex, look_at, strongest
from onecopy.model import Candidate, Fingerprint


class Index:
    """Implements :class:`onecopy.candidates.CandidateIndex` in memory.

    Images that are equal by digest and look exactly alike share one look, so ten thousand copies of a logo
    cost one search and are one near candidate (the lowest number).

    Args:
        settings: How far to reach.
        tail: Hashes that are compared one by one before they go into tables (answers are the same).
    """

    def __init__(self, settings: Settings | None = None, *, tail: int = TAIL) -> None:
        self.settings = settings or Settings()
        self._lock = RLock()
        self._digests = DigestIndex()
        self._near = NearIndex(self.settings, tail=tail)
        self._stored: dict[int, tuple[Keys, bytes]] = {}
        self._owners: dict[bytes, int] = {}
        self._images: dict[int, list[int]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._stored)

    def add(self, image: int, fingerprint: Fingerprint) -> None:
        """Store an image under the caller's number. Adding a number again replaces it."""
        self.store(image, fingerprint)

    def store(self, image: int, fingerprint: Fingerprint) -> tuple[int, Look | None]:
        """As :meth:`add`; returns the owner of its look, and the look where it is new."""
        keys, name = keys_of(fingerprint), look_of(fingerprint)
        with self._lock:
            self.remove(image)
            self._stored[image] = (keys, name)
            self._digests.add(image, keys)
            look = None
            if name not in self._owners:
                self._owners[name] = self._next
                self._images[self._next] = []
                look = look_at(fingerprint, self.settings)
                self._near.add(self._next, look)
                self._next += 1
            owner = self._owners[name]
            insort(self._images[owner], image)
            return owner, look

    def remove(self, image: int) -> None:
        """Forget an image; an unknown number is no error."""
        with self._lock:
            if image not in self._stored:
                return
            keys, name = self._stored.pop(image)
            self._digests.remove(image, keys)
            owner = self._owners[name]
            self._images[owner].remove(image)
            if not self._images[owner]:
                del self._images[owner], self._owners[name]
                self._near.remove(owner)

    def query(self, fingerprint: Fingerprint, limit: int = 64) -> list[Candidate]:
        """What is stored and worth verifying, strongest first, ties by number."""
        keys, name, look = keys_of(fingerprint), look_of(fingerprint), look_at(fingerprint, self.settings)
        with self._lock:
            equal = self._digests.equal(keys)
            by_hash, by_points = self.near([look], [self._owners.get(name, -1)])
            by_hash = strongest(by_hash, self._first(by_hash), self.settings.per_image)
            by_points = strongest(by_points, self._first(by_points), self.settings.features_per_image)
            exact = [Candidate(image=image, reason=reason) for image, reason in equal.items()]
            hashes, points = (
                sorted((one for one in self._candidates(hits) if one.image not in equal), key=_strength)
                for hits in (by_hash, by_points)
            )
        # Features find what PDQ cannot, so a flood of the one does not take the other's place.
        near = hashes[: max(0, limit - len(exact) - len(points))] + points
        return (exact + near)[:limit]

    def alike(self, image: int) -> list[int]:
        """All images that share a stored one's look, itself among them, by number; none if it is unknown."""
        with self._lock:
            if image not in self._stored:
                return []
            return list(self._images[self._owners[self._stored[image][1]]])

    def equal_pairs(self) -> Iterator[tuple[int, int, str]]:
        """Each image with the first that equals it by digest: (first, image, strongest reason)."""
        with self._lock:
            for image in sorted(self._stored):
                best: dict[int, str] = {}
                for first, level in self._digests.first(self._stored[image][0]):
                    best.setdefault(first, level)
                yield from ((first, image, level) for first, level in best.items() if first != image)

    def first_images(self) -> Ints:
        """The first image of each owner, by owner; -1 where there is none any more."""
        first = np.full(self._next, -1, np.int64)
        for owner, images in self._images.items():
            first[owner] = images[0]
        return first

    def near(self, looks: Sequence[Look], own: Sequence[int]) -> tuple[Hits, Hits]:
        """All hits by hash, and all by points that are none by hash. Callers hold the lock.

        Look ``n`` is that of owner ``own[n]`` (-1 if not stored), which is not among its hits.
        """
        hashes = self.by_hash(looks, own)
        return hashes, beyond(hashes, self._near.by_points(looks, own))

    def by_hash(self, looks: Sequence[Look], own: Sequence[int]) -> Hits:
        """All hits by hash, as for :meth:`near`."""
        hashes = self._near.by_hash(looks)
        return hashes.take(hashes.owner != np.array(own, np.int64)[hashes.asker])

    def points_among(self) -> Hits:
        """All hits by points between owners, each with those before it (:meth:`NearIndex.points_among`)."""
        return self._near.points_among()

    def _first(self, hits: Hits) -> Ints:
        return np.array([self._images[owner][0] for owner in hits.owner.tolist()], np.int64)

    def _candidates(self, hits: Hits) -> list[Candidate]:
        rows = zip(
            self._first(hits).tolist(),
            hits.reason.tolist(),
            hits.distance.tolist(),
            hits.turned.tolist(),
            hits.mirrored.tolist(),
            strict=True,
        )
        return [
            Candidate(image=i, reason=REASONS[r], distance=d, turned=t, mirrored=bool(m))
            for i, r, d, t, m in rows
        ]


def beyond(hashes: Hits, points: Hits) -> Hits:
    """Hits by points that are none by hash. Those come in ascending order of asker and owner."""
    known, asked = _pair_key(hashes), _pair_key(points)
    at = np.minimum(np.searchsorted(known, asked), max(0, len(known) - 1))
    return points if not len(known) else points.take(known[at] != asked)


def _strength(one: Candidate) -> tuple[int, int, int]:
    return REASONS.index(one.reason), one.distance, one.image


def _pair_key(hits: Hits) -> Ints:
    return np.asarray(hits.asker << 31 | hits.owner)
