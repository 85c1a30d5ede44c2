"""Do matched points lie alike? Votes for one similarity transform, for many pairs of images at once.

Each match says "this place here is that place there". Two matches fix a similarity (scale, turn, shift; as
complex numbers ``there = a * here + b``), so the nearest matches of a pair propose one for every two of them,
in the manner of RANSAC (Fischler and Bolles, 1981) but all of them and in a fixed order, hence deterministic.
A match agrees with a proposal if it lies where that says, and if its own direction and size tell the same
scale and turn. What is found here is only a guess at how two pictures lie: all their points are asked about
it afterwards (:mod:`onecopy.candidates.counterparts`).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints

Places = npt.NDArray[np.complex64]
"""x + iy in units of the image's diagonal, as are arrows (direction and size of a key point)."""

TOLERANCE = 0.015
"""How far a match may lie from where the transform says, in either image."""
CELL = 0.012
"""Places nearer than this are one place: a corner found on several scales votes once."""
_TURN = float(np.cos(np.radians(25)))
"""Cosine of the angle by which the direction of a point may be off: 20° is seen after heavy compression."""
_OCTAVES = 0.75
"""How far its size may be off: one and a half steps of the scales that are searched."""
_APART = 0.03
"""Two matches nearer than this do not fix a transform."""
_MOST = 24
_PROPOSING = 12
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Agreement:
    """For each group: how many of the nearest matches agree with the best proposal, and what that is."""

    votes: Ints
    scale: Places
    """``a``: turns directions from here to there by its angle (clockwise as displayed)."""
    shift: Places


def agreement(
    group: Ints, here: Places, there: Places, ratio: Places, distance: Ints, *, groups: int, least: int
) -> Agreement:
    """Count votes.

    Args:
        group: Number of the image pair of each match, shape (m,), from 0 to ``groups`` - 1.
        here: Place in the one image, shape (m,).
        there: Place in the other, shape (m,).
        ratio: Arrow there by arrow here, shape (m,).
        distance: Bits by which the descriptors differ, shape (m,).
        groups: How many pairs there are.
        least: Fewer matches than this are not looked at: such a pair has no votes.
    """
    kept = nearest(group, here, there, distance)
    group, here, there, ratio = group[kept], here[kept], there[kept], ratio[kept]
    sizes = np.bincount(group, minlength=groups)
    starts = np.cumsum(sizes) - sizes
    votes = np.zeros(groups, np.int64)
    scale, shift = np.zeros((2, groups), np.complex64)
    enough = np.flatnonzero(sizes >= max(2, least))  # one match fixes nothing
    enough = enough[np.argsort(sizes[enough], kind="stable")]  # pairs with few matches want little room
    for first in range(0, len(enough), _BATCH):
        batch = enough[first : first + _BATCH]
        there_is = np.arange(min(_MOST, sizes[batch[-1]])) < sizes[batch, None]
        place = np.where(there_is, starts[batch, None] + np.arange(there_is.shape[1]), 0)
        votes[batch], scale[batch], shift[batch] = _best(here[place], there[place], ratio[place], there_is)
    return Agreement(votes, scale, shift)


def nearest(group: Ints, here: Places, there: Places, distance: Ints) -> Ints:
    """Matches that are the nearest of their place in both images; by group, nearest first."""
    order = np.lexsort((there.imag, there.real, here.imag, here.real, distance, group))
    best = np.ones(len(order), np.bool_)
    for side in (here, there):
        keys = group[order] * (1 << 20) + _cell(side[order])
        _, first = np.unique(keys, return_index=True)
        found = np.zeros(len(order), np.bool_)
        found[first] = True
        best &= found
    return np.asarray(order[best])


def same_arrow(ratio: Places, scale: Places | np.complex64) -> npt.NDArray[np.bool_]:
    """Whether what arrows say of turn and scale is what a proposal says; never with a scale of 0."""
    turned = ratio * np.conj(scale)  # by the angle that is left
    size, wanted = np.abs(ratio), np.abs(scale)
    near = (size < wanted * np.float32(2**_OCTAVES)) & (size * np.float32(2**_OCTAVES) > wanted)
    return np.asarray(near & (turned.real > np.float32(_TURN) * size * wanted))


def _cell(places: Places) -> Ints:
    across, down = (places.real / CELL).astype(np.int64), (places.imag / CELL).astype(np.int64)
    return np.asarray(down * 1024 + across)


@lru_cache
def _twos(count: int) -> tuple[Ints, Ints]:
    """All choices of two of so many."""
    first, second = np.triu_indices(count, 1)
    return first, second


def _best(
    here: Places, there: Places, ratio: Places, there_is: npt.NDArray[np.bool_]
) -> tuple[Ints, Places, Places]:
    """Votes, scale and shift of the best proposal; arguments have shape (pairs, places)."""
    one, two = _twos(min(_PROPOSING, here.shape[1]))
    step_here, step_there = here[:, two] - here[:, one], there[:, two] - there[:, one]
    sound = there_is[:, two] & (np.abs(step_here) > _APART) & (np.abs(step_there) > _APART)
    step_here[~sound] = 1
    scale: Places = (step_there / step_here).astype(np.complex64)
    shift: Places = (there[:, one] - scale * here[:, one]).astype(np.complex64)
    scale[~sound] = 0
    agree = _agree(scale[..., None], shift[..., None], here[:, None, :], there[:, None, :])
    agree &= same_arrow(ratio[:, None, :], scale[..., None]) & there_is[:, None, :]
    votes = agree.sum(axis=2)
    rows, winner = np.arange(len(votes)), votes.argmax(axis=1)
    return votes[rows, winner], scale[rows, winner], shift[rows, winner]


def _agree(scale: Places, shift: Places, here: Places, there: Places) -> npt.NDArray[np.bool_]:
    """Whether places lie where a proposal says; none do with a scale of 0."""
    off = scale * here + shift - there
    return np.asarray(off.real**2 + off.imag**2 < (TOLERANCE * np.minimum(1, np.abs(scale))) ** 2)
