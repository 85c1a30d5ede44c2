import builtins
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from onecopy.decode.images import open_picture, upright
from onecopy.errors import UnreadableError
from onecopy.model import Limits

RGB_FORMATS = [
    ("JPEG", {"quality": 92}, 4),
    ("JPEG", {"quality": 92, "progressive": True}, 4),
    ("PNG", {}, 0),
    ("TIFF", {}, 0),
    ("TIFF", {"compression": "tiff_lzw"}, 0),
    ("TIFF", {"compression": "tiff_adobe_deflate"}, 0),
    ("TIFF", {"compression": "packbits"}, 0),
    ("TIFF", {"compression": "jpeg", "quality": 92}, 4),
    ("TIFF", {"big_tiff": True}, 0),
    ("BMP", {}, 0),
    ("WEBP", {"lossless": True}, 0),
    ("WEBP", {"quality": 92}, 4),
    ("AVIF", {"quality": 92}, 4),
    ("JPEG2000", {"irreversible": False}, 1),
    ("PPM", {}, 0),
]


@pytest.mark.parametrize(("format", "options", "tolerance"), RGB_FORMATS)
def test_each_format_gives_the_picture_back(format, options, tolerance, photo, encode, limits, near):
    picture = open_picture(encode(photo, format, **options), limits)
    raster = picture.raster()
    assert raster.pixels.shape == (160, 240, 3)
    assert raster.pixels.dtype == np.uint8
    assert (raster.full_width, raster.full_height) == (240, 160)
    assert near(raster.pixels, np.asarray(photo)) <= tolerance
    luma = picture.raster(luma=True)
    assert luma.pixels.shape == (160, 240)
    assert near(luma.pixels, np.asarray(photo.convert("L"))) <= tolerance + 1


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_fax_pages(compression, photo, encode, limits):
    page = photo.convert("1")
    picture = open_picture(encode(page, "TIFF", compression=compression), limits)
    assert picture.header.lossless
    assert picture.header.mode == "1"
    assert np.array_equal(picture.raster(luma=True).pixels, np.asarray(page.convert("L")))


def test_a_tiled_tiff(limits):
    tifffile = pytest.importorskip("tifffile")
    rows = np.arange(64 * 96, dtype=np.uint32).reshape(64, 96) % 251
    file = io.BytesIO()
    tifffile.imwrite(file, rows.astype(np.uint8), tile=(16, 16))
    picture = open_picture(file.getvalue(), limits)
    assert np.array_equal(picture.raster(luma=True).pixels, rows)


def test_palette_with_transparency(photo, encode, limits, near):
    paletted = photo.quantize(64)
    picture = open_picture(encode(paletted, "PNG", transparency=3), limits)
    raster = picture.raster()
    assert picture.header.has_alpha
    assert near(raster.pixels, np.asarray(paletted.convert("RGB"))) == 0
    assert np.array_equal(raster.alpha == 0, np.asarray(paletted) == 3)
    still = open_picture(encode(paletted, "GIF"), limits).raster()
    assert near(still.pixels, np.asarray(paletted.convert("RGB"))) == 0


def test_alpha_is_kept_beside_the_colours(photo, encode, limits):
    see_through = photo.copy()
    see_through.putalpha(Image.linear_gradient("L").resize(photo.size))
    for format in ("PNG", "TIFF", "WEBP"):
        raster = open_picture(encode(see_through, format, lossless=True), limits).raster()
        assert np.array_equal(raster.alpha, np.asarray(see_through)[..., 3]), format


def _interlaced(pixels: np.ndarray) -> bytes:
    """A grey PNG in Adam7 order, which Pillow does not write."""
    raw = b""
    for left, top, right, down in [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
    ]:
        for row in pixels[top::down, left::right]:
            raw += b"\0" + row.tobytes()
    for row in pixels[1::2]:
        raw += b"\0" + row.tobytes()
    return _png(pixels.shape[1], pixels.shape[0], 8, 0, raw, interlace=1)


def _png(width: int, height: int, depth: int, kind: int, raw: bytes, *, interlace: int = 0) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def test_an_interlaced_png(photo, limits):
    grey = np.asarray(photo.convert("L"))
    assert np.array_equal(open_picture(_interlaced(grey), limits).raster(luma=True).pixels, grey)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_clipped(format, encode, limits):
    eight = np.tile(np.arange(256, dtype=np.uint8), (20, 1))
    wide = Image.fromarray(eight.astype(np.uint16) * 257)
    picture = open_picture(encode(wide, format), limits)
    assert np.array_equal(picture.raster(luma=True).pixels, eight)
    assert np.array_equal(picture.raster().pixels[..., 0], eight)


