"""Pictures for decoding tests: a real photograph in every form, made on the spot."""

import io
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from PIL import Image

from onecopy.model import Limits

Encode = Callable[..., bytes]


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """A real photograph, 240 × 160, in colour, with a corner of its own in each corner."""
    return Image.fromarray(skimage.data.astronaut()).resize((240, 160), Image.Resampling.BOX)


@pytest.fixture(scope="session")
def encode() -> Encode:
    """Write an image into bytes."""

    def write(image: Image.Image, format: str, **options: object) -> bytes:
        file = io.BytesIO()
        image.save(file, format, **options)
        return file.getvalue()

    return write


@pytest.fixture
def limits() -> Limits:
    """The default limits."""
    return Limits()


@pytest.fixture
def near() -> Callable[[np.ndarray, np.ndarray], float]:
    """Mean absolute difference of two arrays."""
    return lambda a, b: float(np.abs(a.astype(float) - b.astype(float)).mean())
