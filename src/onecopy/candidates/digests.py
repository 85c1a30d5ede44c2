"""Exact levels: which stored images share bytes, image data or pixels with another."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from onecopy.candidates.bits import Ints
from onecopy.candidates.lookup import KEY, Keys, Lookup, packed
from onecopy.model import Fingerprint, Print

LEVELS = ("bytes", "data", "pixels")


def keys_of(one: Fingerprint | Print) -> tuple[bytes, ...]:
    """One key a level, strongest first (16 bytes; the pixels' is missing where they were not digested).

    Image data and pixels look alike only under the same orientation and colour profile.
    """
    context = _context(one.orientation, one.profile_sha256)
    keys = [_end(one.sha256), _mixed(one.image_data_hint, context)]
    if one.pixels_sha256 is not None:
        keys.append(_mixed(one.pixels_sha256, context))
    return tuple(keys)


def look_of(one: Fingerprint | Print, last: bytes) -> bytes:
    """A key that two images share only if equal by digest *and* alike in all that near search looks at.

    Args:
        one: The image.
        last: Its key of the last level that it has.
    """
    pdq, turned, trimmed = one.pdq or b"", one.pdq_turned or b"", one.pdq_trimmed or b""
    sizes = b"%d %d %d %d %d" % (one.width, one.height, len(pdq), len(turned), len(trimmed))
    parts = (sizes, last, pdq, turned, trimmed, one.features)
    return blake2b(b"".join(parts), digest_size=KEY).digest()


class DigestIndex:
    """Entries (numbers that are never used twice) by the keys of all levels. Not thread-safe by itself."""

    def __init__(self) -> None:
        self._levels = tuple(Lookup() for _ in LEVELS)

    def add(self, entry: int, keys: Sequence[bytes]) -> None:
        """Store an entry."""
        for level, key in zip(self._levels, keys, strict=False):
            level.add(key, entry)

    def add_all(self, entries: Ints, keys: Sequence[Sequence[bytes]]) -> None:
        """Store many entries, each with its keys."""
        for place, level in enumerate(self._levels):
            there = np.array([place < len(one) for one in keys], np.bool_)
            level.add_all(packed(one[place] for one in keys if place < len(one)), entries[there])

    def equal(self, keys: Sequence[bytes]) -> list[list[int]]:
        """The entries that share a key, by level."""
        return [level.get(key) for level, key in zip(self._levels, keys, strict=False)]

    def groups(self) -> list[tuple[Ints, Ints]]:
        """For each level the entries that are stored, and a number that those share that share a key."""
        return [_grouped(*level.all()) for level in self._levels]


def _grouped(keys: Keys, entries: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    keys = keys[order]
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    return entries[order], np.cumsum(begins)


def _end(digest: str) -> bytes:
    return bytes.fromhex(digest[-2 * KEY :])


def _mixed(digest: str, context: int) -> bytes:
    return (int(digest[-2 * KEY :], 16) ^ context).to_bytes(KEY)


@lru_cache(maxsize=1024)
def _context(orientation: int, profile: str | None) -> int:
    digest = blake2b(f"{orientation} {profile}".encode(), digest_size=KEY)
    return int.from_bytes(digest.digest())
