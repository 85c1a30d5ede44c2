import base64
import contextlib
import io
import warnings
import zlib

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from onecopy.decode.walk import find
from onecopy.errors import UnreadableError
from onecopy.model import Limits


def flate(pixels: np.ndarray, **entries):
    return {"data": zlib.compress(pixels.tobytes()), "Filter": Name.FlateDecode, **entries}


def only(found):
    assert not found.problems
    (picture,) = found.pictures
    return picture


# Lifted streams


def test_a_jpeg_is_lifted_untouched(walked, maker, jpeg):
    data = jpeg()
    maker.page(a=maker.image(data, 96, 64, Name.DeviceRGB, Filter=Name.DCTDecode))
    picture = only(walked(maker.bytes()))
    assert bytes(picture.stored) == data
    assert (picture.context, picture.inner, picture.header.format) == (b"", "#page=1&image=1", "jpeg")


def test_a_grey_jpeg_and_one_packed_once_more_are_lifted(walked, maker, jpeg):
    grey, colour = jpeg(mode="L"), jpeg(2)
    maker.page(a=maker.image(grey, 96, 64, Name.DeviceGray, Filter=Name.DCTDecode))
    packed = maker.image(zlib.compress(colour), 96, 64, Name.DeviceRGB)
    packed.Filter = Array([Name.FlateDecode, Name.DCTDecode])
    maker.page(b=packed)
    found = walked(maker.bytes())
    assert [bytes(p.stored) for p in found.pictures] == [grey, colour]
    assert [p.context for p in found.pictures] == [b"", b""]


def test_a_jpeg2000_is_lifted(walked, maker, photo):
    file = io.BytesIO()
    Image.fromarray(photo()).save(file, "JPEG2000")
    maker.page(a=maker.image(file.getvalue(), 96, 64, Name.DeviceRGB, Filter=Name.JPXDecode))
    picture = only(walked(maker.bytes()))
    assert (bytes(picture.stored), picture.context) == (file.getvalue(), b"")


def test_a_jpeg_with_an_exif_orientation_is_still_that_file(walked, maker, jpeg):
    exif = Image.Exif()
    exif[274] = 6
    data = jpeg(exif=exif)
    maker.page(a=maker.image(data, 96, 64, Name.DeviceRGB, Filter=Name.DCTDecode))
    picture = only(walked(maker.bytes()))
    assert (bytes(picture.stored), picture.context) == (data, b"")


def srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_an_srgb_profile_changes_nothing(walked, maker, jpeg):
    profile = maker.pdf.make_stream(srgb(), N=3)
    maker.page(a=maker.image(jpeg(), 96, 64, Array([Name.ICCBased, profile]), Filter=Name.DCTDecode))
    assert only(walked(maker.bytes())).context == b""


@pytest.mark.parametrize(
    "entries",
    [
        {"Decode": [1, 0, 1, 0, 1, 0]},
        {"SMask": True},
        {"Mask": [0, 10, 0, 10, 0, 10]},
        {"ColorSpace": Name.DeviceGray},
        {"Width": 95},
    ],
)
def test_what_changes_a_jpegs_pixels_is_part_of_its_identity(walked, maker, jpeg, photo, entries):
    if "SMask" in entries:
        entries = {"SMask": maker.pixels(photo(5)[..., 0])}
    entries = {key: Array(value) if isinstance(value, list) else value for key, value in entries.items()}
    maker.page(a=maker.image(jpeg(), 96, 64, Name.DeviceRGB, Filter=Name.DCTDecode, **entries))
    picture = only(walked(maker.bytes()))
    assert bytes(picture.stored) == jpeg()
    assert picture.context
    assert picture.header.format == "pdf-image"
    if entries.get("Decode"):
        plain = np.asarray(Image.open(io.BytesIO(jpeg())))
        assert np.abs(picture.raster().pixels.astype(int) - (255 - plain.astype(int))).mean() < 2


def cmyk_jpeg() -> tuple[bytes, np.ndarray]:
    inks = np.zeros((64, 96, 4), np.uint8)
    inks[:, :48, 0], inks[:32, :, 1], inks[32:, :, 3] = 200, 100, 60
    file = io.BytesIO()
    Image.fromarray(inks, "CMYK").save(file, "JPEG", quality=95)
    return file.getvalue(), inks


