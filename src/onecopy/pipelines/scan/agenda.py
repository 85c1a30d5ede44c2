"""In which order pairs are compared, and which need not be.

A picture with a hundred copies has five thousand pairs, and a hundred comparisons tell all: once B is known
to be the same image as A, what C is to A says what C is to B (derived later, with its origin said). So the
likelier originals come first, and a pair is left out where its better image is linked to one that was
compared with the other image. Leaving a pair out never links anything: only comparisons do.

What a comparison found to be the same, but not surely enough to link (a scan in black and white beside one
in grey, a thumbnail), says nothing of further copies: nothing is derived from it. So these are compared, too,
but only a few of them.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator

Ranks = tuple[int, int]
"""Two images by their place in the order; the better one first."""

_UNSURELY, _SURELY = 1, 2
"""What a compared pair was found to be: the same, but not linked; or anything else."""
_REPEATED = 3
"""So many more comparisons are spent on an image, at most, that is not surely the same as the better one of
two copies: a hundred thumbnails of a picture with a hundred copies are no ten thousand comparisons."""


class Agenda:
    """Hands out pairs, as many at a time as do not depend on one another.

    Memory: about 25 bytes for a pair and 21 for an image.

    Args:
        images: How many.
        pairs: Ranks of pairs one after the other (a, b, a, b …), ascending, ``a < b``.
    """

    def __init__(self, images: int, pairs: "array[int]") -> None:
        self._others = pairs[1::2]
        self._starts = array("q", bytes(8 * (images + 1)))
        self._below = array("q", bytes(8 * images))
        self._compared = bytearray(len(self._others))
        self._repeated = bytearray(images)
        self._linked: dict[int, list[int]] = {}
        self.left_out = 0
        """Pairs that needed no comparison."""
        for a in pairs[::2]:
            self._starts[a + 1] += 1
        for rank in range(images):
            self._starts[rank + 1] += self._starts[rank]
        for b in self._others:
            self._below[b] += 1
        self._ready = [a for a in range(images) if self._above(a) and not self._below[a]]

    def _above(self, a: int) -> range:
        """The places of the pairs whose better image is ``a``."""
        return range(self._starts[a], self._starts[a + 1])

    def rounds(self, most: int) -> Iterator[list[Ranks]]:
        """Pairs to compare, about ``most`` at a time.

        Whoever iterates says what came of them (:meth:`linked`, :meth:`unsure`) before asking for more.
        """
        while self._ready:
            taken: list[int] = []
            found: list[Ranks] = []
            while self._ready and len(found) < most:
                taken.append(self._ready.pop())
                found += self._needed(taken[-1])
            yield found
            for a in taken:
                self._release(a)

    def _needed(self, a: int) -> list[Ranks]:
        needed = []
        for place in self._above(a):
            b = self._others[place]
            known = max((self._known(better, b) for better in self._linked.get(a, ())), default=0)
            if known == _SURELY or (known == _UNSURELY and self._repeated[b] == _REPEATED):
                self.left_out += 1
            else:
                self._repeated[b] += known == _UNSURELY
                self._compared[place] = _SURELY
                needed.append((a, b))
        return needed

    def _known(self, a: int, b: int) -> int:
        """What a pair was found to be; 0 if it was not compared."""
        place = self._place(a, b)
        return 0 if place is None else self._compared[place]

    def _place(self, a: int, b: int) -> int | None:
        above = self._above(a)
        place = bisect_left(self._others, b, above.start, above.stop)
        return place if place < above.stop and self._others[place] == b else None

    def linked(self, a: int, b: int) -> None:
        """A comparison found two images to be one."""
        self._linked.setdefault(b, []).append(a)

    def unsure(self, a: int, b: int) -> None:
        """A comparison found two images to be the same, but not surely enough to link them."""
        place = self._place(a, b)
        if place is not None:
            self._compared[place] = _UNSURELY

    def _release(self, a: int) -> None:
        """Whatever waited for ``a`` alone is ready."""
        for place in self._above(a):
            b = self._others[place]
            self._below[b] -= 1
            if not self._below[b] and self._above(b):
                self._ready.append(b)
