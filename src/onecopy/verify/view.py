"""A raster prepared for comparison: luminance at working size, chroma, key points, kind of picture."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from onecopy.decode.interface import Raster
from onecopy.verify.planes import Array, Bytes, is_bilevel, scaling

WORKING_SIDE = 1400
"""Longest side, in pixels, at which photographs are compared."""
PAPER_SIDE = 2200
"""The same for paper, where a stroke of two pixels can be the whole difference."""
DECODE_SIDE = 2000
"""Longest side from which on a scaled decode is enough."""
GLANCE_SIDE = 480
"""The same for a first look: enough for a thumbnail."""
FEATURE_SIDE = 480
"""Longest side at which key points are sought."""
_MOST_FEATURES = 800
_THUMBNAIL_SIDE = 256


@dataclass(frozen=True)
class View:
    """One image over one ground (see :func:`prepare`), as the comparison sees it.

    ``colour`` has shape (height, width, 3), sRGB, uint8. ``scale`` is working pixels per displayed pixel.
    ``points`` are the packed key points of the fingerprint, if there is one; ``is_bilevel`` says
    that there was only black and white before it was brought to working size.
    """

    colour: Bytes
    full_width: int
    full_height: int
    points: bytes = b""
    is_bilevel: bool = False

    @property
    def width(self) -> int:
        """Working width in pixels."""
        return int(self.colour.shape[1])

    @property
    def height(self) -> int:
        """Working height in pixels."""
        return int(self.colour.shape[0])

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the image as displayed."""
        return self.width / self.full_width

    def planes(self, *, colour: bool) -> Bytes:
        """R, G, B (height, width, 3), or luminance alone (height, width, 1)."""
        return self.colour if colour else self.luma[..., None]

    @cached_property
    def luma(self) -> Bytes:
        """Luminance, uint8, shape (height, width)."""
        return np.asarray(cv2.cvtColor(self.colour, cv2.COLOR_RGB2GRAY), np.uint8)

    def level(self, step: float) -> tuple[Bytes, int]:
        """Luminance halved as often as comes nearest to a scale (at most 1), and the factor that remains.

        Pixel (0, 0) of it covers the first ``factor`` × ``factor`` pixels; odd last rows are left out.
        """
        times = min(len(self._halves), max(0, round(-float(np.log2(step)))))
        return (self._halves[times - 1] if times else self.luma), 1 << times

    @cached_property
    def _halves(self) -> list[Bytes]:
        """Luminance at 1/2, 1/4, 1/8 of the size: halving is many times faster than any other factor."""
        found: list[Bytes] = []
        image = self.luma
        while min(image.shape) >= 64 and len(found) < 3:
            image = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
            size = (image.shape[1] // 2, image.shape[0] // 2)
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            found.append(image)
        return found

    @cached_property
    def is_grey(self) -> bool:
        """Whether there is no colour to compare."""
        chroma = cv2.resize(self.colour, (64, 64), interpolation=cv2.INTER_AREA).astype(np.int16)
        return int((chroma.max(2) - chroma.min(2)).max()) <= 6

    @cached_property
    def noise(self) -> float:
        """Strength of the grain where nothing else is: grey levels."""
        rows = slice(self.height // 8, None, max(1, self.height // 8))
        strips = [self.luma[top : top + 24] for top in range(self.height)[rows]]
        strip = np.concatenate(strips).astype(np.float32)
        fine = strip - cv2.GaussianBlur(strip, (0, 0), 1.6)
        local = cv2.blur(np.abs(fine), (9, 9))[::4, ::4]
        return float(np.quantile(local, 0.25)) * 1.25  # of a normal distribution

    @cached_property
    def contrast(self) -> float:
        """From nearly the darkest to nearly the lightest that it shows: grey levels."""
        low, high = np.quantile(self.luma[::2, ::2], (0.005, 0.995))
        return float(high - low)

    @cached_property
    def is_paper(self) -> bool:
        """Whether this looks like marks on a ground: scans, plans, forms, screenshots, line art.

        Paper has one dominant ground (light or dark) that fills much of every part of the sheet, and is flat
        but for strokes; photographs shade continuously.
        """
        small = self.luma
        flat = cv2.absdiff(cv2.dilate(small, _BOX3), cv2.erode(small, _BOX3)) <= 10
        ground = np.bincount(small[flat], minlength=256) if flat.any() else np.zeros(256)
        near = np.convolve(ground, np.ones(25), "same")
        share = float(near.max()) / small.size
        return share >= 0.45

    @cached_property
    def features(self) -> tuple[Array, Array]:
        """SIFT key points (x, y in working pixels; shape (n, 2)) and RootSIFT descriptors (n, 128)."""
        return _sift(self.luma, FEATURE_SIDE)

    @property
    def known_features(self) -> tuple[Array, Array] | None:
        """The key points, if they were ever asked for."""
        return self.__dict__.get("features")

    def recall(self, features: tuple[Array, Array] | None) -> None:
        """Take key points that were found before in the same image."""
        if features is not None:
            self.__dict__["features"] = features

    @cached_property
    def thumbnail(self) -> "View":
        """The same image, at most 256 pixels long."""
        small = shrink(self.colour, _THUMBNAIL_SIDE)
        return View(small, self.full_width, self.full_height, is_bilevel=self.is_bilevel)


_BOX3 = np.ones((3, 3), np.uint8)


def to_displayed(view: View) -> npt.NDArray[np.float64]:
    """The map (3×3) from a view's working pixels to displayed ones."""
    return scaling(view.full_width / view.width, view.full_height / view.height)


def to_thumbnail(view: View) -> npt.NDArray[np.float64]:
    """The map (3×3) from a view's working pixels to those of its thumbnail."""
    return scaling(view.thumbnail.width / view.width, view.thumbnail.height / view.height)


def shrink(image: npt.NDArray[np.uint8], side: int) -> Bytes:
    """Area-average down so that the longest side is at most ``side`` pixels."""
    factor = side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sift(luma: Bytes, side: int) -> tuple[Array, Array]:
    image = shrink(luma, side)
    longest = max(image.shape)
    up = 1.0
    if longest < 320:  # thumbnails have few key points at their own size
        up = min(3.0, 320 / longest)
        image = np.asarray(cv2.resize(image, None, fx=up, fy=up, interpolation=cv2.INTER_CUBIC), np.uint8)
    sift = cv2.SIFT.create(nfeatures=_MOST_FEATURES, contrastThreshold=0.02, edgeThreshold=14)
    points, descriptors = sift.detectAndCompute(image, None)
    if descriptors is None or not len(points):
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    xy = np.array([p.pt for p in points], np.float32)
    scale = np.array([luma.shape[1] / image.shape[1], luma.shape[0] / image.shape[0]], np.float32)
    descriptors = np.sqrt(descriptors / (descriptors.sum(1, keepdims=True) + 1e-7))
    return (xy + 0.5) * scale - 0.5, descriptors.astype(np.float32)


def prepare(raster: Raster, ground: int | None, points: bytes = b"") -> View:
    """Lay a raster over a ground and bring it to working size.

    Args:
        raster: As decoded.
        ground: Grey level (0 to 255) under transparent pixels; ``None`` ignores transparency.
        points: The fingerprint's key points, packed.
    """
    colour = raster.pixels if raster.pixels.ndim == 3 else np.repeat(raster.pixels[..., None], 3, 2)
    alpha = raster.alpha
    if alpha is not None and ground is not None:
        share = alpha[..., None].astype(np.float32) / 255
        colour = np.rint(colour * share + ground * (1 - share)).astype(np.uint8)
    probe = View(shrink(colour, 800), raster.full_width, raster.full_height)
    side = PAPER_SIDE if probe.is_paper else WORKING_SIDE
    cut = is_bilevel(colour[::3, ::3, 1])
    return View(shrink(colour, side), raster.full_width, raster.full_height, points, cut)