def test_a_cmyk_jpeg_is_the_file_only_if_the_pdf_inverts_it_too(walked, maker):
    data, _ = cmyk_jpeg()
    inverted = Array([1, 0] * 4)
    maker.page(a=maker.image(data, 96, 64, Name.DeviceCMYK, Filter=Name.DCTDecode, Decode=inverted))
    maker.page(b=maker.image(data, 96, 64, Name.DeviceCMYK, Filter=Name.DCTDecode))
    found = walked(maker.bytes())
    lifted, bare = found.pictures
    assert (bytes(lifted.stored), lifted.context) == (data, b"")
    assert bare.context
    assert np.abs(np.asarray(bare.native()).astype(int) + np.asarray(lifted.native()) - 255).max() == 0


# Samples


@pytest.mark.parametrize("predictor", [1, 2, 15])
def test_flate_pixels_come_back_exactly(walked, maker, photo, predictor):
    pixels = photo()
    rows = pixels
    if predictor == 2:
        rows = pixels.astype(np.int16)
        rows = np.diff(rows, axis=1, prepend=0).astype(np.uint8)
    raw = rows.tobytes()
    if predictor == 15:
        raw = b"".join(b"\0" + row.tobytes() for row in rows)
    parameters = Dictionary(Predictor=predictor, Colors=3, Columns=96)
    image = maker.image(
        zlib.compress(raw), 96, 64, Name.DeviceRGB, Filter=Name.FlateDecode, DecodeParms=parameters
    )
    maker.page(a=image)
    picture = only(walked(maker.bytes()))
    raster = picture.raster()
    assert (raster.pixels == pixels).all()
    assert raster.alpha is None
    assert (picture.header.mode, picture.header.lossless) == ("RGB", True)
    assert bytes(picture.stored) == zlib.compress(raw)
    assert picture.context


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_of_every_depth(walked, maker, bits):
    values = np.random.default_rng(bits).integers(0, 1 << bits, (20, 21))
    if bits == 16:
        packed = values.astype(">u2").tobytes()
    else:
        planes = (values[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        packed = np.packbits(planes.reshape(20, -1).astype(np.uint8), axis=1).tobytes()
    maker.page(a=maker.image(packed, 21, 20, Name.DeviceGray, BitsPerComponent=bits))
    picture = only(walked(maker.bytes()))
    expected = np.rint(values * 255.0 / ((1 << bits) - 1))
    assert np.abs(picture.raster(luma=True).pixels - expected).max() <= (1 if bits == 16 else 0)
    assert picture.header.mode == {1: "1", 16: "I;16"}.get(bits, "L")
    assert picture.native().mode == picture.header.mode


@pytest.mark.parametrize("filters", ["RunLengthDecode", "ASCII85Decode", "ASCIIHexDecode", "LZWDecode"])
def test_simple_filters(walked, maker, filters):
    pixels = np.arange(100, dtype=np.uint8).reshape(10, 10)
    raw = pixels.tobytes()
    encoded = {
        "RunLengthDecode": b"\x63" + raw + b"\x80",
        "ASCII85Decode": base64.a85encode(raw) + b"~>",
        "ASCIIHexDecode": raw.hex().encode() + b">",
        "LZWDecode": lzw(raw),
    }[filters]
    maker.page(a=maker.image(encoded, 10, 10, Name.DeviceGray, Filter=Name("/" + filters)))
    assert (only(walked(maker.bytes())).raster(luma=True).pixels == pixels).all()


def lzw(raw: bytes) -> bytes:
    """LZW that never makes use of its table: a clear code (256) before every symbol, nine bits each."""
    codes = [code for byte in raw for code in (256, byte)] + [257]
    bits = "".join(f"{code:09b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def test_fax_pages(walked, maker, photo):
    bilevel = Image.fromarray(photo()[..., 1]).convert("1")
    file = io.BytesIO()
    bilevel.save(file, "TIFF", compression="group4", tiffinfo={278: 64})
    with Image.open(file) as tiff:
        (at,), (size,) = tiff.tag_v2[273], tiff.tag_v2[279]
        white_is_zero = tiff.tag_v2[262] == 0
    data = file.getvalue()[at : at + size]
    parameters = Dictionary(K=-1, Columns=96, Rows=64, BlackIs1=not white_is_zero)
    image = maker.image(data, 96, 64, Name.DeviceGray, Filter=Name.CCITTFaxDecode, DecodeParms=parameters)
    image.BitsPerComponent = 1
    maker.page(a=image)
    picture = only(walked(maker.bytes()))
    assert picture.native().mode == "1"
    assert (np.asarray(picture.native()) == np.asarray(bilevel)).all()


def test_palette_images(walked, maker):
    indices = np.random.default_rng(1).integers(0, 4, (12, 10), dtype=np.uint8)
    palette = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    packed = np.packbits(((indices[..., None] >> np.array([1, 0])) & 1).reshape(12, -1), axis=1).tobytes()
    space = Array([Name.Indexed, Name.DeviceRGB, 3, String(palette)])
    maker.page(a=maker.image(packed, 10, 12, space, BitsPerComponent=2))
    other = Array([Name.Indexed, Name.DeviceRGB, 3, String(palette[3:] + palette[:3])])
    maker.page(b=maker.image(packed, 10, 12, other, BitsPerComponent=2))
    first, second = walked(maker.bytes()).pictures
    colours = np.frombuffer(palette, np.uint8).reshape(4, 3)
    assert (first.raster().pixels == colours[indices]).all()
    assert first.header.mode == "P"
    assert bytes(first.stored) == bytes(second.stored)
    assert first.context != second.context
    assert (first.raster().pixels != second.raster().pixels).any()


def lab_space():
    return Array(
        [Name.Lab, Dictionary(WhitePoint=Array([0.9505, 1, 1.089]), Range=Array([-100, 100, -100, 100]))]
    )


def separation(maker):
    simple = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0] * 4), C1=Array([0, 1, 1, 0]), N=1)
    return Array([Name.Separation, Name("/Spot"), Name.DeviceCMYK, maker.pdf.make_indirect(simple)])


