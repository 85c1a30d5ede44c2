"""A cheap look at a placement at small size, and at a pair before it is decoded at working size."""

from dataclasses import replace

import numpy as np

from onecopy.verify.examine import Examination, examine
from onecopy.verify.matching import Matching
from onecopy.verify.points import point_placements
from onecopy.verify.refine import LEVELS
from onecopy.verify.register import Placement, frame_placements
from onecopy.verify.view import View, to_thumbnail

_HOPE, _NO_HOPE = 0.25, 0.2
"""Share of the textured cells that agree. The lower one is for pictures that were decoded small: their
thumbnails differ by a grey level or so, and support by 0.04 at most, by nothing as a rule."""
_NEARLY_ON_FRAME = 0.5
"""Correlation of frames, in the same way a little below what makes a placement."""
_MOST_FRAMES = 2
"""If there are more, it may hang on a grey level which of them are placements."""
MANY_POINTS = 16
"""Consistent points that are worth finer ones where nothing agrees: pictures at a strong slant have 21."""
_NEARLY_MANY = 12
"""The same for a first look, as one point more or less may be consistent."""


def glance(a: View, b: View, placement: Placement, *, hope: float = _HOPE) -> Examination | None:
    """A cheap look at small size; ``None`` where the placement is hopeless."""
    small = _rescaled(a, b, placement)
    exam = examine(a.thumbnail, b.thumbnail, small, levels=LEVELS[:1], closely=False)
    return None if exam is None or exam.support < hope else exam


def _rescaled(a: View, b: View, placement: Placement) -> Placement:
    """The same placement between the thumbnails of both."""
    matrix = to_thumbnail(a) @ placement.matrix @ np.linalg.inv(to_thumbnail(b))
    return replace(placement, matrix=matrix)


def is_hopeless(a: View, b: View) -> bool:
    """Whether nothing that could place B on A holds at small size, by far: so finer points are not asked.

    This is the end of every pair that :func:`onecopy.verify.pair.compare_views` drops before it looks
    closely, found without the pixels of working size. In doubt it is not hopeless.

    Args:
        a: One view; of a small decode, with the key points of its fingerprint.
        b: The other.
    """
    between = Matching(a, b)
    frames = frame_placements(between, least=_NEARLY_ON_FRAME)
    points = point_placements(between)
    if len(frames) > _MOST_FRAMES or any(one.support >= _NEARLY_MANY for one in points):
        return False
    return all(glance(a, b, one, hope=_NO_HOPE) is None for one in (*frames, *points))
