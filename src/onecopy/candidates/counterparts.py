"""Two pictures laid on each other by a guess: how many of the points that both should show do both show?

A few matches agree by chance, or because one letterhead is on two letters. So all points of both pictures are
asked: those of the one that fall into the frame of the other, and are neither too small nor too large for it,
should have a counterpart there, at that place, of that direction and size, with a descriptor that is not
quite another. Of a copy a fifth to a third have (the other corners are not the same), of the letters few.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onecopy.candidates.agreement import TOLERANCE, Places, nearest, same_arrow
from onecopy.candidates.bits import Ints, Words, hamming, spread
from onecopy.candidates.interface import Settings

_NEAR = 1.2 * TOLERANCE
_RADIUS = 64
"""Bits of 256 by which two descriptors of one place differ, at most: where so much else agrees, they may."""
_SIZE = 1.5
"""How far beyond the sizes that a picture has a point may be and still be expected: one step of scale."""
_ROUNDS = 2
"""The second with what counterparts of the first say: a similarity through many is finer than a guess."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layout:
    """Key points of one picture, lengths in its diagonals; ``frame`` is its width + i height."""

    places: Places
    arrows: Places
    descriptors: Words
    frame: complex


@dataclass(frozen=True, slots=True)
class Shared:
    """How many points have counterparts, how many should (of the picture that shows fewer), and how many met.

    ``met`` are all pairs of points of one place, direction and size, whatever their descriptors: where much
    is drawn, some are alike by chance.
    """

    found: int
    expected: int
    met: int

    def tells(self, reach: Settings) -> bool:
        """Whether so many would hardly agree if the pictures had nothing in common."""
        if self.found < reach.shared:
            return False
        many = self.found >= reach.share_of_points * self.expected
        alike = self.found >= max(reach.shared_alike, reach.share_of_met * self.met)
        return many or (alike and self.found >= reach.least_share_of_points * self.expected)


@dataclass(frozen=True, slots=True)
class Lie:
    """How a picture lies on another: ``there = scale * here + shift``, a similarity."""

    scale: complex
    shift: complex

    def of(self, places: Places) -> Places:
        """Where places come to lie."""
        return np.asarray(np.complex64(self.scale) * places + np.complex64(self.shift))

    def back(self) -> "Lie":
        """How the other lies on this one."""
        return Lie(1 / self.scale, -self.shift / self.scale)


def shared(here: Layout, there: Layout, lie: Lie) -> Shared:
    """Count counterparts under a guess at how they lie, and under what these say."""
    best = Shared(0, 0, 0)
    for _ in range(_ROUNDS):
        mine, other = _expected(here, there, lie), _expected(there, here, lie.back())
        one, two = _met(here, there, lie, np.flatnonzero(mine), np.flatnonzero(other))
        met = len(one)
        one, two = _counterparts(here, there, one, two)
        if len(one) <= best.found:
            break
        best = Shared(len(one), min(int(mine.sum()), int(other.sum())), met)
        lie = _fitted(here.places[one], there.places[two])
        if not lie.scale:
            break
    return best


def _expected(one: Layout, other: Layout, lie: Lie) -> Mask:
    """Which points of the one picture should be seen in the other."""
    if not len(other.arrows):
        return np.zeros(len(one.places), np.bool_)
    place = lie.of(one.places)
    inside = (place.real > 0) & (place.imag > 0)
    inside &= (place.real < other.frame.real) & (place.imag < other.frame.imag)
    size, sizes = np.abs(one.arrows) * abs(lie.scale), np.abs(other.arrows)
    return np.asarray(inside & (size > sizes.min() / _SIZE) & (size < sizes.max() * _SIZE))


def _met(here: Layout, there: Layout, lie: Lie, mine: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Rows of both that lie on each other, with one direction and size."""
    most = np.float32(_NEAR * min(1.0, abs(lie.scale)))
    mapped, other = lie.of(here.places[mine]), other[np.argsort(there.places[other].real, kind="stable")]
    across = there.places[other].real
    first, last = (np.searchsorted(across, mapped.real + side) for side in (-most, most))
    row, at = spread(first, last - first)  # those in the strip of that width, which are few
    off = mapped[row] - there.places[other[at]]
    near = off.real**2 + off.imag**2 < most**2
    one, two = mine[row[near]], other[at[near]]
    alike = same_arrow(there.arrows[two] / here.arrows[one], np.complex64(lie.scale))
    return one[alike], two[alike]


def _counterparts(here: Layout, there: Layout, one: Ints, two: Ints) -> tuple[Ints, Ints]:
    """Of rows that lie on each other those with like descriptors, each place once."""
    distance = hamming(here.descriptors[one], there.descriptors[two]).astype(np.int64)
    alike = distance <= _RADIUS
    one, two, distance = one[alike], two[alike], distance[alike]
    kept = nearest(np.zeros(len(one), np.int64), here.places[one], there.places[two], distance)
    return one[kept], two[kept]


def _fitted(here: Places, there: Places) -> Lie:
    """The similarity with the least squares; of no scale where all places are one."""
    middle, other = complex(here.mean()), complex(there.mean())
    here, there = here - np.complex64(middle), there - np.complex64(other)
    spread = float((np.abs(here) ** 2).sum())
    scale = complex((there * np.conj(here)).sum()) / spread if spread else 0j
    return Lie(scale, other - scale * middle)