@pytest.mark.parametrize("kind", ["lab", "separation", "cmyk", "calrgb"])
def test_other_colour_spaces_are_shown_as_colours(walked, maker, kind):
    space, samples = {
        "lab": (lab_space(), (128, 255, 128)),
        "separation": (separation(maker), (255,)),
        "cmyk": (Name.DeviceCMYK, (0, 255, 255, 0)),
        "calrgb": (Array([Name.CalRGB, Dictionary(WhitePoint=Array([0.9505, 1, 1.089]))]), (255, 0, 0)),
    }[kind]
    maker.page(a=maker.image(bytes(samples) * 400, 20, 20, space))
    red, green, blue = only(walked(maker.bytes())).raster().pixels.reshape(-1, 3).mean(axis=0)
    assert red > 180
    assert green < 120
    assert blue < 160


# Masks


def test_a_soft_mask_becomes_alpha_and_is_no_picture(walked, maker, photo):
    mask = photo(9)[..., 0]
    maker.page(a=maker.pixels(photo(), SMask=maker.pixels(mask)))
    picture = only(walked(maker.bytes()))
    raster = picture.raster()
    assert (raster.pixels == photo()).all()
    assert (raster.alpha == mask).all()
    assert picture.header.has_alpha
    assert picture.native().mode == "RGBA"


def test_the_mask_is_part_of_the_identity(walked, maker, photo):
    maker.page(a=maker.pixels(photo(), SMask=maker.pixels(photo(8)[..., 0])))
    maker.page(b=maker.pixels(photo(), SMask=maker.pixels(photo(9)[..., 0])))
    first, second = walked(maker.bytes()).pictures
    assert bytes(first.stored) == bytes(second.stored)
    assert first.context != second.context


def test_a_detailed_mask_over_one_colour_keeps_its_detail(walked, maker, photo):
    mask = photo(9, 200, 120)[..., 0]
    maker.page(a=maker.pixels(np.zeros((1, 1, 3), np.uint8), SMask=maker.pixels(mask)))
    picture = only(walked(maker.bytes()))
    assert (picture.header.width, picture.header.height) == (200, 120)
    assert (picture.raster().alpha == mask).all()


def test_stencil_and_colour_key_masks(walked, maker, photo):
    hidden = photo(4)[..., 0] > 128
    stencil = maker.image(np.packbits(hidden, axis=1).tobytes(), 96, 64, ImageMask=True, BitsPerComponent=1)
    maker.page(a=maker.pixels(photo(), Mask=stencil))
    keyed = photo().copy()
    keyed[:10, :10] = 7
    maker.page(b=maker.pixels(keyed, Mask=Array([7, 7, 7, 7, 7, 7])))
    masked, key = walked(maker.bytes()).pictures
    assert (masked.raster().alpha == np.where(hidden, 0, 255)).all()
    alpha = key.raster().alpha
    assert alpha is not None
    assert (alpha[:10, :10] == 0).all()
    assert (alpha[20:, 20:] == 255).all()


