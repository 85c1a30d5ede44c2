"""Where one image lies on another: hypotheses from frames and key points, then sub-pixel refinement.

A registration is a 3×3 matrix that takes working pixels of B to working pixels of A (pixel centres at whole
numbers). Hypotheses come from two sides: *frames* (B's corners on A's corners, in each of the eight
orientations, judged by correlation of small squares) and *key points* (RootSIFT matches under a robust
affine model, plain and mirrored). Inliers alone are no evidence (a logo has many); what supports a
hypothesis is measured later on the pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.matching import Matching
from onecopy.verify.planes import Array
from onecopy.verify.view import FEATURE_SIDE, View

Matrix = npt.NDArray[np.floating]

_SQUARE = 48
_NEAR = 0.15
_PLENTY = 30


@dataclass(frozen=True, slots=True)
class Placement:
    """A hypothesis: the matrix from B to A, where it comes from, and what speaks for it.

    ``support`` is a correlation (0 to 1) for frames and a number of consistent matches for key points.
    """

    matrix: Matrix
    origin: str
    support: float


def frame_map(a: View, b: View, turned: int, *, mirrored: bool) -> Matrix:
    """The map that lays B's frame on A's after turning B clockwise by ``turned`` degrees (and mirroring)."""
    to_unit = _corner_map(b.width, b.height)
    from_unit = np.linalg.inv(_corner_map(a.width, a.height))
    return from_unit @ _unit_turn(turned, mirrored) @ to_unit


def _corner_map(width: int, height: int) -> Matrix:
    """Working pixels to the unit square, outer edges of the border pixels on its border."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _unit_turn(turned: int, mirrored: bool) -> Matrix:
    matrix = np.eye(3)
    if mirrored:
        matrix = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) @ matrix
    quarter = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]])
    for _ in range(turned // 90):
        matrix = quarter @ matrix
    return matrix


def _square(view: View) -> Array:
    image = cv2.resize(view.luma, (_SQUARE, _SQUARE), interpolation=cv2.INTER_AREA).astype(np.float32)
    image = image - image.mean()
    return np.asarray(image / (np.sqrt((image**2).sum()) + 1e-3), np.float32)


def frame_placements(between: Matching, *, least: float = 0.55) -> list[Placement]:
    """Placements that lay frame on frame, best correlation first, at most three that come near it."""
    a, b = between.a, between.b
    square_a, square_b = _square(a), _square(b)
    found = []
    for mirrored in (False, True):
        base = square_b[:, ::-1] if mirrored else square_b
        for turns in range(4):
            score = float((square_a * np.rot90(base, -turns)).sum())
            if score >= least:
                matrix = frame_map(a, b, 90 * turns, mirrored=mirrored)
                found.append(Placement(matrix, "frame", score))
    found.sort(key=lambda p: -p.support)
    return [placement for placement in found[:3] if placement.support >= found[0].support - _NEAR]


def feature_placements(between: Matching, *, least: int = 8) -> list[Placement]:
    """Placements by key points, best supported first; mirrored ones only where plain ones find little."""
    found: list[Placement] = []
    for mirrored in (False, True):
        if found and found[0].support >= _PLENTY:
            break
        to, origin = between.mirrored if mirrored else between.plain
        if len(origin) < least:
            continue
        tolerance = 2.0 * max(between.a.width, between.a.height) / FEATURE_SIDE
        cv2.setRNGSeed(7)
        matrix, inliers = cv2.estimateAffine2D(
            origin, to, method=cv2.RANSAC, ransacReprojThreshold=tolerance, maxIters=3000, confidence=0.999
        )
        if matrix is None or inliers is None or int(inliers.sum()) < least:
            continue
        full = np.vstack([matrix, [0, 0, 1]])
        if is_plausible(full):
            found.append(
                Placement(full, "features-mirrored" if mirrored else "features", float(inliers.sum()))
            )
    found.sort(key=lambda p: -p.support)
    return found[:2]


def is_plausible(matrix: Matrix) -> bool:
    """No collapse, no wild shear: scale between 1/40 and 40, axes within 3 of each other."""
    singular = np.linalg.svd(matrix[:2, :2], compute_uv=False)
    return bool(singular[1] > 1 / 40 and singular[0] < 40 and singular[0] / singular[1] < 3)


def scales(matrix: Matrix) -> tuple[float, float]:
    """Pixels of A per pixel of B, along B's x and y axes."""
    return float(np.hypot(*matrix[:2, 0])), float(np.hypot(*matrix[:2, 1]))
