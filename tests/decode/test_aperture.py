"""AVIF files that show only a part of what they hold."""

import io
import struct

import numpy as np
import pytest
from PIL import Image
from skimage import data

from onecopy.decode.boxes import clean_aperture
from onecopy.decode.images import open_picture
from onecopy.model import Limits


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def with_aperture(avif: bytes, *numbers: int) -> bytes:
    """Add a clean aperture to the only item of a file that Pillow wrote, and mend every size and offset."""
    clap = box(b"clap", struct.pack(">8i", *numbers))
    ipco, ipma, iprp, meta = (avif.index(kind) - 4 for kind in (b"ipco", b"ipma", b"iprp", b"meta"))
    size = {at: struct.unpack_from(">I", avif, at)[0] for at in (ipco, ipma, iprp, meta)}
    known, at = 0, ipco + 8
    while at < ipco + size[ipco]:
        known, at = known + 1, at + struct.unpack_from(">I", avif, at)[0]
    count = avif[ipma + 18]
    grown = {ipco: len(clap), ipma: 1, iprp: len(clap) + 1, meta: len(clap) + 1}
    file = bytearray(avif)
    for where, more in grown.items():
        struct.pack_into(">I", file, where, size[where] + more)
    file[ipma + 18] = count + 1
    iloc = avif.index(b"iloc") - 4
    offset = iloc + 8 + 4 + 2 + 2 + 2 + 2 + 2
    struct.pack_into(">I", file, offset, struct.unpack_from(">I", avif, offset)[0] + len(clap) + 1)
    end = ipma + 19 + count
    return (
        bytes(file[: ipco + size[ipco]])
        + clap
        + bytes(file[ipco + size[ipco] : end])
        + bytes([0x80 | (known + 1)])
        + bytes(file[end:])
    )


@pytest.fixture(scope="module")
def avif() -> bytes:
    file = io.BytesIO()
    Image.fromarray(data.astronaut()).resize((200, 160)).save(file, "AVIF", quality=90)
    return file.getvalue()


def test_only_the_clean_aperture_is_the_picture(avif):
    whole = open_picture(avif, Limits()).raster().pixels
    cut = open_picture(with_aperture(avif, 100, 1, 80, 1, -20, 1, 10, 1), Limits())
    assert (cut.header.width, cut.header.height) == (100, 80)
    assert np.array_equal(cut.raster().pixels, whole[50:130, 30:130])


@pytest.mark.parametrize(
    "numbers",
    [
        (100, 0, 80, 1, 0, 1, 0, 1),
        (999, 1, 80, 1, 0, 1, 0, 1),
        (-5, 1, 80, 1, 0, 1, 0, 1),
        (200, 1, 160, 1, 0, 1, 0, 1),
    ],
)
def test_an_unsound_aperture_is_none(avif, numbers):
    assert clean_aperture(memoryview(with_aperture(avif, *numbers)), 200, 160) is None


def test_noise_has_no_aperture():
    rng = np.random.default_rng(5)
    for length in (0, 7, 8, 40, 400):
        assert clean_aperture(memoryview(rng.bytes(length)), 10, 10) is None
