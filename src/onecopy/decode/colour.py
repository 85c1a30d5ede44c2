"""Colour: from what a file stores to 8-bit grey, sRGB and alpha."""

import io
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

_MOST_PROFILE_BYTES: Final = 4 << 20
_WIDE = {"I;16", "I;16L", "I;16B", "I;16N", "I", "F"}


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Bring 16-bit, 32-bit and float grey to 8 bits by scale, never by clipping.

    Sixteen bits scale by their full range, so an 8-bit image widened to 16 bits comes back exactly. Whole
    numbers beyond 16 bits, and floats outside 0..1 and 0..255, have no known range: the one they use is
    stretched.
    """
    if image.mode not in _WIDE:
        return image
    values = np.asarray(image)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    if values.size == 0:
        return Image.new("L", image.size)
    if values.dtype.itemsize == 2 and values.dtype.kind == "u":
        return Image.fromarray(_narrow(values))
    low, high = float(values.min()), float(values.max())
    if values.dtype.kind != "f" and low >= 0 and high <= 65_535:
        return Image.fromarray(_narrow(values))
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    scaled = (values - low) * (255.0 / (high - low))
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _narrow(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    # value / 257, rounded, in whole numbers: (255 v + 32895) >> 16 is exact over 0..65535.
    return ((values.astype(np.uint32) * 255 + 32_895) >> 16).astype(np.uint8)


def split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Take transparency off: the colours (L, RGB, CMYK or LAB), and alpha (L) where there is any."""
    if image.has_transparency_data:
        full = image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
        colours = full.convert("L") if full.mode == "LA" else full.convert("RGB")
        return colours, full.getchannel("A")
    if image.mode == "1":
        return image.convert("L"), None
    if image.mode in ("L", "RGB", "CMYK", "LAB"):
        return image, None
    if image.mode == "P":
        return image.convert("RGB"), None
    if image.mode in _WIDE:
        return to_eight_bits(image), None
    return image.convert("RGB"), None


def to_grey(image: Image.Image) -> Image.Image:
    """Luminance (ITU-R 601-2) of what :func:`split_alpha` gives."""
    if image.mode == "LAB":
        return image.getchannel("L")
    return image if image.mode == "L" else image.convert("RGB").convert("L")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert colours to sRGB by their profile where it says something else; a broken one is ignored.

    Args:
        image: Mode L, RGB, CMYK or LAB.
        profile: The embedded ICC profile.
    """
    if image.mode == "LAB":
        return _converted(image, _lab_transform()) or image.getchannel("L").convert("RGB")
    if profile and len(profile) <= _MOST_PROFILE_BYTES:
        transform = _transform(profile, image.mode)
        if transform is not None and (converted := _converted(image, transform)) is not None:
            return converted
    return image.convert("RGB")


def _converted(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image | None:
    try:
        return ImageCms.applyTransform(image, transform)
    except Exception:  # a profile that fits nothing changes nothing
        return None


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """``None`` where the profile is sRGB already, or of no use."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if mode == "RGB" and "srgb" in (source.profile.profile_description or "").lower():
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except Exception:  # littlecms and its binding raise many kinds on hostile profiles
        return None


@lru_cache(maxsize=1)
def _lab_transform() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
