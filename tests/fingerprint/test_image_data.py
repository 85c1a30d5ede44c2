import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from onecopy.decode.images import open_picture
from onecopy.fingerprint.identify import digest_image_data
from onecopy.fingerprint.image_data import digest, hint, image_data, stored_digest
from onecopy.fingerprint.interface import DigestArgs
from onecopy.model import Limits


def of(data: bytes) -> str:
    parts = image_data(open_picture(data, Limits()))
    assert bytes(parts[0][:5]) != b"whole"
    return digest(parts)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def after_start(jpeg: bytes, inserted: bytes) -> bytes:
    return jpeg[:2] + inserted + jpeg[2:]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_jpeg_metadata_does_not_count(options, photo, encode):
    plain = encode(photo, "JPEG", quality=80, **options)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    for other in (
        encode(photo, "JPEG", quality=80, exif=exif, comment=b"words", icc_profile=b"profile", **options),
        after_start(plain, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>") + segment(0xFE, b"comment")),
        plain + b"what a program left behind \xff\xd8\xff\xda",
        plain + encode(photo.resize((80, 60)), "JPEG"),
        plain[:2] + b"\xff\xff\xff" + plain[2:],
    ):
        assert other != plain
        assert of(other) == of(plain)


def test_jpeg_pixels_count(photo, encode):
    plain = encode(photo, "JPEG", quality=80)
    changed = photo.copy()
    changed.putpixel((200, 100), (255, 0, 0))
    assert of(encode(changed, "JPEG", quality=80)) != of(plain)


def test_jpeg_quantisation_counts_even_with_the_same_coded_data(photo, encode):
    plain = bytearray(encode(photo, "JPEG", quality=80))
    tables = plain.index(b"\xff\xdb")
    plain[tables + 8] += 9
    assert of(bytes(plain)) != of(encode(photo, "JPEG", quality=80))


def test_jpeg_colour_transform_counts(photo, encode):
    plain = encode(photo, "JPEG", quality=80)
    adobe = after_start(plain, segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 0)))
    assert of(adobe) != of(plain)
    assert of(after_start(plain, segment(0xEE, b"Ducky" + bytes(7)))) == of(plain)


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found, position = [], 8
    while position < len(png):
        size = int.from_bytes(png[position : position + 4], "big")
        found.append((png[position + 4 : position + 8], png[position + 8 : position + 8 + size]))
        position += size + 12
    return found


def _joined(chunks: list[tuple[bytes, bytes]]) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        made += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return made


def test_png_metadata_and_chunk_sizes_do_not_count(photo, encode):
    plain = encode(photo, "PNG")
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "something")
    assert of(encode(photo, "PNG", pnginfo=words, dpi=(300, 300))) == of(plain)
    data = b"".join(body for kind, body in _chunks(plain) if kind == b"IDAT")
    small = [(b"IDAT", data[i : i + 1000]) for i in range(0, len(data), 1000)]
    assert of(_joined([_chunks(plain)[0], *small, (b"IEND", b"")])) == of(plain)


def test_png_palette_and_transparency_count(photo, encode):
    paletted = photo.quantize(16)
    plain = encode(paletted, "PNG")
    other = paletted.copy()
    other.putpalette([255 - value for value in paletted.getpalette()])
    assert of(encode(other, "PNG")) != of(plain)
    assert of(encode(paletted, "PNG", transparency=2)) != of(plain)


def test_animations_count_whole(photo, encode):
    frames = [photo.quantize(16), photo.rotate(180).quantize(16), photo.rotate(90).quantize(16)]
    for format in ("PNG", "GIF", "WEBP"):
        short = encode(frames[0], format, save_all=True, append_images=frames[1:2], duration=50)
        long = encode(frames[0], format, save_all=True, append_images=frames[1:], duration=50)
        assert of(short) != of(long), format


def test_gif_comments_do_not_count(photo, encode):
    paletted = photo.quantize(16)
    assert of(encode(paletted, "GIF", comment=b"words")) == of(encode(paletted, "GIF"))


def test_webp_metadata_does_not_count(photo, encode):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    for options in ({"quality": 80}, {"lossless": True}):
        plain = encode(photo, "WEBP", **options)
        noted = encode(photo, "WEBP", exif=exif, xmp=b"<x/>", icc_profile=b"profile", **options)
        assert of(noted) == of(plain)
    assert of(encode(photo, "WEBP", quality=70)) != of(encode(photo, "WEBP", quality=80))


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg", "packbits"])
def test_tiff_metadata_does_not_count(compression, photo, encode):
    plain = encode(photo, "TIFF", compression=compression)
    notes = {"software": "a program", "description": "x" * 500, "dpi": (72, 72)}
    other = encode(photo, "TIFF", compression=compression, **notes)
    assert other != plain
    assert of(other) == of(plain)


def test_tiff_places_do_not_count_but_layout_does(photo, encode):
    grey = photo.convert("L")
    plain = bytearray(encode(grey, "TIFF"))
    # the same numbers as pixels of another shape
    other = encode(_reshaped(grey), "TIFF")
    assert of(other) != of(bytes(plain))
    directory = int.from_bytes(plain[4:8], "little")
    moved = plain + b"\0\0" + plain[directory:]
    moved[4:8] = (len(plain) + 2).to_bytes(4, "little")
    assert of(bytes(moved)) == of(bytes(plain))


