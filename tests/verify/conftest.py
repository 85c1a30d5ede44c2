"""Pictures to verify: photographs from an installed package, forms drawn here, and what happens to them."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from skimage import data

from onecopy.decode.interface import Raster
from onecopy.fingerprint.features import extract
from onecopy.verify.decide import Ruling
from onecopy.verify.examine import Examination
from onecopy.verify.pair import compare_views
from onecopy.verify.view import View, prepare

Judge = Callable[[Image.Image, Image.Image], tuple[Ruling, Examination | None]]


def to_view(image: Image.Image) -> View:
    pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    points = extract(np.asarray(image.convert("L")))
    return prepare(Raster(pixels=pixels, alpha=None, full_width=width, full_height=height), None, points)


@pytest.fixture(scope="session")
def judge() -> Judge:
    return lambda a, b: compare_views(to_view(a), to_view(b))


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """A photograph of 500 × 400 pixels with sensor-like grain."""
    return grainy(Image.fromarray(data.astronaut()).crop((0, 0, 500, 400)), seed=1)


@pytest.fixture(scope="session")
def other_photo() -> Image.Image:
    return grainy(Image.fromarray(data.coffee()), seed=2)


def grainy(image: Image.Image, seed: int, sigma: float = 2.5) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, sigma, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def recode(image: Image.Image, quality: int = 80, kind: str = "JPEG") -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def scaled(image: Image.Image, factor: float) -> Image.Image:
    size = (round(image.width * factor), round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS)


FIELDS = (
    ("Applicant", "Mariana Oduya-Lindqvist"),
    ("Site address", "1184 Wrenfield Terrace"),
    ("Parcel number", "0417-388-021"),
    ("Permit type", "Residential addition"),
    ("Valuation", "$ 38,500.00"),
    ("Contractor licence", "B-774 103"),
    ("Date received", "3 May 2026"),
)


def form(values: dict[str, str] | None = None, *, dpi: int = 150) -> Image.Image:
    """A filled permit form, half a letter page, as a program renders it."""
    unit = dpi / 150
    page = Image.new("RGB", (round(1100 * unit), round(700 * unit)), "white")
    draw = ImageDraw.Draw(page)
    small, large = ImageFont.load_default(round(20 * unit)), ImageFont.load_default(round(34 * unit))
    draw.text((60 * unit, 40 * unit), "City of Larkhaven: Building Permit", fill="black", font=large)
    for row, (name, value) in enumerate(FIELDS):
        y = (120 + 70 * row) * unit
        draw.text((60 * unit, y), name, fill=(60, 60, 60), font=small)
        draw.rectangle(
            [320 * unit, y - 10 * unit, 1040 * unit, y + 40 * unit], outline="black", width=round(2 * unit)
        )
        draw.text((335 * unit, y), (values or {}).get(name, value), fill="black", font=small)
    return page


def rescanned(page: Image.Image, seed: int, *, angle: float = 0.7) -> Image.Image:
    """What a flatbed makes of a page: skew, shading, paper tone, noise, softness, JPEG."""
    rng = np.random.default_rng(seed)
    turned = page.convert("L").rotate(angle, Image.Resampling.BICUBIC, fillcolor=252)
    grey = np.asarray(turned).astype(np.float32)
    across = np.linspace(0, 3, grey.shape[1])
    grey = grey * 0.92 + 9 + 5 * np.sin(across) + rng.normal(0, 4, grey.shape)
    soft = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
    return recode(soft.convert("RGB"), 75)
