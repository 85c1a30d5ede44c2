"""The candidate index: exact levels by digest, near levels by look; for the gate, one question at a time."""

from collections.abc import Iterable, Sequence
from itertools import islice
from threading import RLock

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints, paired
from onecopy.candidates.digests import LEVELS, DigestIndex, keys_of, look_of
from onecopy.candidates.growing import Gone, Growing
from onecopy.candidates.guesses import Guesses
from onecopy.candidates.hashes import TAIL
from onecopy.candidates.hits import Hits, strongest
from onecopy.candidates.holders import Holders
from onecopy.candidates.interface import REASONS, Settings
from onecopy.candidates.lookup import Lookup, packed
from onecopy.candidates.near import Look, NearIndex, look_at
from onecopy.model import Candidate, Fingerprint, Print

_TOGETHER = 1 << 14
"""Images that are laid out at once."""
_FEW = 16
"""Fewer than this are quicker laid out one by one."""


class Index:
    """Implements :class:`onecopy.candidates.CandidateIndex` in memory.

    Images that are equal by digest and look exactly alike share one look, so ten thousand copies of a logo
    cost one search and are one near candidate (the lowest number). Each image that is added is an entry: a
    number that is never used twice, also where the image's own is.

    Args:
        settings: How far to reach.
        tail: Hashes that are compared one by one before they go into tables (answers are the same).
    """

    def __init__(self, settings: Settings | None = None, *, tail: int = TAIL) -> None:
        self.settings = settings or Settings()
        self._lock = RLock()
        self._digests = DigestIndex()
        self._near = NearIndex(self.settings, tail=tail)
        self._holders = Holders()
        self._entries = Lookup()
        self._image: Growing[np.int64] = Growing(np.int64)
        self._look: Growing[np.int32] = Growing(np.int32)
        self._gone = Gone()

    def __len__(self) -> int:
        return len(self._image) - self._gone.since

    def add(self, image: int, fingerprint: Fingerprint | Print) -> None:
        """Store an image under the caller's number. Adding a number again replaces it."""
        self.store(image, fingerprint)

    def store(self, image: int, fingerprint: Fingerprint | Print) -> tuple[int, Look | None]:
        """As :meth:`add`; returns the number of its look, and the look where it is new."""
        keys = keys_of(fingerprint)
        with self._lock:
            self.remove(image)
            number, new = self._holders.add(look_of(fingerprint, keys[-1]), image)
            look = look_at(fingerprint, self.settings) if new else None
            if look is not None:
                self._near.add(number, look)
            entry = len(self._image)
            self._digests.add(entry, keys)
            self._entries.add(_key(image), entry)
            self._image.add(np.array([image]))
            self._look.add(np.array([number]))
            return number, look

    def add_all(self, images: Iterable[tuple[int, Fingerprint | Print]]) -> None:
        """As :meth:`add`, one after the other; several times faster where they are many."""
        rest = iter(images)
        while portion := dict(islice(rest, _TOGETHER)):
            if len(portion) < _FEW:
                for image, one in portion.items():
                    self.add(image, one)
                continue
            self._add_portion(np.array(list(portion), np.int64), list(portion.values()))

    def _add_portion(self, images: Ints, found: Sequence[Fingerprint | Print]) -> None:
        keys = [keys_of(one) for one in found]
        names = packed(look_of(one, mine[-1]) for one, mine in zip(found, keys, strict=True))
        with self._lock:
            for entry in self._entries.get_all(_keys(images))[1].tolist():
                self._remove(entry)
            looks, new = self._holders.add_all(names, images)
            self._near.add_all(looks[new], [found[at] for at in new.tolist()])
            entries = len(self._image) + np.arange(len(images))
            self._digests.add_all(entries, keys)
            self._entries.add_all(_keys(images), entries)
            self._image.add(images)
            self._look.add(looks)

    def remove(self, image: int) -> None:
        """Forget an image; an unknown number is no error."""
        with self._lock:
            for entry in self._entries.get(_key(image)):
                self._remove(entry)

    def _remove(self, entry: int) -> None:
        if self._gone.of(np.array([entry])):
            return
        self._gone.add(entry)
        look = int(self._look.rows[entry])
        if self._holders.remove(look, int(self._image.rows[entry])):
            self._near.remove(look)

    def query(self, fingerprint: Fingerprint, limit: int = 64) -> list[Candidate]:
        """What is stored and worth verifying, strongest first, ties by number."""
        keys, look = keys_of(fingerprint), look_at(fingerprint, self.settings)
        name = look_of(fingerprint, keys[-1])
        with self._lock:
            equal = self._equal(keys)
            by_hash, by_points = self.near([look], [self._holders.get(name)])
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

    def _equal(self, keys: Sequence[bytes]) -> dict[int, str]:
        """Images that share a key, each with its strongest level; by level, then by number."""
        found: dict[int, str] = {}
        for level, entries in zip(LEVELS, self._digests.equal(keys), strict=False):
            if entries:
                for image in sorted(self._images(np.array(entries, np.int64)).tolist()):
                    found.setdefault(image, level)
        return found

    def _images(self, entries: Ints) -> Ints:
        return self._image.rows[entries[~self._gone.of(entries)]]

    def alike(self, image: int) -> list[int]:
        """All images that share a stored one's look, itself among them, by number; none if it is unknown."""
        with self._lock:
            for entry in self._entries.get(_key(image)):
                if not self._gone.of(np.array([entry])):
                    return self._holders.of(int(self._look.rows[entry]))
            return []

    def equal_pairs(self) -> npt.NDArray[np.int64]:
        """Each image with the first that equals it by digest: first, image, place of the strongest reason."""
        with self._lock:
            found = [_with_first(*self._there(*group), place) for place, group in enumerate(self._groups())]
        pairs = np.concatenate(found)
        pairs = pairs[np.lexsort(pairs.T[::-1])]
        begins = np.ones(len(pairs), np.bool_)
        begins[1:] = (pairs[1:, :2] != pairs[:-1, :2]).any(axis=1)
        return np.asarray(pairs[begins])

    def _groups(self) -> list[tuple[Ints, Ints]]:
        return self._digests.groups()

    def _there(self, entries: Ints, group: Ints) -> tuple[Ints, Ints]:
        there = ~self._gone.of(entries)
        return self._image.rows[entries[there]], group[there]

    def first_images(self) -> Ints:
        """The first image of each look, by number of the look; -1 where there is none any more."""
        return self._holders.first

    def near(self, looks: Sequence[Look], own: Sequence[int]) -> tuple[Hits, Hits]:
        """All hits by hash, and all by points that are none by hash. Callers hold the lock.

        Look ``n`` is that of owner ``own[n]`` (-1 if not stored), which is not among its hits.
        """
        hashes = self.by_hash(looks, own)
        return hashes, self._near.by_points(beyond(hashes, self._near.guesses(looks, own)), looks)

    def by_hash(self, looks: Sequence[Look], own: Sequence[int]) -> Hits:
        """All hits by hash, as for :meth:`near`."""
        hashes = self._near.by_hash(looks)
        return hashes.take(hashes.owner != np.array(own, np.int64)[hashes.asker])

    def guesses_among(self) -> Guesses:
        """How owners may lie on each other, each with those before it (:meth:`NearIndex.guesses_among`)."""
        return self._near.guesses_among()

    def points_among(self, guesses: Guesses) -> Hits:
        """All hits by points among some of these guesses."""
        return self._near.points_among(guesses)

    def _first(self, hits: Hits) -> Ints:
        return self._holders.first[hits.owner]

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


def _key(image: int) -> bytes:
    return _keys(np.array([image])).tobytes()


def _keys(images: Ints) -> npt.NDArray[np.uint64]:
    return np.stack([images.astype(np.uint64), np.zeros(len(images), np.uint64)], axis=1)


def _with_first(images: Ints, group: Ints, level: int) -> npt.NDArray[np.int64]:
    """Images with the lowest of their group, and a level, one a row; the lowest itself is left out."""
    order = np.lexsort((images, group))
    images, group = images[order], group[order]
    first = images[np.searchsorted(group, group)]
    rows = np.stack([first, images, np.full(len(images), level)], axis=1)
    return np.asarray(rows[first != images])


def beyond(hashes: Hits, guesses: Guesses) -> Guesses:
    """Guesses about pairs that are no hits by hash. Those come in ascending order of asker and owner."""
    known, asked = paired(hashes.asker, hashes.owner), paired(guesses.asker, guesses.owner)
    at = np.minimum(np.searchsorted(known, asked), max(0, len(known) - 1))
    return guesses if not len(known) else guesses.take(known[at] != asked)


def _strength(one: Candidate) -> tuple[int, int, int]:
    return REASONS.index(one.reason), one.distance, one.image