def _reshaped(image: Image.Image) -> Image.Image:
    return Image.frombytes("L", (image.height, image.width), image.tobytes())


def test_bmp_resolution_and_gaps_do_not_count(photo, encode):
    for image in (photo, photo.quantize(200), photo.convert("1")):
        plain = encode(image, "BMP")
        assert of(encode(image, "BMP", dpi=(300, 300))) == of(plain)
        offset = int.from_bytes(plain[10:14], "little")
        gap = plain[:10] + (offset + 8).to_bytes(4, "little") + plain[14:offset] + bytes(8) + plain[offset:]
        assert of(gap) == of(plain)
    other = photo.copy()
    other.putpixel((3, 3), (1, 2, 3))
    assert of(encode(other, "BMP")) != of(encode(photo, "BMP"))


def test_pnm_comments_and_spaces_do_not_count(photo, encode):
    plain = encode(photo, "PPM")
    raster = plain[-480 * 320 * 3 :]
    assert of(b"P6 # made by hand\n480\t320 #wide\n255\n" + raster) == of(plain)
    assert of(b"P6 320 480 255\n" + raster) != of(plain)


def test_jpeg2000_counts_by_its_codestream(photo, encode):
    plain = encode(photo, "JPEG2000")
    box = b"\x00\x00\x00\x10xml <note/>"[:15]
    noted = plain + struct.pack(">I", 8 + 7) + b"xml " + box[8:15]
    assert of(noted) == of(plain)
    assert of(encode(photo, "JPEG2000", quality_mode="rates", quality_layers=[20])) != of(plain)


def test_avif_metadata_does_not_count(photo, encode):
    plain = encode(photo, "AVIF", quality=70)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    assert of(encode(photo, "AVIF", quality=70, exif=exif, xmp=b"<x/>")) == of(plain)
    assert of(encode(photo, "AVIF", quality=60)) != of(plain)


def test_alpha_of_avif_counts(photo, encode):
    clear = photo.copy()
    clear.putalpha(Image.linear_gradient("L").resize(photo.size))
    half = photo.copy()
    half.putalpha(Image.radial_gradient("L").resize(photo.size))
    assert of(encode(clear, "AVIF", quality=70)) != of(encode(half, "AVIF", quality=70))


def test_what_cannot_be_taken_apart_counts_whole(photo, encode):
    data = encode(photo, "JPEG", quality=80)[:-2]  # no end of image
    parts = image_data(open_picture(data, Limits()))
    assert bytes(parts[0][:5]) == b"whole"
    assert digest(parts) != digest(image_data(open_picture(data + b"\0", Limits())))


def test_damage_never_escapes(photo, encode):
    random = np.random.default_rng(3)
    for format in ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "AVIF", "JPEG2000", "PPM"):
        data = encode(photo.resize((60, 40)), format)
        picture = open_picture(data, Limits())
        for _ in range(60):
            broken = bytearray(data)
            for place in random.integers(0, len(data), 8):
                broken[place] = random.integers(256)
            picture.stored = bytes(broken)[: random.integers(1, len(data))]
            assert len(digest(image_data(picture))) == 64


def test_parts_are_slices_and_not_copies(photo, encode):
    data = encode(photo, "JPEG", quality=95)
    parts = image_data(open_picture(data, Limits()))
    assert sum(len(part) for part in parts if isinstance(part, bytes)) < 400
    assert sum(len(part) for part in parts if isinstance(part, memoryview)) < len(data)


def test_hint_and_digest_read_the_same(photo, encode):
    parts = image_data(open_picture(encode(photo, "PNG"), Limits()))
    assert len(hint(parts)) == 32
    assert hint(parts) == hint([b"".join(bytes(part) for part in parts)])
    assert digest(parts) == digest([b"".join(bytes(part) for part in parts)])


def test_context_counts(photo, encode):
    picture = open_picture(encode(photo, "JPEG"), Limits())
    alone = digest(image_data(picture))
    picture.context = b"decode=inverted"
    assert digest(image_data(picture)) != alone
    assert stored_digest(picture.stored, b"a") != stored_digest(picture.stored, b"b")


def test_digesting_later_gives_what_would_have_been_given_at_once(photo, encode, fingerprint_of):
    data = encode(photo, "JPEG")
    later = digest_image_data([data], DigestArgs(inner="", limits=Limits()))
    assert later.image_data_sha256 == fingerprint_of(data).image_data_sha256


def test_big_endian_and_big_tiff_are_taken_apart(photo, encode):
    tifffile = pytest.importorskip("tifffile")
    grey = np.asarray(photo.convert("L"))
    for options in ({"byteorder": ">"}, {"bigtiff": True}, {"tile": (64, 64)}):
        file = io.BytesIO()
        tifffile.imwrite(file, grey, **options)
        noted = io.BytesIO()
        tifffile.imwrite(noted, grey, description="words " * 40, **options)
        assert of(noted.getvalue()) == of(file.getvalue())
