"""One placement put to the test: the better image is brought onto the poorer's grid and subtracted."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from onecopy.verify import strokes, warp, writing
from onecopy.verify.cutting import expect
from onecopy.verify.grain import Grain, grain
from onecopy.verify.noise import activity
from onecopy.verify.patches import smoothed
from onecopy.verify.planes import Array, Bytes, Mask, Ycc, to_ycc
from onecopy.verify.refine import LEVELS, refine
from onecopy.verify.register import Matrix, Placement, scales
from onecopy.verify.resample import resample
from onecopy.verify.residual import Residual, cells, measure, torn
from onecopy.verify.surprise import surprise
from onecopy.verify.tone import Made, as_grey, make
from onecopy.verify.view import View

_LEAST_PIXELS = 900
_FLAT = 1.5
_LEAST_EVEN = 0.985
"""Scale from which on neither of two pictures is the finer."""


@dataclass(frozen=True)
class Examination:
    """Two images registered, compared on the grid of the coarser one.

    ``fine`` and ``coarse`` are the two views; ``matrix`` takes coarse working pixels to fine ones;
    ``swapped`` says that A is the coarse one. ``support`` is the share of textured cells that agree.
    ``slant`` is there if B was laid flat first: the homography from displayed pixels of B to those of A.
    """

    fine: View
    coarse: View
    swapped: bool
    matrix: Matrix
    source: Bytes
    goal: Ycc
    mask: Mask
    made: Made
    residual: Residual
    slant: Matrix | None = None

    @property
    def target(self) -> Array:
        """Luminance of the coarser image, float32."""
        return self.goal[0]

    @cached_property
    def torn(self) -> float:
        """Share of textured cells with an unexplained difference."""
        return torn(self.residual)

    @cached_property
    def torn_light(self) -> float:
        """The same for luminance alone: new colours move nothing."""
        return torn(self.residual, colour=False)

    @cached_property
    def textured(self) -> int:
        """Number of textured cells (16 × 16 pixels) in the overlap."""
        return cells(self.residual.textured)[0]

    @cached_property
    def support(self) -> float:
        """Share of the textured cells in which both show the same structure (correlation ≥ 0.7)."""
        return _agreement(self.made.ycc[0], self.target, self.residual)

    @cached_property
    def grain(self) -> Grain:
        """Agreement of the finest grain outside what changed."""
        return grain(self._source_luma, self.target, self.residual)

    @cached_property
    def _source_luma(self) -> Array:
        return to_ycc(self.source)[0]

    @cached_property
    def scale(self) -> float:
        """Working pixels of the coarse image per working pixel of the fine one (at most about 1)."""
        return 1 / max(max(scales(self.matrix)), 1e-9)

    @cached_property
    def both_paper(self) -> bool:
        """Whether both are marks on a ground."""
        return self.fine.is_paper and self.coarse.is_paper

    @cached_property
    def strokes(self) -> strokes.Strokes:
        """The ink of both, matched after local shifts are taken out."""
        return strokes.compare(self._placed, self.target, self.mask, cut=self.cut, limit=0.3)

    @cached_property
    def _placed(self) -> tuple[Array, Array]:
        """What was made, as registered and after local shifts are taken out."""
        source = self.made.ycc[0]
        return source, warp.settle(source, self.target, self.mask)

    @cached_property
    def surprise(self) -> float | None:
        """How surprising a page in black and white is beside a grey one; ``None`` if nothing is grey."""
        if not self.cut or (self.fine.is_bilevel and self.coarse.is_bilevel):
            return None
        return surprise(self._placed, self.target, self.mask, target_is_cut=self.coarse.is_bilevel)

    @cached_property
    def apart(self) -> float:
        """The largest difference over a patch while nothing is explained, 0 to 1."""
        difference = (self._source_luma - self.coarse.luma) * np.float32(1 / 255) * self.mask
        return float(smoothed(difference).max(initial=0))

    @cached_property
    def worst_beside_ink(self) -> float:
        """The largest excess but for how dark a filled place is, which differs from scan to scan."""
        filled = writing.solid(self.made.ycc[0], self.target)
        return float(max(self.residual.excess[~filled].max(initial=0), self.residual.chroma.max(initial=0)))

    @property
    def cut(self) -> bool:
        """Whether one of them at least was black and white, and both are as a threshold made them."""
        return self.made.cut

    def plain_outside(self, *, of_coarse: bool) -> bool:
        """Whether what one of them shows beyond the other's frame is mostly flat: a border, a viewer."""
        outer, other = (self.coarse, self.fine) if of_coarse else (self.fine, self.coarse)
        matrix = self.matrix if of_coarse else np.linalg.inv(self.matrix)  # outer pixels to the other's
        inside = np.ones((other.height, other.width), np.float32)
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        shown = cv2.warpAffine(inside, matrix[:2], (outer.width, outer.height), flags=flags)
        outside = cv2.dilate(shown, np.ones((7, 7), np.uint8)) == 0
        if not outside.any():
            return False
        return float((activity(outer.luma.astype(np.float32))[outside] < _FLAT).mean()) > 0.7


