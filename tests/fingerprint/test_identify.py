import hashlib
import io
import zipfile

import msgspec
import numpy as np
import pytest
from PIL import Image

from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.fingerprint.identify import DIGESTED_BYTES
from onecopy.fingerprint.interface import IDENTIFY, IdentifyArgs
from onecopy.fingerprint.pdq import dihedral
from onecopy.model import FileIdentity, Limits


def test_a_photograph(photo, encode, fingerprint_of):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    data = encode(photo, "JPEG", quality=90, exif=exif, icc_profile=b"not a profile")
    found = fingerprint_of(data)
    assert found.version == FINGERPRINT_VERSION
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert (found.width, found.height, found.orientation) == (320, 480, 6)
    assert (found.format, found.mode, found.lossless, found.frames) == ("jpeg", "RGB", False, 1)
    assert found.byte_size == len(data)
    assert found.profile_sha256 == hashlib.sha256(b"not a profile").hexdigest()
    assert len(found.image_data_hint) == 32
    assert len(found.image_data_sha256) == 64
    assert found.pixels_sha256 is None
    assert len(found.pdq) == 32
    assert len(found.pdq_turned) == 96
    assert found.pdq_quality > 50
    assert found.pdq_trimmed is None
    assert found.features
    assert 1 < found.quantisation < 30
    assert found.capture.camera_make == "Maker"
    assert found.unmatchable is None


def test_it_travels_as_msgpack_and_is_the_same_every_time(photo, encode, read):
    data = encode(photo, "PNG")
    first, second = read(data), read(data)
    assert first == second
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(first), type=FileIdentity) == first
    module, function = IDENTIFY.function.split(":")
    assert (module, function) == ("onecopy.fingerprint.identify", "identify")


def test_orientation_by_tag_and_in_pixels_give_one_hash(photo, encode, fingerprint_of, bits):
    exif = Image.Exif()
    exif[0x0112] = 8
    tagged = fingerprint_of(encode(photo, "JPEG", quality=95, exif=exif))
    turned = fingerprint_of(encode(photo.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95))
    assert (tagged.width, tagged.height) == (turned.width, turned.height)
    assert bits(tagged.pdq, turned.pdq) <= 8
    plain = fingerprint_of(encode(photo, "JPEG", quality=95))
    assert plain.image_data_sha256 == tagged.image_data_sha256
    assert bits(dihedral(plain.pdq, plain.pdq_turned)[3], turned.pdq) <= 8


def test_a_border_gives_a_trimmed_hash(photo, encode, fingerprint_of, bits):
    canvas = Image.new("RGB", (700, 700), "white")
    canvas.paste(photo, (100, 200))
    framed = fingerprint_of(encode(canvas, "JPEG", quality=90))
    plain = fingerprint_of(encode(photo, "JPEG", quality=90))
    assert bits(framed.pdq, plain.pdq) > 60
    assert bits(framed.pdq_trimmed, plain.pdq) <= 16


def test_lossless_conversions_share_their_pixels(photo, encode, fingerprint_of):
    png, tiff = fingerprint_of(encode(photo, "PNG")), fingerprint_of(encode(photo, "TIFF"))
    assert png.pixels_sha256 == tiff.pixels_sha256
    assert png.image_data_sha256 != tiff.image_data_sha256


def test_a_blank_page_is_matched_by_bytes_only(encode, fingerprint_of):
    found = fingerprint_of(encode(Image.new("RGB", (400, 300), "white"), "PNG"))
    assert found.unmatchable == "blank"
    assert (found.pdq, found.pdq_turned, found.pdq_quality, found.features) == (None, None, 0, b"")
    assert found.pixels_sha256
    small = fingerprint_of(encode(Image.effect_noise((12, 200), 60), "PNG"))
    assert small.unmatchable.startswith("too small")


def test_large_image_data_is_digested_on_demand(encode, fingerprint_of, random):
    noise = Image.fromarray(random.integers(0, 256, (800, 900, 3), np.uint8))
    data = encode(noise, "PNG", compress_level=0)
    assert len(data) > DIGESTED_BYTES
    later, now = fingerprint_of(data), fingerprint_of(data, always=True)
    assert later.image_data_sha256 is None
    assert now.image_data_sha256 is not None
    assert later.image_data_hint == now.image_data_hint


def test_what_cannot_be_read_costs_its_neighbours_nothing(photo, encode, read):
    jpeg = encode(photo, "JPEG")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("good.jpg", jpeg)
        archive.writestr("cut.jpg", jpeg[: len(jpeg) // 2])
        archive.writestr("drawing.svg", "<svg xmlns='x'></svg>")
        archive.writestr("also good.png", encode(photo, "PNG"))
    identity = read(file.getvalue())
    assert [image.inner for image in identity.images] == ["!/good.jpg", "!/also good.png"]
    assert {problem.inner: problem.code for problem in identity.problems} == {
        "!/cut.jpg": "truncated",
        "!/drawing.svg": "unsupported-format",
    }
    assert identity.images[0].fingerprint.sha256 == hashlib.sha256(jpeg).hexdigest()
    assert identity.images[0].fingerprint.pdq == read(jpeg).images[0].fingerprint.pdq


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty-file"), (b"plain text", "not-an-image"), (b"\xff\xd8\xff", "truncated")],
)
def test_a_file_that_is_no_picture_is_one_problem(data, code, read):
    identity = read(data)
    assert not identity.images
    (problem,) = identity.problems
    assert (problem.inner, problem.code) == ("", code)
    assert problem.message.endswith(".")


def test_when_time_runs_out_what_was_found_is_kept(photo, encode, read):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.jpg", encode(photo, "JPEG"))
    identity = read(file.getvalue(), limits=Limits(seconds=0.0))
    (problem,) = identity.problems
    assert (problem.inner, problem.code) == ("!/0.jpg", "decode-timeout")


def test_a_mapped_file_is_read_like_bytes(photo, encode, read, tmp_path):
    import mmap

    from onecopy.fingerprint.identify import identify

    data = encode(photo, "WEBP")
    path = tmp_path / "a"
    path.write_bytes(data)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        args = IdentifyArgs(sha256=hashlib.sha256(data).hexdigest(), limits=Limits())
        assert identify([mapped], args) == read(data)
