"""Black and white held against what is expected of it: how surprising is what became of the greys?

Where one of two pages is grey, each of its pixels says how likely a threshold made it white
(:mod:`onecopy.verify.cutting`). Pixels at the rim of a stroke may be either, and say nothing; but where
another letter stood, pixels that were sure to be one became the other, though no farther than a pixel from
their like. So an S and a 5 of eight points are told apart, which are one blob as ink alone. Two pages in
black and white have nothing to expect by: their rims are as ragged as letters differ.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from onecopy.verify.planes import Array, Mask

_NEVER = 0.02
"""Nothing is more surprising than what happens so seldom: dust, and a pixel of noise."""
_SIGMA = 1.0
"""Standard deviation, in pixels, of the patch over which surprise is averaged."""


def surprise(placed: Sequence[Array], target: Array, mask: Mask, *, target_is_cut: bool) -> float:
    """The largest surprise over a patch, in nats beyond what is usual for such levels.

    Args:
        placed: Luminance of the better page on the poorer's grid, in every way in which it may lie there:
            the likeliest counts.
        target: Luminance of the poorer page.
        mask: Where both are defined.
        target_is_cut: Whether the poorer is the one in black and white; else the better one is. The other
            shows how much of each pixel is expected to be white.
    """
    least = np.full_like(target, np.inf)
    for page in placed:
        expected, cut = (page, target) if target_is_cut else (target, page)
        np.minimum(least, _beyond_usual(expected, cut), out=least)
    least[~mask] = 0
    return float(cv2.GaussianBlur(least, (0, 0), _SIGMA).max(initial=0))


def _beyond_usual(expected: Array, cut: Array) -> Array:
    """Negative log likelihood of each pixel, less its mean (the entropy)."""
    white = np.clip(expected * np.float32(1 / 255), _NEVER, 1 - _NEVER)
    became = np.clip(cut * np.float32(1 / 255), 0, 1)
    return np.asarray((white - became) * (np.log(white) - np.log(1 - white)), np.float32)
