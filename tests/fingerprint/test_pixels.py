import io

import cv2
import numpy as np
import pytest
from PIL import Image

from onecopy.decode.images import open_picture
from onecopy.fingerprint.pixels import pixels_digest
from onecopy.model import Limits


def of(data: bytes) -> str | None:
    return pixels_digest(open_picture(data, Limits()))


def test_conversions_of_colour_agree(photo, encode):
    opaque = photo.copy()
    opaque.putalpha(255)
    files = [
        encode(photo, "PNG"),
        encode(photo, "TIFF"),
        encode(photo, "TIFF", compression="tiff_lzw"),
        encode(photo, "BMP"),
        encode(photo, "PPM"),
        encode(photo, "WEBP", lossless=True),
        encode(opaque, "PNG"),
        encode(opaque, "TIFF"),
    ]
    assert len({of(file) for file in files}) == 1
    other = photo.copy()
    other.putpixel((479, 319), (0, 0, 1))
    assert of(encode(other, "PNG")) != of(files[0])


def test_conversions_of_a_palette_agree(photo, encode):
    paletted = photo.quantize(100)
    colour = paletted.convert("RGB")
    files = [encode(image, format) for image in (paletted, colour) for format in ("PNG", "TIFF", "BMP")]
    assert len({of(file) for file in [*files, encode(paletted, "GIF")]}) == 1


def test_conversions_of_grey_agree(photo, encode):
    grey = photo.convert("L")
    files = [encode(image, format) for image in (grey, grey.convert("RGB")) for format in ("PNG", "TIFF")]
    assert len({of(file) for file in [*files, encode(grey, "PPM"), encode(grey, "GIF")]}) == 1


def test_conversions_of_black_and_white_agree(photo, encode):
    ink = photo.convert("1")
    files = [encode(ink, format) for format in ("PNG", "TIFF", "BMP", "GIF", "PPM")]
    files += [encode(ink.convert("L"), "PNG"), encode(ink, "TIFF", compression="group4")]
    assert len({of(file) for file in files}) == 1


def test_transparency_counts(photo, encode):
    clear = photo.copy()
    clear.putalpha(128)
    assert of(encode(clear, "PNG")) == of(encode(clear, "TIFF"))
    assert of(encode(clear, "PNG")) != of(encode(photo, "PNG"))


def test_sixteen_bits_are_never_taken_for_eight(photo, encode):
    grey = np.asarray(photo.convert("L"))
    wide = Image.fromarray(grey.astype(np.uint16) * 257)
    assert of(encode(wide, "PNG")) == of(encode(wide, "TIFF"))
    assert of(encode(wide, "PNG")) != of(encode(photo.convert("L"), "PNG"))


@pytest.mark.parametrize("channels", [3, 4])
def test_colour_of_sixteen_bits_counts_to_its_last_bit(channels, random):
    pixels = random.integers(0, 65_536, (40, 60, channels), np.uint16)
    nearly = pixels.copy()
    nearly[5, 5, 0] ^= 1
    digests = [
        of(cv2.imencode(extension, values)[1].tobytes())
        for values in (pixels, nearly)
        for extension in (".png", ".tiff")
    ]
    assert digests[0] == digests[1] is not None
    assert digests[2] == digests[3] != digests[0]


def test_shape_counts(encode):
    flat = np.zeros((10, 40), np.uint8)
    assert of(encode(Image.fromarray(flat), "PNG")) != of(
        encode(Image.fromarray(flat.reshape(20, 20)), "PNG")
    )


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_pixels_are_digested_as_stored(format, photo, encode):
    exif = Image.Exif()
    exif[0x0112] = 6
    assert of(encode(photo, format, exif=exif)) == of(encode(photo, format))
    assert of(encode(photo.transpose(Image.Transpose.ROTATE_270), format)) != of(encode(photo, format))


def test_lossy_formats_and_animations_have_none(photo, encode):
    frames = [photo.quantize(16), photo.rotate(180).quantize(16)]
    assert of(encode(photo, "JPEG")) is None
    assert of(encode(photo, "TIFF", compression="jpeg")) is None
    assert of(encode(photo, "WEBP", quality=80)) is None
    for format in ("GIF", "PNG"):
        assert of(encode(frames[0], format, save_all=True, append_images=frames[1:])) is None


def test_cmyk_has_pixels_of_its_own(photo, encode):
    inks = photo.convert("CMYK")
    packed = encode(inks, "TIFF", compression="tiff_lzw")
    assert of(encode(inks, "TIFF")) == of(packed) != of(encode(photo, "TIFF"))


def test_a_large_image_is_read_in_bands(encode):
    rows = np.tile(np.arange(256, dtype=np.uint8), (3000, 4))
    file = io.BytesIO()
    Image.fromarray(rows).save(file, "PNG", compress_level=1)
    assert of(file.getvalue()) == of(encode(Image.fromarray(rows), "TIFF"))
