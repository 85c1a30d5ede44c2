"""Numbers by key in 20 or 24 bytes each: arrays in the order of keys, and a dictionary for what came last."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints, spread

KEY = 16
"""Bytes of a key. Keys must differ in their first eight as a rule: digests do."""

Keys = npt.NDArray[np.uint64]
"""Keys as two words each, shape (n, 2)."""

_RECENT = 4096
"""Keys that may wait in the dictionary; beyond a sixteenth of all there are more."""
_SHARE = 16


def packed(keys: Iterable[bytes]) -> Keys:
    """Keys of 16 bytes as words."""
    return np.frombuffer(b"".join(keys), np.uint64).reshape(-1, 2)


class Lookup:
    """Numbers by key; a key may have several. Nothing is ever taken out. Not thread-safe by itself."""

    def __init__(self, kind: type[np.int32] | type[np.int64] = np.int32) -> None:
        """Make an empty one for numbers of a kind."""
        self._keys: Keys = np.zeros((0, 2), np.uint64)
        self._numbers: npt.NDArray[np.int32 | np.int64] = np.zeros(0, kind)
        self._recent: dict[bytes, list[int]] = {}
        self._waiting = 0

    def add(self, key: bytes, number: int) -> None:
        """Add one."""
        self._recent.setdefault(key, []).append(number)
        self._waiting += 1
        if self._waiting > max(_RECENT, len(self._numbers) // _SHARE):
            self._settle()

    def add_all(self, keys: Keys, numbers: Ints) -> None:
        """Add many: shapes (n, 2) and (n,)."""
        self._settle(_RECENT)
        self._merge(keys, numbers)

    def get(self, key: bytes) -> list[int]:
        """The numbers of a key, in no order."""
        asked = np.frombuffer(key, np.uint64)
        first, last = np.searchsorted(self._keys[:, 0], asked[0]), 0
        found: list[int] = []
        if first < len(self._keys) and self._keys[first, 0] == asked[0]:
            last = int(np.searchsorted(self._keys[:, 0], asked[0], "right"))
            found = self._numbers[first:last][self._keys[first:last, 1] == asked[1]].tolist()
        return found + self._recent.get(key, [])

    def get_all(self, keys: Keys) -> tuple[Ints, Ints]:
        """The numbers of many keys: which key (its place), and the number."""
        self._settle()
        first = np.searchsorted(self._keys[:, 0], keys[:, 0])
        counts = np.searchsorted(self._keys[:, 0], keys[:, 0], "right") - first
        which, place = spread(first, counts)
        same = self._keys[place, 1] == keys[which, 1]
        return which[same], self._numbers[place[same]].astype(np.int64)

    def all(self) -> tuple[Keys, Ints]:
        """All keys and their numbers, in ascending order of the first word."""
        self._settle()
        return self._keys, self._numbers.astype(np.int64)

    def _settle(self, most: int = 0) -> None:
        """Put what waits where it belongs, unless that is no more than so many."""
        if self._waiting <= most:
            return
        keys = packed(key for key, numbers in self._recent.items() for _ in numbers)
        numbers = [number for numbers in self._recent.values() for number in numbers]
        self._recent, self._waiting = {}, 0
        self._merge(keys, np.array(numbers, np.int64))

    def _merge(self, keys: Keys, numbers: Ints) -> None:
        order = np.argsort(keys[:, 0], kind="stable")
        keys, numbers = keys[order], numbers[order]
        place = np.searchsorted(self._keys[:, 0], keys[:, 0])
        self._keys = np.insert(self._keys, place, keys, axis=0)
        self._numbers = np.insert(self._numbers, place, numbers.astype(self._numbers.dtype))
