"""Who has a look: images that are equal by digest and look exactly alike share one, which is met once."""

from bisect import insort

import numpy as np

from onecopy.candidates.bits import Ints
from onecopy.candidates.growing import Growing
from onecopy.candidates.lookup import Keys, Lookup

_NOBODY = -1


class Holders:
    """Looks by name (16 bytes), numbered from 0 as they come, and the images that have them.

    Nearly all looks are one image's, and cost a number each. Not thread-safe by itself.
    """

    def __init__(self) -> None:
        self._names = Lookup()
        self._first: Growing[np.int64] = Growing(np.int64)
        self._more: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._first)

    @property
    def first(self) -> Ints:
        """The lowest image of each look, by number of the look; -1 where there is none any more."""
        return self._first.rows

    def get(self, name: bytes) -> int:
        """The number of a look that any image has; -1 if none has."""
        return next((one for one in self._names.get(name) if self.first[one] != _NOBODY), -1)

    def add(self, name: bytes, image: int) -> tuple[int, bool]:
        """Note that an image has a look.

        Returns:
            The number of the look, and whether it is new.
        """
        look = self.get(name)
        if look >= 0:
            self._join(look, image)
            return look, False
        look = len(self)
        self._names.add(name, look)
        self._first.add(np.array([image]))
        return look, True

    def add_all(self, names: Keys, images: Ints) -> tuple[Ints, Ints]:
        """Note which looks many images have.

        Returns:
            The number of each one's look; and the places of those whose look is new, one of each look.
        """
        looks = np.full(len(images), _NOBODY, np.int64)
        place, known = self._names.get_all(names)
        there = self.first[known] != _NOBODY
        looks[place[there]] = known[there]
        for at in np.flatnonzero(looks != _NOBODY).tolist():
            self._join(int(looks[at]), int(images[at]))
        left = np.flatnonzero(looks == _NOBODY)
        _, first, which = np.unique(names[left], axis=0, return_index=True, return_inverse=True)
        begins = len(self)
        looks[left] = begins + which.reshape(-1)
        new = left[first]
        self._names.add_all(names[new], looks[new])
        self._first.add(images[new])
        for at in np.setdiff1d(left, new).tolist():
            self._join(int(looks[at]), int(images[at]))
        return looks, new

    def of(self, look: int) -> list[int]:
        """The images that have a look, in order."""
        return list(self._more.get(look) or [int(self.first[look])])

    def remove(self, look: int, image: int) -> bool:
        """Note that an image has a look no more.

        Returns:
            Whether nobody has it now.
        """
        left = [one for one in self.of(look) if one != image]
        self._more.pop(look, None)
        if len(left) > 1:
            self._more[look] = left
        self._first.rows[look] = left[0] if left else _NOBODY
        return not left

    def _join(self, look: int, image: int) -> None:
        images = self._more.setdefault(look, [int(self.first[look])])
        insort(images, image)
        self._first.rows[look] = images[0]
