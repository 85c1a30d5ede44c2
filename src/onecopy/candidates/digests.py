"""Exact levels: which stored images share bytes, image data or pixels with another."""

from bisect import insort
from collections.abc import Iterator
from hashlib import blake2b

from onecopy.model import Fingerprint

LEVELS = ("bytes", "data", "pixels")

Keys = tuple[bytes, ...]


def keys_of(fingerprint: Fingerprint) -> Keys:
    """One key a level, strongest first (16 bytes; the pixels' is missing where they were not digested).

    Image data and pixels look alike only under the same orientation and colour profile.
    """
    context = f"{fingerprint.orientation} {fingerprint.profile_sha256}"
    keys = [_key("bytes", fingerprint.sha256), _key("data", fingerprint.image_data_hint, context)]
    if fingerprint.pixels_sha256 is not None:
        keys.append(_key("pixels", fingerprint.pixels_sha256, context))
    return tuple(keys)


def look_of(fingerprint: Fingerprint) -> bytes:
    """A key that two images share only if equal by digest *and* alike in all that near search looks at."""
    hashes = (fingerprint.pdq, fingerprint.pdq_turned, fingerprint.pdq_trimmed)
    digest = blake2b(repr((fingerprint.width, fingerprint.height, hashes)).encode(), digest_size=16)
    digest.update(keys_of(fingerprint)[-1])
    digest.update(fingerprint.features)
    return digest.digest()


class DigestIndex:
    """Images by the keys of all levels. Not thread-safe by itself."""

    def __init__(self) -> None:
        self._images: dict[bytes, list[int]] = {}

    def add(self, image: int, keys: Keys) -> None:
        """Store an image."""
        for key in keys:
            insort(self._images.setdefault(key, []), image)

    def remove(self, image: int, keys: Keys) -> None:
        """Forget an image that was added with these keys."""
        for key in keys:
            self._images[key].remove(image)
            if not self._images[key]:
                del self._images[key]

    def equal(self, keys: Keys) -> dict[int, str]:
        """Images that share a key, each with its strongest level; by level, then by number."""
        found: dict[int, str] = {}
        for level, key in zip(LEVELS, keys, strict=False):
            for image in self._images.get(key, ()):
                found.setdefault(image, level)
        return found

    def first(self, keys: Keys) -> Iterator[tuple[int, str]]:
        """For each level the lowest number that shares its key."""
        for level, key in zip(LEVELS, keys, strict=False):
            if key in self._images:
                yield self._images[key][0], level


def _key(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode(), digest_size=16).digest()