def examine(
    a: View, b: View, placement: Placement, *, levels: tuple[int, ...] = LEVELS, closely: bool = True
) -> Examination | None:
    """Refine a placement and take the difference; ``None`` if the images hardly overlap.

    Args:
        a: One view.
        b: The other.
        placement: From B's working pixels to A's.
        levels: Sides at which to refine, see :func:`onecopy.verify.refine.refine`.
        closely: Whether colour counts, where both have any, and the last fraction of a pixel.
    """
    fine, coarse, matrix, swapped = a, b, placement.matrix, False
    if max(scales(matrix)) < _LEAST_EVEN:
        fine, coarse, matrix, swapped = b, a, np.linalg.inv(matrix), True
    matrix = refine(fine, coarse, matrix, levels, tiles=closely)
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:2, :2])) < 1e-4:
        return None
    return _subtracted(fine, coarse, matrix, swapped=swapped, closely=closely)


def other_way(exam: Examination) -> Examination | None:
    """The same placement with the two in each other's place; ``None`` unless one is as fine as the other.

    Nothing but the pixels says which of two pictures of one size was made from which, and blurring, clipping
    and reducing to a palette cannot be undone: only one of the two can be made from the other.
    """
    if not _LEAST_EVEN < exam.scale < 1 / _LEAST_EVEN:
        return None
    return _subtracted(
        exam.coarse, exam.fine, np.linalg.inv(exam.matrix), swapped=not exam.swapped, closely=True
    )


def _subtracted(
    fine: View, coarse: View, matrix: Matrix, *, swapped: bool, closely: bool
) -> Examination | None:
    size = (coarse.width, coarse.height)
    source, cover = resample(fine.planes(colour=closely and not fine.is_grey), matrix, size)
    mask = cv2.erode(cover.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
    if int(mask.sum()) < _LEAST_PIXELS:
        return None
    target = coarse.planes(colour=closely and not coarse.is_grey)
    if source.shape[2] > target.shape[2]:
        source = as_grey(source, target, mask)
    elif target.shape[2] > source.shape[2]:
        target = as_grey(target, source, mask)
    made, goal = _made(fine, coarse, source, target, mask, closely=closely)
    residual = measure(made.ycc, goal, mask)
    return Examination(fine, coarse, swapped, matrix, source, goal, mask, made, residual)


def _made(
    fine: View, coarse: View, source: Bytes, target: Bytes, mask: Mask, *, closely: bool
) -> tuple[Made, Ycc]:
    """What the better image explains of the poorer, and what that shows."""
    if closely and source.shape[2] == 1 and _is_cut_page(fine, coarse):
        both = expect(source, target, mask, cut_source=fine.is_bilevel, cut_target=coarse.is_bilevel)
        return Made(to_ycc(both.source), both.curve, 1.0, cut=True), to_ycc(both.target)
    return make(source, target, mask, sharpness=closely), to_ycc(target)


def _is_cut_page(fine: View, coarse: View) -> bool:
    """Whether both are paper, and one is writing in black and white."""
    if not (fine.is_paper and coarse.is_paper):
        return False
    return any(view.is_bilevel and writing.is_written(view.luma) for view in (fine, coarse))


def _agreement(made: Array, target: Array, residual: Residual) -> float:
    """Local correlation of structure, counted over textured cells."""
    number, textured = cells(residual.textured)
    if not number:
        return 0.0
    mean_a, mean_b = _averaged(made), _averaged(target)
    var_a = _averaged(made * made) - mean_a**2
    var_b = _averaged(target * target) - mean_b**2
    both = _averaged(made * target) - mean_a * mean_b
    likeness = both / np.sqrt(np.maximum(var_a, 4) * np.maximum(var_b, 4))
    centre_bad = cells(residual.textured[::2, ::2] & (likeness < 0.7), 8)[1]
    return float((textured & ~centre_bad).sum()) / number


def _averaged(image: Array) -> Array:
    """Means over 17 × 17 pixels, at every second pixel of every second row."""
    return np.ascontiguousarray(cv2.blur(image, (17, 17))[::2, ::2])
