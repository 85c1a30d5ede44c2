"""SIFT key points of two views, matched once for all who need them: plain and mirrored maps, slants."""

from functools import cached_property

import numpy as np

from onecopy.verify.planes import Array
from onecopy.verify.view import View

_RATIO = 0.86
_ALIKE = 0.75
_FEWEST = 8

Matched = tuple[Array, Array]
"""Places (n, 2) of matching key points, in working pixels: in A, and in B."""


class Matching:
    """The key points of two views, and which of them are each other's nearest by far.

    Args:
        a: One view.
        b: The other.
    """

    def __init__(self, a: View, b: View) -> None:
        self.a, self.b = a, b

    @cached_property
    def plain(self) -> Matched:
        """As they lie."""
        return _nearest(self.a.features, self.b.features)

    @cached_property
    def mirrored(self) -> Matched:
        """With left and right of B exchanged; the places are those in B as it is."""
        points, descriptors = self.b.features
        return _nearest(self.a.features, (points, _mirrored(descriptors)))


def _mirrored(descriptors: Array) -> Array:
    """What the same points would have in a mirrored picture.

    A descriptor is 4 rows of 4 histograms of 8 directions, relative to the direction of the point: mirroring
    exchanges the rows and the sign of the directions.
    """
    cells = descriptors.reshape(-1, 4, 4, 8)[:, ::-1]
    return np.ascontiguousarray(cells[..., -np.arange(8) % 8]).reshape(-1, 128)


def _nearest(a: tuple[Array, Array], b: tuple[Array, Array]) -> Matched:
    (points_a, of_a), (points_b, of_b) = a, b
    if min(len(of_a), len(of_b)) < _FEWEST:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    likeness, rows = of_b @ of_a.T, np.arange(len(of_b))
    best = likeness.argmax(1)
    first = likeness[rows, best]
    mutual = (of_a @ of_b.T).argmax(1)[best] == rows
    likeness[rows, best] = -1
    second = likeness.max(1)
    # distance² of unit vectors is 2 − 2·likeness; Lowe's ratio test on distances
    good = mutual & (1 - first < _RATIO**2 * (1 - second)) & (first > _ALIKE)
    return points_a[best[good]], points_b[good]
