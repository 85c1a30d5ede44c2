"""What a limited palette explains: the difference to the nearest colour that there is."""

from dataclasses import dataclass

import numpy as np

from onecopy.verify.planes import Array, Ycc

_MOST_COLOURS = 256
_FEW_LEVELS = 64
_EVERY = 11
"""One of so many pixels is looked at to count colours."""


@dataclass(frozen=True, slots=True)
class Slack:
    """How far each made colour lies from the nearest colour that the target has: luminance, and chroma."""

    luma: Array
    chroma: Array


def palette_slack(made: Ycc, target: Ycc) -> Slack | None:
    """What conversion to a palette, to few grey levels or to black and white explains, and no more.

    Returns:
        ``None`` where the target is not limited to 256 colours.
    """
    if len(target) == 1:
        return _level_slack(made[0], target[0])
    y, cr, cb = (np.rint(plane.ravel()[::_EVERY]).astype(np.uint32) for plane in target)
    colours = np.unique(y << 16 | cr << 8 | cb)
    if len(colours) > _MOST_COLOURS:
        return None
    palette = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], 1).astype(np.float32)
    axis = np.arange(4, 256, 8, dtype=np.float32)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    distance = ((grid**2).sum(1)[:, None] - 2 * grid @ palette.T) + (palette**2).sum(1)
    error = np.abs(grid - palette[distance.argmin(1)])
    table = np.stack([error[:, 0], error[:, 1:].max(1)], 1).reshape(32, 32, 32, 2)
    at = tuple(np.clip(plane / 8, 0, 31).astype(np.int32) for plane in made)
    return Slack(table[..., 0][at].astype(np.float32), table[..., 1][at].astype(np.float32))


def _level_slack(made: Array, target: Array) -> Slack | None:
    """The same for grey levels: images of 64 levels and more count as continuous."""
    some = np.rint(target.ravel()[::_EVERY]).astype(np.uint8)
    levels = np.flatnonzero(np.bincount(some, minlength=256))
    if len(levels) >= _FEW_LEVELS:
        return None
    every = np.arange(256)
    table = np.abs(every[:, None] - levels).min(1).astype(np.float32)
    luma = table[np.clip(np.rint(made), 0, 255).astype(np.uint8)]
    return Slack(luma, np.zeros_like(luma))
