"""Pictures for fingerprint tests: real photographs in every form, made on the spot."""

import hashlib
import io
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from PIL import Image

from onecopy.fingerprint.identify import identify
from onecopy.fingerprint.interface import IdentifyArgs
from onecopy.model import FileIdentity, Fingerprint, Limits


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """A real photograph, 480 × 320."""
    return Image.fromarray(skimage.data.astronaut()).resize((480, 320), Image.Resampling.BOX)


@pytest.fixture(scope="session")
def photos() -> dict[str, Image.Image]:
    """Real photographs, and a scanned page."""
    names = ("astronaut", "chelsea", "coffee", "rocket", "page")
    arrays = {name: getattr(skimage.data, name)() for name in names}
    return {name: Image.fromarray(array).convert("RGB") for name, array in arrays.items()}


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Write an image into bytes."""

    def write(image: Image.Image, format: str, **options: object) -> bytes:
        file = io.BytesIO()
        image.save(file, format, **options)
        return file.getvalue()

    return write


@pytest.fixture(scope="session")
def read() -> Callable[..., FileIdentity]:
    """Identify a file by its bytes."""

    def run(data: bytes, *, limits: Limits | None = None, always: bool = False) -> FileIdentity:
        digest = hashlib.sha256(data).hexdigest()
        args = IdentifyArgs(sha256=digest, limits=limits or Limits(), always_digest_image_data=always)
        return identify([data], args)

    return run


@pytest.fixture(scope="session")
def fingerprint_of(read) -> Callable[..., Fingerprint]:
    """The fingerprint of a file with one image."""

    def run(data: bytes, **options: object) -> Fingerprint:
        identity = read(data, **options)
        assert not identity.problems
        (found,) = identity.images
        assert found.inner == ""
        return found.fingerprint

    return run


@pytest.fixture(scope="session")
def bits() -> Callable[[bytes, bytes], int]:
    """Hamming distance."""
    return lambda a, b: (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


@pytest.fixture
def random() -> np.random.Generator:
    """Seeded random numbers."""
    return np.random.default_rng(20)
