import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile

import pytest

from onecopy import locator
from onecopy.decode.walk import find
from onecopy.model import Limits


def tarred(*members: tuple[tarfile.TarInfo | str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def special(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "elsewhere"
    return info


COMPRESSIONS = {"tar": bytes, "tar.gz": gzip.compress, "tar.bz2": bz2.compress, "tar.xz": lzma.compress}


@pytest.mark.parametrize("format", COMPRESSIONS)
def test_tar_members_are_found_plain_and_compressed(walked, jpeg, png, format):
    data = COMPRESSIONS[format](tarred(("a.jpg", jpeg()), ("d/b.txt", b"x" * 5000), ("d/b.png", png())))
    found = walked(data)
    assert found.inners == ["!/a.jpg", "!/d/b.png"]
    assert bytes(found.pictures[0].stored) == jpeg()
    assert [s.inner for s in found.skipped] == ["!/d/b.txt"]
    assert [(c.format, c.images) for c in found.containers] == [(format, 2)]
    assert bytes(find(data, "!/d/b.png", Limits()).stored) == png()


def test_links_and_devices_are_skipped_and_folders_ignored(walked, png):
    entries = [special("d", tarfile.DIRTYPE), special("s", tarfile.SYMTYPE), special("h", tarfile.LNKTYPE)]
    entries += [special("f", tarfile.FIFOTYPE), special("c", tarfile.CHRTYPE)]
    found = walked(tarred(*((entry, b"") for entry in entries), ("a.png", png())))
    assert [s.inner for s in found.skipped] == ["!/s", "!/h", "!/f", "!/c"]
    assert found.inners == ["!/a.png"]


def test_zip_links_and_litter_are_skipped_with_reasons(walked, zipped, png):
    link = zipfile.ZipInfo("link.png")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    litter = ["__MACOSX/._a.png", "d/._b.png", ".DS_Store", "d/Thumbs.db"]
    found = walked(
        zipped((link, b"a.png"), ("d/", b""), *((name, png()) for name in litter), ("a.png", png()))
    )
    assert [s.inner for s in found.skipped] == ["!/link.png", *(f"!/{name}" for name in litter)]
    assert found.skipped[0].reason == "a symbolic link"
    assert found.inners == ["!/a.png"]


def test_hostile_names_are_only_labels(walked, zipped, png, tmp_path):
    names = [
        "../../etc/passwd.png",
        "/abs.png",
        "a#b!c%.png",
        "new\nline.png",
        "x" * 255 + ".png",
        "C:\\w.png",
    ]
    data = zipped(*((name, png()) for name in names))
    found = walked(data)
    assert found.inners == [locator.member("", name) for name in names]
    assert all(find(data, inner, Limits()).inner == inner for inner in found.inners)
    assert not found.problems


def test_tar_names_that_are_not_utf8_survive(walked, png):
    name = os.fsdecode(b"caf\xe9.png")
    found = walked(tarred((name, png()), format=tarfile.GNU_FORMAT))
    assert found.inners == ["!/caf%E9.png"]
    assert locator.steps(found.inners[0]) == [("member", name)]


def test_zip_names_in_old_code_pages_and_unflagged_utf8(walked, zipped, png):
    data = zipped(("caf\u00e9.png", png()), ("plain.png", png()))
    found = walked(data)
    assert found.inners == ["!/café.png", "!/plain.png"]
    unflagged = data.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")
    assert walked(unflagged).inners == ["!/café.png", "!/plain.png"]
    cp437 = unflagged.replace("café".encode(), b"caf\x82 ")
    assert walked(cp437).inners[0] == "!/café .png"


def test_a_zip_name_falsely_flagged_utf8_costs_nothing(walked, zipped, png):
    data = zipped(("caf\u00e9.png", png()), ("b.png", png(2))).replace("é".encode(), b"\xff\xfe")
    found = walked(data)
    assert len(found.pictures) == 2
    assert not found.problems
    assert all(find(data, inner, Limits()).inner == inner for inner in found.inners)


def test_members_of_one_name_are_told_apart(walked, zipped, png):
    data = zipped(*((name, png(seed)) for seed, name in enumerate(["a.png", "a.png", "a.png~2", "a.png"])))
    found = walked(data)
    assert found.inners == ["!/a.png", "!/a.png~2", "!/a.png~2~2", "!/a.png~3"]
    for seed, inner in enumerate(found.inners):
        assert bytes(find(data, inner, Limits()).stored) == png(seed)


def patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Change a field of the first local (PK34) or directory (PK12) entry."""
    at = data.index(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def test_encrypted_members_are_said_and_neighbours_read(walked, zipped, png):
    data = zipped(("secret.png", png()), ("open.png", png(2)))
    data = patched(patched(data, b"PK\x03\x04", 6, b"\x01"), b"PK\x01\x02", 8, b"\x01")
    found = walked(data)
    assert found.codes == {"!/secret.png": "encrypted"}
    assert found.inners == ["!/open.png"]


def test_a_bomb_is_refused_by_its_declared_size(walked, zipped, png):
    header = b"BM" + bytes(12) + b"\x28\0\0\0"
    data = zipped(("bomb.bmp", header + bytes(20 << 20)), ("ok.png", png()))
    found = walked(data)
    assert found.codes == {"!/bomb.bmp": "too-large"}
    assert found.inners == ["!/ok.png"]


def test_more_than_the_limit_in_all_is_refused_member_by_member(walked, zipped, png):
    noise = b"just bytes" + os.urandom(300_000)
    data = zipped(*((f"{n}.bin", noise) for n in range(4)), ("ok.png", png()))
    found = walked(data, unpacked_bytes=1_000_000)
    assert found.codes == {"!/3.bin": "too-large"}
    assert found.inners == ["!/ok.png"]


def test_large_members_that_are_no_images_cost_no_budget(walked, zipped, png):
    noise = os.urandom(3 << 20)
    data = zipped(("film.mp4", noise), ("a.png", png()))
    found = walked(data, unpacked_bytes=1 << 20)
    assert [s.inner for s in found.skipped] == ["!/film.mp4"]
    assert found.inners == ["!/a.png"]
    found = walked(tarred(("film.mp4", noise), ("a.png", png())), unpacked_bytes=1 << 20)
    assert [s.inner for s in found.skipped] == ["!/film.mp4"]
    assert found.inners == ["!/a.png"]


@pytest.mark.parametrize("declared", [10, 100_000_000])
def test_a_lie_about_the_size_is_damage_and_stays_bounded(walked, zipped, png, declared):
    data = patched(
        zipped(("lie.png", png()), ("ok.png", png(2))), b"PK\x01\x02", 24, struct.pack("<L", declared)
    )
    found = walked(data)
    assert list(found.codes) == ["!/lie.png"]
    assert found.codes["!/lie.png"] in {"corrupt", "truncated", "too-large"}
    assert found.inners == ["!/ok.png"]


def test_a_compressed_tar_that_unpacks_to_too_much_is_stopped(walked, png):
    data = gzip.compress(tarred(("a.png", png()), ("zeros.bin", bytes(3 << 20)), ("b.png", png(2))))
    found = walked(data, unpacked_bytes=1 << 20)
    assert found.inners == ["!/a.png"]
    assert set(found.codes.values()) == {"too-large"}
    assert found.containers[0].images == 1


def test_a_sparse_member_cannot_claim_more_than_the_limit(walked, png):
    info = tarfile.TarInfo("hole.png")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (0, 512)
    header[483:495] = b"77777777777\0"
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    block = (b"BM" + bytes(12) + b"\x28\0\0\0").ljust(512, b"\0")
    found = walked(bytes(header) + block + tarred(("a.png", png())))
    assert found.codes == {"!/hole.png": "too-large"}
    assert found.inners == ["!/a.png"]


@pytest.mark.parametrize("format", COMPRESSIONS)
def test_a_truncated_tar_keeps_what_came_before(walked, png, format):
    whole = tarred(("a.png", png()), ("b.bin", os.urandom(200_000)), ("c.png", png(2)))
    packed = COMPRESSIONS[format](whole)
    found = walked(packed[: len(packed) * 2 // 3] if format != "tar.bz2" else packed[:-4000])
    assert set(found.codes.values()) <= {"truncated", "corrupt"}
    assert found.problems
    assert found.inners in (["!/a.png"], [])


def test_damage_between_tar_members_is_said(walked, png):
    data = bytearray(tarred(("a.png", png()), ("b.png", png(2))))
    second = data.index(b"b.png")
    data[second : second + 200] = b"\xa5" * 200
    found = walked(bytes(data))
    assert found.inners == ["!/a.png"]
    assert found.codes == {"": "corrupt"}


def test_a_truncated_zip_is_one_problem(walked, zipped, png):
    data = zipped(("a.png", png()), ("b.png", png()))
    assert walked(data[:-60]).codes == {"": "truncated"}


def test_a_damaged_member_does_not_lose_its_neighbours(walked, zipped, png):
    data = bytearray(zipped(("a.png", png()), ("b.png", png(2)), ("c.png", png(3))))
    at = data.index(b"b.png") + 60
    data[at : at + 30] = bytes(30)
    found = walked(bytes(data))
    assert found.inners == ["!/a.png", "!/c.png"]
    assert found.codes == {"!/b.png": "corrupt"}


def test_every_flipped_byte_of_a_zip_is_survived(walked, zipped, png):
    data = zipped(("a.png", png()), ("d/b.txt", b"words"))
    start = data.index(b"PK\x01\x02")
    for at in range(start, len(data)):
        assert walked(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]).all


def test_compressed_files_that_are_no_archive_say_so(walked, png):
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert walked(pack(png())).codes == {"": "unsupported-format"}


@pytest.mark.parametrize(("folder", "format"), [("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")])
def test_office_documents_give_their_media_and_one_line_for_the_rest(walked, zipped, png, folder, format):
    parts = [
        ("[Content_Types].xml", b"<Types/>"),
        (f"{folder}/document.xml", b"<x/>"),
        ("_rels/.rels", b"<x/>"),
    ]
    media = [(f"{folder}/media/image1.png", png()), ("docProps/thumbnail.jpeg", png(2))]
    found = walked(zipped(*parts, *media))
    assert found.inners == [f"!/{folder}/media/image1.png"]
    assert [c.format for c in found.containers] == [format]
    assert [(s.inner, s.reason) for s in found.skipped] == [
        ("!/docProps/thumbnail.jpeg", "the document's own preview"),
        ("", "3 parts that are not images"),
    ]


def test_open_documents_are_recognised(walked, zipped, png):
    kind = b"application/vnd.oasis.opendocument.text"
    found = walked(zipped(("mimetype", kind), ("Pictures/1.png", png()), ("content.xml", b"<x/>")))
    assert [c.format for c in found.containers] == ["odt"]
    assert found.inners == ["!/Pictures/1.png"]