def test_image_masks_are_black_where_they_paint(walked, maker, photo):
    paper = photo(4)[..., 0] > 128
    packed = np.packbits(paper, axis=1).tobytes()
    maker.page(a=maker.image(packed, 96, 64, ImageMask=True, BitsPerComponent=1))
    maker.page(b=maker.image(packed, 96, 64, ImageMask=True, BitsPerComponent=1, Decode=Array([1, 0])))
    plain, inverted = walked(maker.bytes()).pictures
    assert (plain.raster(luma=True).pixels == paper * 255).all()
    assert (inverted.raster(luma=True).pixels == ~paper * 255).all()
    assert plain.header.mode == "1"
    assert plain.context != inverted.context


def test_only_what_is_exact_counts_as_lossless(walked, maker, photo, jpeg):
    small = maker.pixels(photo(9, 48, 32)[..., 0])
    lossy = maker.image(jpeg(mode="L"), 96, 64, Name.DeviceGray, Filter=Name.DCTDecode)
    exact = maker.pixels(photo(9)[..., 0])
    for number, mask in enumerate((small, lossy, exact)):
        maker.page(**{f"i{number}": maker.pixels(photo(), SMask=mask)})
    assert [p.header.lossless for p in walked(maker.bytes()).pictures] == [False, False, True]


# Where images hide


def test_forms_nested_and_cyclic(walked, maker, photo):
    image = maker.pixels(photo())
    inner = maker.form(b"q 90 0 0 60 0 0 cm /i Do Q /o Do", i=image)
    outer = maker.form(b"/n Do /n Do", n=inner)
    inner.Resources.XObject.o = outer
    maker.page(b"/f Do", f=outer)
    assert only(walked(maker.bytes())).inner == "#page=1&image=1"


def test_forms_that_double_at_every_level_cost_nothing(walked, maker, photo):
    form = maker.form(b"q 90 0 0 60 0 0 cm /i Do Q", i=maker.pixels(photo()))
    for _ in range(60):
        form = maker.form(b"/n Do /n Do", n=form)
    maker.page(b"/f Do", f=form)
    assert len(walked(maker.bytes()).pictures) == 1


def test_patterns_annotations_and_soft_mask_groups(walked, maker, photo):
    def pattern(seed):
        tile = maker.form(b"q 90 0 0 60 0 0 cm /i Do Q", i=maker.pixels(photo(seed)))
        tile.Type, tile.PatternType, tile.PaintType, tile.TilingType = Name.Pattern, 1, 1, 1
        tile.XStep, tile.YStep = 100, 100
        return tile

    group = maker.form(b"q 90 0 0 60 0 0 cm /i Do Q", i=maker.pixels(photo(3)))
    resources = Dictionary(
        Pattern=Dictionary(P1=pattern(1)),
        ExtGState=Dictionary(G1=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group))),
    )
    page = maker.page(b"/Pattern cs /P1 scn 0 0 99 99 re f /G1 gs", resources=resources)
    stamp = maker.form(b"q 90 0 0 60 0 0 cm /i Do Q", i=maker.pixels(photo(2)))
    states = Dictionary(On=maker.form(b"q 9 0 0 6 0 0 cm /i Do Q", i=maker.pixels(photo(4))))
    annotations = [
        Dictionary(Subtype=Name.Stamp, Rect=Array([0, 0, 9, 9]), AP=Dictionary(N=n)) for n in (stamp, states)
    ]
    page.Annots = Array([maker.pdf.make_indirect(a) for a in annotations])
    found = walked(maker.bytes())
    assert found.inners == [f"#page=1&image={n}" for n in (1, 2, 3, 4)]
    for picture, seed in zip(found.pictures, (1, 3, 2, 4), strict=True):
        assert (picture.raster().pixels == photo(seed)).all()


