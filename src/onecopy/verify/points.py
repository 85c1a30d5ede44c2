"""Placements from the key points that a fingerprint carries: nothing needs to be detected again.

The points that propose a pair for comparison (see :mod:`onecopy.candidates`) also say how the one image
would have to lie on the other. That costs a millisecond; detecting and matching finer key points costs a
hundred times as much and is left for pairs in which something can be seen to agree.
"""

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.fingerprint.features import unpack
from onecopy.verify.matching import Matching
from onecopy.verify.planes import Array
from onecopy.verify.register import Matrix, Placement, is_plausible
from onecopy.verify.view import View

_RADIUS = 64
"""Bits of 256 by which two descriptors of one point differ, at most."""
_LEAST = 4
_TOLERANCE = 0.015
"""How far a match may lie from where the placement says, in diagonals of A."""
_MOST = 2

Points = tuple[Array, npt.NDArray[np.uint8]]


def point_placements(between: Matching) -> list[Placement]:
    """Similarities that several of the fingerprints' key points agree on, best first, at most two."""
    a, b = between.a, between.b
    to, origin = _matches(_points(a), _points(b))
    tolerance = _TOLERANCE * float(np.hypot(a.width, a.height))
    found: list[Placement] = []
    while len(found) < _MOST and len(to) >= _LEAST:
        cv2.setRNGSeed(7)
        matrix, inliers = cv2.estimateAffinePartial2D(
            origin, to, method=cv2.RANSAC, ransacReprojThreshold=tolerance, maxIters=2000, confidence=0.999
        )
        if matrix is None or inliers is None or int(inliers.sum()) < _LEAST:
            break
        full: Matrix = np.vstack([matrix, [0, 0, 1]])
        if is_plausible(full):
            found.append(Placement(full, "points", float(inliers.sum())))
        others = inliers.ravel() == 0
        to, origin = to[others], origin[others]
    return found


def _points(view: View) -> Points:
    """Places in working pixels, and descriptors."""
    found = unpack(view.points)
    places = found.places * np.array([view.width, view.height], np.float32) - np.float32(0.5)
    return places, found.descriptors


def _matches(a: Points, b: Points) -> tuple[Array, Array]:
    """Places of points that are each other's nearest: in A, and in B."""
    if not len(a[1]) or not len(b[1]):
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(b[1], a[1])
    near = [pair for pair in pairs if pair.distance <= _RADIUS]
    in_a = np.array([pair.trainIdx for pair in near], np.intp)
    in_b = np.array([pair.queryIdx for pair in near], np.intp)
    return a[0][in_a], b[0][in_b]
