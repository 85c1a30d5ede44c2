"""How one frame lies in the other: turned, mirrored, cropped, padded, stretched."""

from dataclasses import dataclass

import numpy as np

from onecopy.verify.register import Matrix, scales

_PIXELS = 1.6
_SHARE = 0.006


@dataclass(frozen=True, slots=True)
class Framing:
    """The frame of B seen in A.

    ``cut`` and ``added`` are shares of A's sides (left, top, right, bottom) that B leaves out or goes beyond;
    ``skew`` is the rotation left after quarter turns, in degrees; ``stretch`` the ratio of the two scales.
    """

    turned: int
    mirrored: bool
    skew: float
    stretch: float
    scale: float
    cut: tuple[float, float, float, float]
    added: tuple[float, float, float, float]
    overlap_a: float
    overlap_b: float
    same: bool

    @property
    def one_sided(self) -> bool:
        """Whether one of them lost something at its edges and gained nothing: cropped, not shifted."""
        return min(max(self.cut), max(self.added)) < _SHARE / 2

    @property
    def contains(self) -> str | None:
        """Which frame holds all of the other, and more."""
        if self.same:
            return None
        if self.overlap_b > 0.985 and self.overlap_a < 0.985:
            return "a"
        return "b" if self.overlap_a > 0.985 and self.overlap_b < 0.985 else None


def framing(matrix: Matrix, size_a: tuple[int, int], size_b: tuple[int, int]) -> Framing:
    """Describe the map from B's pixels to A's.

    Args:
        matrix: 3×3, B pixels to A pixels.
        size_a: Width and height of A in those pixels.
        size_b: Width and height of B.
    """
    linear = matrix[:2, :2]
    mirrored = bool(np.linalg.det(linear) < 0)
    upright = linear @ np.diag([-1.0, 1.0]) if mirrored else linear
    angle = float(np.degrees(np.arctan2(upright[1, 0] - upright[0, 1], upright[0, 0] + upright[1, 1])))
    turned = round(angle / 90) * 90
    sx, sy = scales(matrix)
    corners = _corners(size_b) @ matrix[:2, :2].T + matrix[:2, 2]
    low, high = corners.min(0), corners.max(0)
    width, height = size_a
    sides = (
        (low[0] + 0.5) / width,
        (low[1] + 0.5) / height,
        (width - 0.5 - high[0]) / width,
        (height - 0.5 - high[1]) / height,
    )
    overlap_a = _share(size_a, np.linalg.inv(matrix), size_b)
    tolerance = max(_PIXELS * max(sx, sy, 1.0) / min(width, height), _SHARE)
    square = turned % 180 == 0
    stretch = (sx / sy) if square else (sy / sx)
    even = abs(stretch - 1) <= 0.02 + 1.5 / min(*size_a, *size_b)
    same = even and max(abs(s) for s in sides) <= tolerance and abs(angle - turned) < 0.35
    return Framing(
        turned=turned % 360,
        mirrored=mirrored,
        skew=angle - turned,
        stretch=stretch,
        scale=(sx * sy) ** 0.5,
        cut=_each(sides),
        added=_each(tuple(-s for s in sides)),
        overlap_a=overlap_a,
        overlap_b=_share(size_b, matrix, size_a),
        same=same,
    )


def _each(sides: tuple[float, ...]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(max(0.0, float(s)), 4) for s in sides)
    return left, top, right, bottom


def _corners(size: tuple[int, int]) -> np.ndarray:
    width, height = size
    return np.array([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]])


def _share(size: tuple[int, int], matrix: Matrix, other: tuple[int, int]) -> float:
    """Share of a frame that falls inside the other, on a 64 × 64 grid of points."""
    xs = (np.arange(64) + 0.5) / 64 * size[0] - 0.5
    ys = (np.arange(64) + 0.5) / 64 * size[1] - 0.5
    points = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2) @ matrix[:2, :2].T + matrix[:2, 2]
    slack = 0.5 + 0.002 * max(other)
    inside = (points > -slack).all(1) & (points < np.array(other) - 1 + slack).all(1)
    return float(inside.mean())