def test_inline_images_with_abbreviations_and_named_colours(walked, maker):
    raw = bytes(range(100))
    content = b"q 50 0 0 50 0 0 cm BI /W 10 /H 10 /BPC 8 /CS /G /F /AHx ID " + raw.hex().encode() + b"> EI Q "
    content += (
        b"q 50 0 0 50 99 0 cm BI /W 10 /H 10 /BPC 8 /CS /Mine /F /AHx ID " + raw.hex().encode() + b"> EI Q"
    )
    palette = String(bytes(n for n in range(256) for _ in "rgb"))
    resources = Dictionary(ColorSpace=Dictionary(Mine=Array([Name.Indexed, Name.DeviceRGB, 255, palette])))
    maker.page(content, resources=resources)
    found = walked(maker.bytes())
    assert found.inners == ["#page=1&image=1", "#page=1&image=2"]
    for picture in found.pictures:
        assert (picture.raster(luma=True).pixels.ravel() == np.arange(100)).all()


def test_an_object_on_fifty_pages_is_one_picture(walked, maker, photo):
    shared, own = maker.pixels(photo(1)), [maker.pixels(photo(2)), maker.pixels(photo(3))]
    for _ in range(50):
        maker.page(a=shared)
    maker.page(a=shared, b=own[0])
    maker.page(b=own[1], a=shared)
    found = walked(maker.bytes())
    assert found.inners == ["#page=1&image=1", "#page=51&image=2", "#page=52&image=1"]
    assert found.containers[0].images == 3
    assert (find(maker.bytes(), "#page=51&image=2", Limits()).raster().pixels == photo(2)).all()


def test_an_image_that_nothing_paints_is_found_after_those_painted(walked, maker, photo):
    a, b = maker.pixels(photo(1)), maker.pixels(photo(2))
    maker.page(b"q 90 0 0 60 0 0 cm /b Do Q", a=a, b=b)
    found = walked(maker.bytes())
    assert (found.pictures[0].raster().pixels == photo(2)).all()
    assert (found.pictures[1].raster().pixels == photo(1)).all()


def test_shared_resources_do_not_move_images_to_the_first_page(walked, maker, photo):
    shared = Dictionary(XObject=Dictionary(A=maker.pixels(photo(1)), B=maker.pixels(photo(2))))
    maker.page(b"q 90 0 0 60 0 0 cm /A Do Q", resources=shared)
    maker.page(b"q 90 0 0 60 0 0 cm /B Do Q", resources=shared)
    assert walked(maker.bytes()).inners == ["#page=1&image=1", "#page=2&image=1"]


def test_decorations_are_skipped_with_a_reason(walked, maker, photo):
    maker.page(a=maker.pixels(photo(1, 300, 2)), b=maker.pixels(photo(2)))
    found = walked(maker.bytes())
    assert found.inners == ["#page=1&image=2"]
    assert [s.inner for s in found.skipped] == ["#page=1&image=1"]


def test_attachments_are_walked_into(walked, maker, jpeg, zipped, png):
    maker.page(b"")
    maker.pdf.attachments["a.jpg"] = pikepdf.AttachedFileSpec(maker.pdf, jpeg(), filename="a.jpg")
    nested = zipped(("b.png", png()))
    maker.pdf.attachments["z.zip"] = pikepdf.AttachedFileSpec(maker.pdf, nested, filename="z.zip")
    maker.pdf.attachments["t.txt"] = pikepdf.AttachedFileSpec(maker.pdf, b"words", filename="t.txt")
    found = walked(maker.bytes())
    assert found.inners == ["!/a.jpg", "!/z.zip!/b.png"]
    assert [s.inner for s in found.skipped] == ["!/t.txt"]
    assert bytes(find(maker.bytes(), "!/a.jpg", Limits()).stored) == jpeg()


# Pages in pieces


def strips(maker, pixels, height, *, gap=0.0, scale=0.5):
    content, images = [], {}
    for number, top in enumerate(range(0, pixels.shape[0], height)):
        part = np.ascontiguousarray(pixels[top : top + height])
        images[f"s{number}"] = maker.pixels(part)
        y = 700 - (top + part.shape[0]) * scale - number * gap
        box = f"q {part.shape[1] * scale} 0 0 {part.shape[0] * scale} 20 {y} cm /s{number} Do Q"
        content.append(box.encode())
    return maker.page(b"\n".join(content), **images)


@pytest.mark.parametrize("height", [1, 7, 16, 50])
def test_a_page_of_strips_is_one_picture_pixel_for_pixel(walked, maker, photo, height):
    whole = photo(1, 200, 120)
    strips(maker, whole, height)
    found = walked(maker.bytes())
    picture = only(found)
    assert picture.inner == "#page=1"
    assert (picture.raster().pixels == whole).all()
    assert picture.header.lossless
    assert len(found.skipped) == 1
    assert "pieces that make up #page=1" in found.skipped[0].reason
    assert (find(maker.bytes(), "#page=1", Limits()).raster().pixels == whole).all()


