"""Content Credentials: found where each format has them, never believed, and never in the way."""

import io
import struct
import zlib

import pytest
from PIL import Image

from onecopy.decode.images import open_picture
from onecopy.fingerprint.credentials import Credentials, credentials
from onecopy.fingerprint.identify import fingerprint
from onecopy.model import Limits

C2PA = bytes.fromhex("6332706100110010800000aa00389b71")
UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def box(kind, body):
    return struct.pack(">I", 8 + len(body)) + kind + body


def superbox(label, *content):
    return box(b"jumb", box(b"jumd", C2PA + b"\x03" + label.encode() + b"\0") + b"".join(content))


def text(value):
    data = value.encode()
    head = bytes([0x60 + len(data)]) if len(data) < 24 else bytes([0x78, len(data)])
    return head + data


def store(claim, label="c2pa.claim", more=b""):
    manifest = superbox("urn:uuid:1", superbox(label, box(b"cbor", claim)), superbox("c2pa.signature", more))
    return superbox("c2pa", superbox("urn:uuid:0"), manifest)


V1 = b"\xa1" + text("claim_generator") + text("Acme Camera/1.2 c2pa-rs/0.16.1")
V2 = b"\xa2" + text("alg") + text("sha256") + text("claim_generator_info")
V2 += b"\xa2" + text("name") + text("Acme") + text("version") + text("2")


def saved(format):
    with io.BytesIO() as out:
        Image.linear_gradient("L").save(out, format)
        return out.getvalue()


def in_jpeg(manifest, cut=60_000):
    segments = b""
    for number, start in enumerate(range(8, len(manifest), cut), start=1):
        piece = manifest[:8] + manifest[start : start + cut]
        body = b"JP" + b"\0\1" + struct.pack(">I", number) + piece
        segments += b"\xff\xeb" + struct.pack(">H", 2 + len(body)) + body
    plain = saved("JPEG")
    return plain[:2] + segments + plain[2:]


def in_png(manifest):
    plain = saved("PNG")
    chunk = struct.pack(">I", len(manifest)) + b"caBX" + manifest
    return plain[:33] + chunk + struct.pack(">I", zlib.crc32(chunk[4:])) + plain[33:]


def in_webp(manifest):
    plain = saved("WEBP")
    body = plain[8:] + b"C2PA" + struct.pack("<I", len(manifest)) + manifest + b"\0" * (len(manifest) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def in_tiff(manifest):
    with io.BytesIO() as out:
        Image.linear_gradient("L").save(out, "TIFF", tiffinfo={52_545: manifest})
        return out.getvalue()


def in_avif(manifest):
    return saved("AVIF") + box(b"uuid", UUID + b"\0\0\0\0" + b"manifest\0" + b"\0" * 8 + manifest)


@pytest.mark.parametrize("put", [in_jpeg, in_png, in_webp, in_tiff, in_avif])
@pytest.mark.parametrize(
    ("claim", "label", "generator"),
    [
        (V1, "c2pa.claim", "Acme Camera/1.2 c2pa-rs/0.16.1"),
        (V2, "c2pa.claim.v2", "Acme 2"),
        (b"\xa0", "c2pa.claim", None),
    ],
)
def test_they_are_found_in_each_format_and_change_no_pixel(put, claim, label, generator):
    format = put.__name__.removeprefix("in_")
    data = put(store(claim, label))
    assert credentials(format, data) == Credentials(kind="c2pa", generator=generator)
    found = fingerprint(open_picture(data, Limits(), inner=""))
    assert (found.capture.credentials, found.capture.credentials_by) == ("c2pa", generator)
    plain = fingerprint(open_picture(saved(format.upper()), Limits(), inner=""))
    assert plain.capture.credentials is None
    assert found.pdq == plain.pdq
    if format not in ("tiff", "avif"):  # written anew, or not taken apart with a box at its end
        assert found.image_data_sha256 == plain.image_data_sha256


def test_a_store_of_many_segments_is_put_together():
    data = in_jpeg(store(V1, more=bytes(200_000)), cut=1000)
    assert credentials("jpeg", data) == Credentials(kind="c2pa", generator="Acme Camera/1.2 c2pa-rs/0.16.1")


def test_other_boxes_are_none():
    assert credentials("jpeg", in_jpeg(superbox("another.store"))) is None
    assert credentials("jpeg", in_jpeg(box(b"free", bytes(40)))) is None
    assert credentials("gif", saved("GIF")) is None


@pytest.mark.parametrize("put", [in_jpeg, in_png, in_webp, in_tiff, in_avif])
def test_damage_is_survived(put):
    format = put.__name__.removeprefix("in_")
    data = put(store(V1))
    start = data.index(b"jumb")
    for at in range(start - 24, start + 220, 3):
        for value in (0x00, 0x7F, 0xFF):
            hurt = bytearray(data)
            hurt[at] = value
            found = credentials(format, hurt)
            assert found is None or found.kind == "c2pa"
    for length in range(0, len(data), 37):
        credentials(format, data[:length])


def test_what_a_claim_says_is_one_bounded_line():
    claim = b"\xa1" + text("claim_generator") + b"\x79\xff\xff" + b"x\n\x07" * 3000
    found = credentials("png", in_png(store(claim)))
    assert found.generator is not None
    assert len(found.generator) == 200
    assert found.generator.isprintable()
