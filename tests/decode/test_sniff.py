import pytest

from onecopy.decode.images import recognise
from onecopy.decode.sniff import sniff
from onecopy.errors import UnreadableError

WRITTEN = {
    "jpeg": "JPEG",
    "png": "PNG",
    "tiff": "TIFF",
    "gif": "GIF",
    "bmp": "BMP",
    "webp": "WEBP",
    "avif": "AVIF",
    "jpeg2000": "JPEG2000",
    "pnm": "PPM",
}


@pytest.mark.parametrize(("ours", "pillows"), WRITTEN.items())
def test_every_readable_format_is_known_by_its_bytes(ours, pillows, photo, encode):
    kind = sniff(encode(photo, pillows))
    assert kind is not None
    assert (kind.format, kind.readable) == (ours, True)


@pytest.mark.parametrize(
    ("start", "label"),
    [
        (b"8BPS\x00\x01" + bytes(20), "Photoshop (PSD)"),
        (b"v/1\x01" + bytes(20), "OpenEXR"),
        (b"\xff\x0a" + bytes(20), "JPEG XL"),
        (b"DDS " + bytes(20), "DirectDraw surface (DDS)"),
        (b"SIMPLE  =                    T", "FITS"),
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="x">', "SVG"),
        (b"\xef\xbb\xbf<svg>", "SVG"),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01", "camera raw (CR3)"),
        (b"\x00\x00\x01\x00\x01\x00\x10\x10" + bytes(20), "Windows icon or cursor"),
        (bytes(100) + b"TRUEVISION-XFILE.\x00", "Targa (TGA)"),
    ],
)
def test_known_formats_that_are_not_read_are_named(start, label):
    with pytest.raises(UnreadableError, match="not read") as raised:
        recognise(start)
    assert raised.value.code == "unsupported-format"
    assert label in raised.value.message


def test_brands_tell_avif_from_heic():
    def ftyp(*brands: bytes) -> bytes:
        body = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
        return (4 + len(body)).to_bytes(4, "big") + body

    assert sniff(ftyp(b"mif1", b"mif1", b"avif")).format == "avif"
    assert sniff(ftyp(b"mif1", b"mif1", b"heic")).format == "heic"
    assert sniff(ftyp(b"heix")).format == "heic"
    assert sniff(ftyp(b"isom", b"mp42")) is None


@pytest.mark.parametrize("data", [b"hello", b"BM is not a picture", b"P9 1 1", b"<html>", bytes(500)])
def test_anything_else_is_not_an_image(data):
    with pytest.raises(UnreadableError) as raised:
        recognise(data)
    assert raised.value.code == "not-an-image"


def test_an_empty_file_says_so():
    with pytest.raises(UnreadableError) as raised:
        recognise(b"")
    assert raised.value.code == "empty-file"