def test_tiles_are_one_picture(walked, maker, photo):
    whole = photo(1, 200, 120)
    content, images = [], {}
    for y in range(0, 120, 40):
        for x in range(0, 200, 64):
            part = np.ascontiguousarray(whole[y : y + 40, x : x + 64])
            images[f"t{x}-{y}"] = maker.pixels(part)
            box = f"q {part.shape[1]} 0 0 {part.shape[0]} {x} {400 - y - part.shape[0]} cm /t{x}-{y} Do Q"
            content.append(box.encode())
    maker.page(b"\n".join(content), **images)
    assert (only(walked(maker.bytes())).raster().pixels == whole).all()


def test_photographs_side_by_side_stay_apart(walked, maker, photo):
    content = b"q 96 0 0 64 0 100 cm /a Do Q q 96 0 0 64 96 100 cm /b Do Q q 96 0 0 64 192 100 cm /c Do Q"
    maker.page(content, a=maker.pixels(photo(1)), b=maker.pixels(255 - photo(1)), c=maker.pixels(photo(3)))
    found = walked(maker.bytes())
    assert found.inners == ["#page=1&image=1", "#page=1&image=2", "#page=1&image=3"]


def test_strips_with_gaps_are_separate_pictures(walked, maker, photo):
    strips(maker, photo(1, 200, 120), 40, gap=8)
    assert len(walked(maker.bytes()).pictures) == 3


def test_one_image_painted_as_a_pattern_is_that_image(walked, maker, photo):
    content = b"".join(b"q 96 0 0 64 %d 100 cm /a Do Q " % (96 * n) for n in range(5))
    maker.page(content, a=maker.pixels(photo(1)))
    assert walked(maker.bytes()).inners == ["#page=1&image=1"]


def test_paper_and_ink_in_layers_are_drawn_as_one_page(walked, maker, photo):
    ink = np.zeros((160, 120), bool)
    ink[40:60, 20:100] = True
    stencil = maker.image(np.packbits(~ink, axis=1).tobytes(), 120, 160, ImageMask=True, BitsPerComponent=1)
    paper = maker.pixels(np.full((80, 60, 3), 230, np.uint8))
    box = b"q 600 0 0 800 0 0 cm "
    maker.page(box + b"/p Do Q " + box + b"0.8 0 0 rg /i Do Q", p=paper, i=stencil)
    picture = only(walked(maker.bytes()))
    assert picture.inner == "#page=1"
    raster = picture.raster().pixels
    assert raster.shape[:2] == (160, 120)
    assert np.abs(raster[45:55, 30:90].astype(int) - [204, 0, 0]).max() < 6
    assert np.abs(raster[100:, :].astype(int) - 230).max() < 6


def test_layers_under_different_words_are_different_pictures(walked, maker):
    ink = np.packbits(np.tri(160, 120, dtype=bool), axis=1).tobytes()
    contexts = []
    for grey in (b"0", b"1"):
        box = b"q 600 0 0 800 0 0 cm "
        stencil = maker.image(ink, 120, 160, ImageMask=True, BitsPerComponent=1)
        paper = maker.pixels(np.full((80, 60, 3), 230, np.uint8))
        text = grey + b" g 100 600 200 50 re f"
        maker.page(box + b"/p Do Q " + box + b"/i Do Q " + text, p=paper, i=stencil)
    contexts = [p.context for p in walked(maker.bytes()).pictures]
    assert len(set(contexts)) == 2


# Bad input


def test_an_encrypted_pdf_says_so_and_one_without_password_opens(walked, maker, photo):
    maker.page(a=maker.pixels(photo()))
    locked = maker.bytes(encryption=pikepdf.Encryption(user="secret", owner="secret"))
    assert walked(locked).codes == {"": "encrypted"}
    readable = maker.bytes(encryption=pikepdf.Encryption(user="", owner="secret"))
    assert (only(walked(readable)).raster().pixels == photo()).all()


