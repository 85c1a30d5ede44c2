"""Pixels as the comparison takes them: planes, masks, luminance and chroma."""

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

Ycc = tuple[Array, ...]
"""Y, Cr, Cb, or Y alone: planes of 0 to 255, each (height, width) and in a row in memory."""

_TO_YCC = np.array(
    [
        [0.299, 0.587, 0.114, 0],
        [0.713 * 0.701, -0.713 * 0.587, -0.713 * 0.114, 128],
        [-0.564 * 0.299, -0.564 * 0.587, 0.564 * 0.886, 128],
    ],
    np.float32,
)
"""ITU-R BT.601 in full range, as JPEG has it."""
_TO_RGB = np.linalg.inv(np.vstack([_TO_YCC, [0, 0, 0, 1]]))[:3].astype(np.float32)


def to_ycc(image: Bytes | Array) -> Ycc:
    """R, G, B to Y, Cr, Cb; luminance alone stays as it is.

    Args:
        image: (height, width, 3) or (height, width, 1).
    """
    levels = np.asarray(image, np.float32)
    if levels.shape[2] == 1:
        return (levels[..., 0],)
    return tuple(np.asarray(plane, np.float32) for plane in cv2.split(cv2.transform(levels, _TO_YCC)))


def to_rgb(ycc: Ycc) -> Array:
    """Y, Cr, Cb to R, G, B, (height, width, 3), not clipped."""
    return np.asarray(cv2.transform(cv2.merge(ycc), _TO_RGB), np.float32)


def scaling(across: float, down: float | None = None) -> npt.NDArray[np.float64]:
    """From pixels to those of a picture scaled so (3×3, pixel centres at whole numbers)."""
    down = across if down is None else down
    return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])


def inner(shape: tuple[int, ...], margin: int) -> Mask:
    """All of a tile (height, width) but its margin."""
    inside = np.zeros(shape, np.bool_)
    inside[margin : shape[0] - margin, margin : shape[1] - margin] = True
    return inside


def is_bilevel(luma: Array | Bytes) -> bool:
    """Whether some luminance is black or white, and hardly anything between: no edge has greys."""
    dark, light = int((luma <= 40).sum()), int((luma >= 215).sum())
    return luma.size - dark - light <= 0.1 * min(dark, light)
