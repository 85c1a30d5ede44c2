"""One image brought onto the pixel grid of another."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.verify.planes import Mask, scaling
from onecopy.verify.register import Matrix, scales

_SOFT = 0.25
"""A spread below this (in pixels) changes nothing."""

Pixels = npt.NDArray[Any]
"""uint8 or float32, (height, width) or (height, width, planes)."""


def resample(image: Pixels, matrix: Matrix, size: tuple[int, int]) -> tuple[Pixels, Mask]:
    """Bring an image of A onto B's grid, averaging over the area where A is finer.

    Args:
        image: A's pixels.
        matrix: B pixels to A pixels.
        size: Width and height of B's grid.

    Returns:
        The resampled image, of the same type and planes, and which of its pixels A covers.
    """
    image, shrink = shrunk(image, matrix)
    move = (shrink @ matrix)[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(image, move, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return _with_planes(out, image), covered(image.shape, move, size)


def shrunk(image: Pixels, matrix: Matrix) -> tuple[Pixels, Matrix]:
    """A's pixels softened to B's step where A is finer, and the map from A's pixels to those.

    As often as A is twice as fine it is halved, exactly and fast. What is left (a factor below two) is
    softened as averaging over B's step would, and never resampled twice.
    """
    across, down = axis_scales(matrix)
    shrink = np.eye(3)
    while max(across, down) >= 2 and min(image.shape[:2]) >= 4:
        fx, fy = (2 if factor >= 2 else 1 for factor in (across, down))
        image = image[: image.shape[0] // fy * fy, : image.shape[1] // fx * fx]
        size = (image.shape[1] // fx, image.shape[0] // fy)
        image = _with_planes(cv2.resize(image, size, interpolation=cv2.INTER_AREA), image)
        shrink, across, down = scaling(1 / fx, 1 / fy) @ shrink, across / fx, down / fy
    left, right = (_spread(factor) for factor in (across, down))
    if max(left, right) > _SOFT:
        soft = cv2.GaussianBlur(image, (0, 0), max(left, 1e-3), sigmaY=max(right, 1e-3))
        image = _with_planes(soft, image)
    return image, shrink


def _spread(factor: float) -> float:
    """Standard deviation of a mean over ``factor`` pixels, beyond that of a mean over one."""
    return float(np.sqrt(max(0.0, factor * factor - 1) / 12))


def covered(shape: tuple[int, ...], move: Matrix, size: tuple[int, int]) -> Mask:
    """Which pixels of a grid lie wholly inside an image of some shape."""
    full = np.full(shape[:2], 255, np.uint8)
    cover = cv2.warpAffine(full, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(cover >= 253, np.bool_)


def axis_scales(matrix: Matrix) -> tuple[float, float]:
    """Pixels of B's grid step along A's x and y axes: how much finer A is in each."""
    across, down = scales(np.linalg.inv(matrix))
    return 1 / max(across, 1e-9), 1 / max(down, 1e-9)


def _with_planes(out: Pixels, like: Pixels) -> Pixels:
    """OpenCV drops a last axis of length one; put it back."""
    return out[..., None] if out.ndim < like.ndim else out