def test_too_many_pixels_are_refused_before_decoding(walked, maker, photo):
    huge = maker.image(zlib.compress(bytes(1000)), 60_000, 60_000, Name.DeviceGray, Filter=Name.FlateDecode)
    masked = maker.pixels(photo(2), SMask=maker.image(b"", 50_000, 50_000, Name.DeviceGray))
    maker.page(a=huge, b=masked, c=maker.pixels(photo(3)))
    found = walked(maker.bytes())
    assert found.codes == {"#page=1&image=1": "too-many-pixels", "#page=1&image=2": "too-many-pixels"}
    assert found.inners == ["#page=1&image=3"]


def test_a_stream_that_unpacks_to_far_more_is_refused(walked, maker):
    bomb = zlib.compress(zlib.compress(bytes(30 << 20)))
    image = maker.image(bomb, 50, 50, Name.DeviceGray)
    image.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    maker.page(a=image)
    (picture,) = walked(maker.bytes(), unpacked_bytes=1 << 20).pictures
    with pytest.raises(UnreadableError) as error:
        picture.raster()
    assert error.value.code in {"corrupt", "too-large"}


def test_too_little_data_is_truncated(walked, maker):
    maker.page(a=maker.image(zlib.compress(bytes(500)), 100, 100, Name.DeviceRGB, Filter=Name.FlateDecode))
    (picture,) = walked(maker.bytes()).pictures
    with pytest.raises(UnreadableError) as error:
        picture.raster()
    assert error.value.code == "truncated"


@pytest.mark.parametrize(
    "entries",
    [
        {"Width": -5},
        {"Width": Name.Foo},
        {"Height": 0},
        {"ColorSpace": Array([])},
        {"ColorSpace": Array([Name.ICCBased])},
        {"ColorSpace": Array([Name.Indexed, Name.DeviceRGB, 255, 7])},
        {"ColorSpace": Array([Name.Indexed, Array([Name.Indexed, Name.DeviceRGB]), 1, String(b"")])},
        {"BitsPerComponent": 3},
        {"BitsPerComponent": Name.Foo},
        {"Decode": Array([Name.Foo])},
        {"Decode": Array([1])},
        {"Filter": Array([Name.DCTDecode, Name.FlateDecode])},
        {"Filter": Name.NoSuchDecode},
        {"Filter": Array([7])},
        {"DecodeParms": Array([7, Name.Foo]), "Filter": Array([Name.FlateDecode])},
        {"SMask": Name.Foo},
        {"Mask": Array([1])},
        {"ImageMask": Name.Foo},
    ],
)
def test_broken_dictionaries_hurt_nobody_else(walked, maker, photo, entries):
    maker.page(a=maker.pixels(photo(1), **entries), b=maker.pixels(photo(2)))
    found = walked(maker.bytes())
    assert "#page=1&image=2" in found.inners
    for picture in found.pictures:
        with contextlib.suppress(UnreadableError):
            picture.raster()


def test_an_image_that_is_its_own_mask_ends(walked, maker, photo):
    image = maker.pixels(photo()[..., 0])
    image.SMask = image
    maker.page(a=image)
    for picture in walked(maker.bytes()).pictures:
        picture.raster()


def test_more_pages_than_the_limit_are_said(walked, maker, photo):
    for seed in range(5):
        maker.page(a=maker.pixels(photo(seed)))
    found = walked(maker.bytes(), pages=3)
    assert len(found.pictures) == 3
    assert found.codes == {"": "too-large"}


def test_truncated_and_damaged_documents_never_escape(walked, maker, photo, jpeg):
    maker.page(a=maker.pixels(photo()), b=maker.image(jpeg(), 96, 64, Name.DeviceRGB, Filter=Name.DCTDecode))
    data = maker.bytes()
    random = np.random.default_rng(3)
    for cut in range(0, len(data), len(data) // 40):
        assert walked(data[: cut + 1]).all
    for _ in range(60):
        broken = bytearray(data)
        for at in random.integers(0, len(data), 20):
            broken[at] = random.integers(0, 256)
        found = walked(bytes(broken))
        assert found.all
        for picture in found.pictures:
            with contextlib.suppress(UnreadableError):
                picture.raster()


def test_a_page_without_images_is_accounted_for(walked, maker):
    maker.page(b"0 0 100 100 re f")
    found = walked(maker.bytes())
    assert [(c.format, c.images) for c in found.containers] == [("pdf", 0)]
    assert len(found.all) == 1


def test_reading_warns_of_nothing(walked, maker):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        maker.page(a=maker.image(bytes(6 * 100), 10, 10, Name.DeviceRGB, BitsPerComponent=16))
        only(walked(maker.bytes())).raster()