def test_float_pixels_become_eight_bits(encode, limits):
    ramp = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (20, 1))
    raster = open_picture(encode(Image.fromarray(ramp), "TIFF"), limits).raster(luma=True)
    assert np.array_equal(raster.pixels[0], np.arange(256))
    broken = ramp.copy()
    broken[0, 0] = np.nan
    broken[0, 1] = np.inf
    assert (
        open_picture(encode(Image.fromarray(broken), "TIFF"), limits).raster(luma=True).pixels[1, 255] == 255
    )


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_is_shown_in_its_colours(format, photo, encode, limits, near):
    inks = photo.convert("CMYK")
    options = {"quality": 95} if format == "JPEG" else {}
    picture = open_picture(encode(inks, format, **options), limits)
    assert picture.header.mode == "CMYK"
    assert near(picture.raster().pixels, np.asarray(photo)) < 6
    assert near(picture.raster(luma=True).pixels, np.asarray(photo.convert("L"))) < 6


def _with_orientation(photo, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_the_orientation_is_applied_once(format, orientation, photo, encode, limits, near):
    options = {"lossless": True} if format == "WEBP" else {"quality": 95} if format == "JPEG" else {}
    data = encode(photo, format, exif=_with_orientation(photo, orientation), **options)
    upright_photo = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    picture = open_picture(data, limits)
    raster = picture.raster()
    assert picture.header.orientation == orientation
    assert (picture.header.width, picture.header.height) == (240, 160)
    assert (raster.full_width, raster.full_height) == upright_photo.size
    assert near(raster.pixels, np.asarray(upright_photo)) <= (1 if format == "JPEG" else 0)
    if format != "JPEG":
        assert np.array_equal(np.asarray(picture.native()), np.asarray(photo))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_avif_keeps_its_rotation_outside_the_pixels(orientation, photo, encode, limits, near):
    data = encode(photo, "AVIF", quality=95, exif=_with_orientation(photo, orientation))
    shown = upright(np.asarray(photo), orientation)
    raster = open_picture(data, limits).raster()
    assert raster.pixels.shape == shown.shape
    assert near(raster.pixels, shown) < 4


def test_upright_is_what_pillow_does():
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    for orientation in range(1, 9):
        image = Image.fromarray(pixels)
        image.getexif()[0x0112] = orientation
        assert np.array_equal(upright(pixels, orientation), np.asarray(ImageOps.exif_transpose(image)))


def test_a_jpeg_is_decoded_at_a_smaller_scale_where_that_is_enough(photo, encode, limits):
    data = encode(photo.resize((1600, 1067)), "JPEG", quality=90)
    picture = open_picture(data, limits)
    for at_least, width in [(1600, 1600), (801, 1600), (800, 800), (400, 400), (200, 200), (20, 20)]:
        raster = picture.raster(at_least=at_least, luma=True)
        assert raster.pixels.shape[1] == width
        assert (raster.full_width, raster.full_height) == (1600, 1067)


def test_other_formats_average_blocks_where_that_is_enough(photo, encode, limits, near):
    for image in (photo, photo.convert("L"), photo.quantize(32), photo.convert("RGBA")):
        raster = open_picture(encode(image, "PNG"), limits).raster(at_least=100)
        assert raster.pixels.shape == (80, 120, 3)
        assert near(raster.pixels, np.asarray(image.convert("RGB").reduce(2))) < 1


def _profile(red: tuple, green: tuple, blue: tuple) -> bytes:
    """A minimal ICC profile (version 2, linear) with the given XYZ of its primaries."""

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))

    curve = b"curv" + struct.pack(">IIH", 0, 1, 1 << 8) + bytes(2)
    text = b"linear\0"
    desc = b"desc" + struct.pack(">II", 0, len(text)) + text + bytes(8 + 3 + 67)
    tags = {
        b"desc": desc,
        b"cprt": b"text" + bytes(4) + text,
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249),
    }
    for name, primary in ((b"r", red), (b"g", green), (b"b", blue)):
        tags |= {name + b"XYZ": b"XYZ " + bytes(4) + fixed(*primary), name + b"TRC": curve}
    table, body = b"", b""
    for name, value in tags.items():
        table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    rest = struct.pack(">I", len(tags)) + table + body
    head = struct.pack(">I4sI4s4s4s", 128 + len(rest), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + rest


def test_a_profile_is_converted_to_srgb(photo, encode, limits, near):
    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    linear = _profile(red, green, blue)
    raster = open_picture(encode(photo, "PNG", icc_profile=linear), limits).raster()
    value = np.asarray(photo) / 255
    expected = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055) * 255
    assert near(raster.pixels, expected) < 3
    swapped = open_picture(encode(photo, "PNG", icc_profile=_profile(blue, green, red)), limits).raster()
    assert near(swapped.pixels, expected[..., ::-1]) < 3


