"""The samples of a PDF image object as a Pillow image, exact where that can be.

Plain samples are unpacked here, so that a PNG and the same pixels in a PDF stay equal; what needs a codec or
a colour conversion of its own goes to pdfium. Sample layout: ISO 32000-2, 8.9.5.2; masks: 8.9.6 and 11.6.5.
"""

import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf import Array, Object, StreamDecodeLevel
from PIL import Image, ImageChops

from onecopy.decode import colour
from onecopy.decode.containers import pdf_render
from onecopy.decode.containers.pdf_dict import Facts, Space, data_under_codec, facts_of
from onecopy.decode.images import open_picture
from onecopy.errors import UnreadableError
from onecopy.model import Limits

_INVERTED_CMYK = (1.0, 0.0) * 4
_PLAIN_BITS = {"gray": (1, 2, 4, 8, 16), "rgb": (8,), "cmyk": (8,), "indexed": (1, 2, 4, 8)}


def is_plain(facts: Facts) -> bool:
    """Whether the samples can be taken as they are, without a renderer."""
    if facts.codec or facts.colour_key or facts.bits not in _PLAIN_BITS.get(facts.space.kind, ()):
        return False
    if facts.space.kind == "indexed":
        base = facts.space.base
        return facts.decode is None and base is not None and base.kind in ("gray", "rgb")
    return facts.decode is None or facts.bits in (1, 8)


def is_exact(facts: Facts) -> bool:
    """Whether :func:`native` gives the stored samples, all of them and unchanged."""
    if not is_plain(facts) and not (facts.codec in ("ccitt", "jbig2") and facts.space.kind == "gray"):
        return False
    if facts.mask is None:
        return True
    mask = facts_of(facts.mask)
    same_size = (mask.width, mask.height) == (facts.width, facts.height)
    whole = same_size and facts.bits <= 8 and facts.space.kind != "cmyk" and _matte(facts) is None
    return whole and mask.mask is None and is_exact(mask)


def native(pdf: pikepdf.Pdf, stream: Object, facts: Facts, limits: Limits) -> Image.Image:
    """Decode, with its mask as alpha.

    Returns:
        Mode 1, L, P, RGB, CMYK or I;16; LA or RGBA with a mask. It has the size of the mask where that is the
        larger one: then the detail is in the mask.

    Raises:
        UnreadableError: with a stable code.
    """
    image = _colours(pdf, stream, facts, limits)
    if facts.mask is None:
        return image
    return _with_alpha(image, _alpha(pdf, facts, limits), _matte(facts))


def full_size(facts: Facts) -> tuple[int, int]:
    """Width and height of :func:`native`."""
    if facts.mask is None:
        return facts.width, facts.height
    mask = facts_of(facts.mask)
    larger = mask.width * mask.height > facts.width * facts.height
    return (mask.width, mask.height) if larger else (facts.width, facts.height)


def _colours(pdf: pikepdf.Pdf, stream: Object, facts: Facts, limits: Limits) -> Image.Image:
    if is_plain(facts):
        return _plain(stream, facts)
    if facts.codec in ("dct", "jpx") and not facts.colour_key:
        found = _from_file(data_under_codec(stream, facts), facts, limits)
        if found is not None:
            return found
    image = pdf_render.samples(pdf, stream, stencil=facts.stencil)
    return image.convert("1", dither=Image.Dither.NONE) if facts.bits == 1 and image.mode == "L" else image


def _from_file(data: bytes, facts: Facts, limits: Limits) -> Image.Image | None:
    """Decode a JPEG or JPEG 2000 stream like a file, where that is what the PDF means."""
    picture = open_picture(data, limits)
    mode = {"gray": "L", "rgb": "RGB", "cmyk": "CMYK"}.get(facts.space.kind)
    if (picture.header.width, picture.header.height) != (
        facts.width,
        facts.height,
    ) or picture.header.mode != mode:
        return None
    if mode == "CMYK" and facts.codec == "dct":
        # Decoders of JPEG files take CMYK for inverted, as Adobe writes it; a PDF does so only if it says so
        return (
            picture.native() if facts.decode == _INVERTED_CMYK else _inverted_unless(facts, picture.native())
        )
    return picture.native() if facts.decode is None else None


def _inverted_unless(facts: Facts, image: Image.Image) -> Image.Image:
    plain = ImageChops.invert(image)
    return plain if facts.decode is None else _decoded(plain, facts.decode)


