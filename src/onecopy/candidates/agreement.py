"""Do matched points lie alike? Votes for one similarity transform, for many pairs of images at once.

Each match says "this place here is that place there". Two matches fix a similarity (scale, turn, shift; as
complex numbers ``there = a * here + b``), so the nearest matches of a pair propose one for every two of them,
in the manner of RANSAC (Fischler and Bolles, 1981) but all of them and in a fixed order, hence deterministic.
The votes of a pair are all matches that agree with the best proposal, not only those that proposed: what is
counted is held against the number of all matches.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onecopy.candidates.bits import Ints, spread

Places = npt.NDArray[np.complex64]
"""x + iy in units of the image's diagonal."""

_CELL = 0.012
"""Places nearer than this are one place: a corner found on several scales votes once."""
_TOLERANCE = 0.015
"""How far a match may lie from where the transform says, in either image."""
_APART = 0.03
"""Two matches nearer than this do not fix a transform."""
_MOST = 24
_PROPOSING = 12
_FIRST, _SECOND = np.triu_indices(_PROPOSING, 1)
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Agreement:
    """For each group: matches left when every place has one, those that agree, and the turn of the best."""

    matches: Ints
    votes: Ints
    turn: npt.NDArray[np.float32]
    """Radians by which directions turn from here to there (clockwise as displayed)."""


def agreement(
    group: Ints, here: Places, there: Places, distance: Ints, *, groups: int, least: int
) -> Agreement:
    """Count votes.

    Args:
        group: Number of the image pair of each match, shape (m,), from 0 to ``groups`` - 1.
        here: Place in the one image, shape (m,).
        there: Place in the other, shape (m,).
        distance: Bits by which the descriptors differ, shape (m,).
        groups: How many pairs there are.
        least: Fewer matches than this are not looked at: such a pair has no votes.
    """
    kept = _mutual(group, here, there, distance)
    group, here, there = group[kept], here[kept], there[kept]
    sizes = np.bincount(group, minlength=groups)
    starts = np.cumsum(sizes) - sizes
    votes, turn = np.zeros(groups, np.int64), np.zeros(groups, np.float32)
    enough = np.flatnonzero(sizes >= least)
    for first in range(0, len(enough), _BATCH):
        batch = enough[first : first + _BATCH]
        there_is = np.arange(_MOST) < sizes[batch, None]
        place = np.where(there_is, starts[batch, None] + np.arange(_MOST), 0)
        scale, shift = _best(here[place], there[place], there_is)
        turn[batch] = np.angle(scale)
        every, at = spread(starts[batch], sizes[batch])
        fits = _agree(scale[every], shift[every], here[at], there[at])
        votes[batch] = np.bincount(every[fits], minlength=len(batch))
    return Agreement(sizes, votes, turn)


def _mutual(group: Ints, here: Places, there: Places, distance: Ints) -> Ints:
    """Matches that are the nearest of their place in both images; by group, nearest first."""
    order = np.lexsort((there.imag, there.real, here.imag, here.real, distance, group))
    best = np.ones(len(order), np.bool_)
    for side in (here, there):
        keys = group[order] * (1 << 20) + _cell(side[order])
        _, first = np.unique(keys, return_index=True)
        nearest = np.zeros(len(order), np.bool_)
        nearest[first] = True
        best &= nearest
    return np.asarray(order[best])


def _cell(places: Places) -> Ints:
    across, down = (places.real / _CELL).astype(np.int64), (places.imag / _CELL).astype(np.int64)
    return np.asarray(down * 1024 + across)


def _best(here: Places, there: Places, there_is: npt.NDArray[np.bool_]) -> tuple[Places, Places]:
    """Scale and shift of the best proposal; arguments have shape (pairs, places)."""
    step_here = here[:, _SECOND] - here[:, _FIRST]
    step_there = there[:, _SECOND] - there[:, _FIRST]
    sound = there_is[:, _SECOND] & (np.abs(step_here) > _APART) & (np.abs(step_there) > _APART)
    step_here[~sound] = 1
    scale: Places = (step_there / step_here).astype(np.complex64)
    shift: Places = (there[:, _FIRST] - scale * here[:, _FIRST]).astype(np.complex64)
    scale[~sound] = 0
    agree = _agree(scale[..., None], shift[..., None], here[:, None, :], there[:, None, :])
    winner = (agree & there_is[:, None, :]).sum(axis=2).argmax(axis=1)
    rows = np.arange(len(winner))
    return scale[rows, winner], shift[rows, winner]


def _agree(scale: Places, shift: Places, here: Places, there: Places) -> npt.NDArray[np.bool_]:
    """Whether places lie where a proposal says; none do with a scale of 0."""
    off = scale * here + shift - there
    return np.asarray(off.real**2 + off.imag**2 < (_TOLERANCE * np.minimum(1, np.abs(scale))) ** 2)