def test_a_broken_or_usual_profile_changes_nothing(photo, encode, limits, near):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert open_picture(encode(photo, "PNG", icc_profile=srgb), limits).header.profile == srgb
    for profile in (srgb, lab, b"not a profile", srgb[:200]):
        raster = open_picture(encode(photo, "PNG", icc_profile=profile), limits).raster()
        assert near(raster.pixels, np.asarray(photo)) == 0


def test_lab_pixels_are_converted(photo, encode, limits, near):
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(photo, to_lab)
    assert near(open_picture(encode(lab, "TIFF"), limits).raster().pixels, np.asarray(photo)) < 3


def test_too_many_pixels_are_refused_before_decoding(photo, encode):
    data = encode(photo, "PNG")
    with pytest.raises(UnreadableError) as raised:
        open_picture(data, Limits(pixels=240 * 160 - 1))
    assert raised.value.code == "too-many-pixels"
    assert open_picture(data, Limits(pixels=240 * 160)).header.width == 240


def test_a_bomb_is_refused_by_its_header(limits):
    with pytest.raises(UnreadableError) as raised:
        open_picture(_png(60_000, 60_000, 8, 0, b"\0" * 1000), limits)
    assert raised.value.code == "too-many-pixels"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "PPM"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_cut_off_file_is_truncated(format, share, photo, encode, limits):
    data = encode(photo, format)
    cut = data[: max(14, int(len(data) * share))]
    with pytest.raises(UnreadableError) as raised:
        open_picture(cut, limits).raster()
    assert raised.value.code == "truncated"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "AVIF", "JPEG2000", "PPM"])
def test_damage_raises_nothing_but_the_stable_codes(format, photo, encode, limits):
    data = bytearray(encode(photo, format))
    random = np.random.default_rng(7)
    known = {"truncated", "corrupt", "unsupported-format", "too-many-pixels", "not-an-image", "out-of-memory"}
    seen = set()
    for _ in range(40):
        broken = bytearray(data)
        for place in random.integers(2, min(len(data), 600), 6):
            broken[place] = random.integers(256)
        try:
            open_picture(bytes(broken), limits).raster(at_least=64)
        except UnreadableError as error:
            seen.add(error.code)
    assert seen <= known


def test_a_raw_file_is_not_taken_for_its_preview(photo, encode, limits):
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    tags[50706] = b"\x01\x04\x00\x00"
    tags.tagtype[50706] = 1
    with pytest.raises(UnreadableError, match="raw") as raised:
        open_picture(encode(photo, "TIFF", tiffinfo=tags), limits)
    assert raised.value.code == "unsupported-format"


def test_the_first_frame_is_the_picture(photo, encode, limits, near):
    frames = [photo.quantize(64), photo.rotate(180).quantize(64), photo.rotate(90).quantize(64)]
    for format in ("GIF", "PNG", "WEBP"):
        data = encode(frames[0], format, save_all=True, append_images=frames[1:], duration=50)
        picture = open_picture(data, limits)
        assert picture.header.frames == 3
        assert near(picture.raster().pixels, np.asarray(frames[0].convert("RGB"))) < 8


def test_the_header_says_how_coarse_a_jpeg_is(photo, encode, limits):
    fine, coarse = (open_picture(encode(photo, "JPEG", quality=q), limits).header for q in (95, 40))
    assert len(fine.quantisation[0]) == 64
    assert np.mean(fine.quantisation[0]) < np.mean(coarse.quantisation[0])
    assert not fine.lossless


def test_a_missing_extra_is_named_with_its_command(monkeypatch, limits):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("pillow_heif"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnreadableError, match=r"pip install 'onecopy\[heic\]'") as raised:
        open_picture(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(100), limits)
    assert raised.value.code == "needs-extra"


def test_heic_is_read_and_turned_once(photo, limits, near):
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    heif = pillow_heif.from_pillow(photo)
    heif.save(file, quality=95, exif=exif.tobytes())
    raster = open_picture(file.getvalue(), limits).raster()
    shown = np.asarray(photo.transpose(Image.Transpose.ROTATE_270))
    assert raster.pixels.shape == shown.shape
    assert near(raster.pixels, shown) < 5
    with pytest.raises(UnreadableError) as raised:
        open_picture(file.getvalue()[: len(file.getvalue()) // 2], limits).raster()
    assert raised.value.code in ("truncated", "corrupt")


def test_decoding_twice_gives_the_same(photo, encode, limits):
    for format in ("JPEG", "PNG", "WEBP"):
        picture = open_picture(encode(photo, format), limits)
        assert np.array_equal(picture.raster().pixels, picture.raster().pixels)