def _plain(stream: Object, facts: Facts) -> Image.Image:
    size, bits, kind = (facts.width, facts.height), facts.bits, facts.space.kind
    raw = _samples(stream, facts)
    if kind == "indexed":
        return _indexed(raw, facts, facts.space)
    if bits == 1:
        image = Image.frombytes("1", size, raw)
        return ImageChops.invert(image) if facts.decode == (1.0, 0.0) else image
    if bits == 16:
        return Image.fromarray(np.frombuffer(raw, ">u2").reshape(facts.height, facts.width).astype(np.uint16))
    if bits < 8:
        image = Image.fromarray(_unpacked(raw, facts) * np.uint8(255 // ((1 << bits) - 1)))
    else:
        image = Image.frombytes({"gray": "L", "rgb": "RGB", "cmyk": "CMYK"}[kind], size, raw)
    return image if facts.decode is None else _decoded(image, facts.decode)


def _samples(stream: Object, facts: Facts) -> bytes:
    """The unpacked samples, exactly as many as the size needs.

    Raises:
        UnreadableError: ``truncated``, ``corrupt``, or ``too-large`` for a stream that unpacks to far more.
    """
    row = (facts.width * facts.space.components * facts.bits + 7) // 8
    try:
        raw = stream.read_bytes(StreamDecodeLevel.specialized)
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        message = "An image in the PDF cannot be unpacked. Get a sound copy."
        raise UnreadableError(message, code="corrupt") from error
    missing = row * facts.height - len(raw)
    if missing >= row and missing > 0:
        message = "An image in the PDF ends too early. Get a complete copy."
        raise UnreadableError(message, code="truncated")
    return raw[: row * facts.height].ljust(row * facts.height, b"\0")


def _unpacked(raw: bytes, facts: Facts) -> npt.NDArray[np.uint8]:
    """Samples of 1, 2, 4 or 8 bits, one a byte, shape (height, width)."""
    rows = np.frombuffer(raw, np.uint8).reshape(facts.height, -1)
    if facts.bits == 8:
        return rows
    if facts.bits == 1:
        return np.unpackbits(rows, axis=1)[:, : facts.width]
    per_byte = 8 // facts.bits
    shifts = np.arange(per_byte - 1, -1, -1, dtype=np.uint8) * np.uint8(facts.bits)
    spread = (rows[:, :, None] >> shifts) & np.uint8((1 << facts.bits) - 1)
    return spread.reshape(facts.height, -1)[:, : facts.width]


def _indexed(raw: bytes, facts: Facts, space: Space) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(_unpacked(raw, facts)))
    colours = space.palette
    if space.base is not None and space.base.kind == "gray":
        colours = bytes(np.repeat(np.frombuffer(colours, np.uint8), 3))
    colours = colours[: len(colours) // 3 * 3][:768]
    image.putpalette(colours or bytes(3))
    return image


def _decoded(image: Image.Image, decode: tuple[float, ...]) -> Image.Image:
    """Map samples through a decode array."""
    bands = len(image.getbands())
    pairs = zip(decode[0::2], decode[1::2], strict=False)
    values = np.arange(256) / 255.0
    tables = [
        np.clip(np.rint(255 * (low + values * (high - low))), 0, 255).astype(int).tolist()
        for low, high in pairs
    ]
    return image.point(sum(tables, [])) if len(tables) == bands else image  # noqa: RUF017


def _alpha(pdf: pikepdf.Pdf, facts: Facts, limits: Limits) -> Image.Image:
    """The mask as opacity, mode L. A stencil mask hides where it would not paint (8.9.6.3)."""
    assert facts.mask is not None
    mask = facts_of(facts.mask)
    if mask.width * mask.height > limits.pixels:
        raise UnreadableError("A mask in the PDF has too many pixels.", code="too-many-pixels")
    found = colour.to_eight_bits(_colours(pdf, facts.mask, mask, limits)).convert("L")
    return found if facts.soft else ImageChops.invert(found)


def _matte(facts: Facts) -> tuple[float, ...] | None:
    matte = facts.mask.get("/Matte") if facts.mask is not None and facts.soft else None
    return tuple(float(n) for n in matte) if isinstance(matte, Array) else None


def _with_alpha(image: Image.Image, alpha: Image.Image, matte: tuple[float, ...] | None) -> Image.Image:
    size = image.size if image.width * image.height >= alpha.width * alpha.height else alpha.size
    image = colour.to_eight_bits(image)
    colours = image.convert("L" if image.mode in ("1", "L") else "RGB")
    if colours.size != size:
        colours = colours.resize(size, Image.Resampling.BILINEAR)
    if alpha.size != size:
        alpha = alpha.resize(size, Image.Resampling.BILINEAR)
    if matte is not None and len(matte) == len(colours.getbands()):
        colours = _unblended(colours, alpha, matte)
    colours.putalpha(alpha)
    return colours


def _unblended(colours: Image.Image, alpha: Image.Image, matte: tuple[float, ...]) -> Image.Image:
    """Undo blending with a matte colour: ``c = m + (c' - m) / alpha`` (11.6.5.2)."""
    blended = np.atleast_3d(np.asarray(colours, np.float32))
    backdrop = np.asarray(matte, np.float32) * 255
    opacity = np.maximum(np.asarray(alpha, np.float32)[..., None] / 255, 1 / 255)
    pixels = np.clip(np.rint(backdrop + (blended - backdrop) / opacity), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
