"""What an image dictionary of a PDF says, read defensively, and its canonical bytes.

Terms as in ISO 32000-2, 8.9.5 (image dictionaries), 8.6 (colour spaces), 7.4 (filters).
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, StreamDecodeLevel, String

from onecopy.errors import UnreadableError

CODECS = {
    "/DCTDecode": "dct",
    "/DCT": "dct",
    "/JPXDecode": "jpx",
    "/CCITTFaxDecode": "ccitt",
    "/CCF": "ccitt",
    "/JBIG2Decode": "jbig2",
}
"""Filters whose output is samples, not bytes; at most one, at the end."""

DECIDING = (
    "/Width",
    "/Height",
    "/BitsPerComponent",
    "/ColorSpace",
    "/Decode",
    "/Filter",
    "/DecodeParms",
    "/ImageMask",
    "/Mask",
    "/SMask",
    "/SMaskInData",
    "/Matte",
)
"""Entries that decide the pixels."""

BROKEN = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    RuntimeError,
)
"""What reading a broken object may raise, here or in pikepdf: a dictionary can hold anything anywhere."""

_NOT_DECIDING = frozenset({"/Length", "/Type", "/Subtype", "/Metadata"})
_COMPONENTS = {1: "gray", 3: "rgb", 4: "cmyk"}
_DEVICE = {"/DeviceGray": "gray", "/G": "gray", "/DeviceRGB": "rgb", "/RGB": "rgb"} | {
    "/DeviceCMYK": "cmyk",
    "/CMYK": "cmyk",
}
_MOST_PROFILE_BYTES = 4 << 20
_CANONICAL_DEPTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A colour space: ``gray``, ``rgb``, ``cmyk``, ``indexed``, or ``other`` (left to the renderer)."""

    kind: str
    profile: bytes | None = None
    base: "Space | None" = None
    palette: bytes = b""

    @property
    def components(self) -> int:
        """Samples a pixel."""
        return {"rgb": 3, "cmyk": 4}.get(self.kind, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An image dictionary."""

    width: int
    height: int
    bits: int
    space: Space
    decode: tuple[float, ...] | None
    """``None`` where it is the default or missing."""
    filters: tuple[str, ...]
    codec: str | None
    stencil: bool
    mask: Object | None
    """The stencil or soft mask, a stream."""
    soft: bool
    colour_key: bool


def facts_of(stream: Object) -> Facts:
    """Read an image dictionary.

    Raises:
        UnreadableError: ``corrupt`` if it lacks its size or contradicts itself.
    """
    width, height = size_of(stream)
    if width < 1 or height < 1:
        raise UnreadableError("An image in the PDF has no size. Get a sound copy.", code="corrupt")
    filters = _names(stream.get("/Filter"))
    codec = CODECS.get(filters[-1]) if filters else None
    if any(name in CODECS for name in filters[:-1]):
        raise UnreadableError("An image in the PDF is packed in a way nothing can unpack.", code="corrupt")
    stencil = is_stencil(stream)
    bits = 1 if stencil or codec in ("ccitt", "jbig2") else _whole(stream.get("/BitsPerComponent")) or 8
    space = Space(kind="gray") if stencil else space_of(stream.get("/ColorSpace"))
    soft, hard = stream.get("/SMask"), stream.get("/Mask")
    return Facts(
        width=width,
        height=height,
        bits=bits,
        space=space,
        decode=_decode(stream.get("/Decode"), space, bits),
        filters=filters,
        codec=codec,
        stencil=stencil,
        mask=soft if isinstance(soft, Stream) else hard if isinstance(hard, Stream) else None,
        soft=isinstance(soft, Stream),
        colour_key=isinstance(hard, Array) and not isinstance(soft, Stream),
    )


def is_stencil(stream: Object) -> bool:
    """Whether an image is a mask that paint goes through."""
    return bool(stream.get("/ImageMask") == True)  # noqa: E712  (may be any object of a hostile file)


def size_of(stream: Object) -> tuple[int, int]:
    """Width and height as the dictionary says, 0 where it says nothing usable."""
    return _whole(stream.get("/Width")), _whole(stream.get("/Height"))


def space_of(value: object, depth: int = 0) -> Space:
    """Read a colour space; what only a renderer should convert is ``other``."""
    other = Space(kind="other")
    if isinstance(value, Name):
        return Space(kind=_DEVICE[str(value)]) if str(value) in _DEVICE else other
    if not isinstance(value, Array) or len(value) == 0 or depth > 3:
        return other
    family = str(value[0]) if isinstance(value[0], Name) else ""
    if len(value) == 1:
        return Space(kind=_DEVICE[family]) if family in _DEVICE else other
    if family == "/ICCBased" and isinstance(value[1], Stream):
        return _icc_space(value[1])
    if family in ("/Indexed", "/I") and len(value) >= 4:
        lookup = value[3]
        palette = lookup.read_bytes() if isinstance(lookup, Stream) else _string(lookup)
        return Space(kind="indexed", base=space_of(value[1], depth + 1), palette=palette[: 256 * 4])
    return other


def _icc_space(stream: Object) -> Space:
    alternate = stream.get("/Alternate")
    if isinstance(alternate, Array) and len(alternate) and alternate[0] == Name.Lab:
        return Space(kind="other")
    kind = _COMPONENTS.get(_whole(stream.get("/N")), "other")
    try:
        profile = stream.read_bytes()
    except pikepdf.PdfError:
        profile = b""
    return Space(kind=kind, profile=profile if 0 < len(profile) <= _MOST_PROFILE_BYTES else None)


def _decode(value: object, space: Space, bits: int) -> tuple[float, ...] | None:
    if not isinstance(value, Array):
        return None
    try:
        decode = tuple(float(n) for n in value)
    except (TypeError, ValueError):
        return None
    top = float((1 << min(bits, 16)) - 1) if space.kind == "indexed" else 1.0
    default = (0.0, top) * (len(decode) // 2)
    return None if decode == default and space.kind != "other" else decode


def data_under_codec(stream: Object, facts: Facts) -> bytes:
    """What the last filter, a codec, is given: the JPEG or JPEG 2000 file, for instance."""
    if len(facts.filters) < 2:
        return stream.read_raw_bytes()
    with pikepdf.new() as scratch:
        copy = Stream(scratch, stream.read_raw_bytes())
        copy.Filter = Array([Name(name) for name in facts.filters[:-1]])
        parameters = stream.get("/DecodeParms")
        if isinstance(parameters, Array):
            plain = [_parameters(p) for p in list(parameters)[: len(facts.filters) - 1]]
            copy.DecodeParms = Array(plain)
        return copy.read_bytes(StreamDecodeLevel.specialized)


def _parameters(value: object) -> Dictionary:
    if not isinstance(value, Dictionary):
        return Dictionary()
    return Dictionary(
        {key: number for key, number in value.items() if isinstance(number, int | Decimal | bool)}
    )


def canonical(stream: Object, leave_out: tuple[str, ...] = ()) -> bytes:
    """The entries of an image dictionary that decide its pixels, always written the same way."""
    entries = {key: stream.get(key) for key in DECIDING if key in stream and key not in leave_out}
    return b"".join(key.encode() + b" " + _canonical(value, 0) + b"\n" for key, value in entries.items())


def _canonical(value: object, depth: int) -> bytes:
    if depth > _CANONICAL_DEPTH:
        return b"..."
    if isinstance(value, bool) or value is None:
        return str(value).lower().encode()
    if isinstance(value, int | float | Decimal):
        return f"{float(value):.9g}".encode()
    if isinstance(value, Name):
        return str(value).encode("utf-8", "surrogateescape")
    if isinstance(value, Array):
        return b"[" + b" ".join(_canonical(item, depth + 1) for item in value) + b"]"
    if isinstance(value, Stream):
        return (
            b"<"
            + _entries(value, depth)
            + b" "
            + hashlib.sha256(value.read_raw_bytes()).digest().hex().encode()
            + b">"
        )
    if isinstance(value, Dictionary):
        return b"<" + _entries(value, depth) + b">"
    return b"(" + _string(value).hex().encode() + b")"


def _entries(value: Object, depth: int) -> bytes:
    keys = sorted(key for key in value.keys() if key not in _NOT_DECIDING)  # noqa: SIM118
    return b" ".join(
        key.encode("utf-8", "surrogateescape") + b" " + _canonical(value.get(key), depth + 1) for key in keys
    )


def _whole(value: object) -> int:
    number = int(value) if isinstance(value, int | float | Decimal) else 0
    return number if abs(number) < 1 << 31 else 0


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, Name):
        return (str(value),)
    return tuple(str(name) for name in value) if isinstance(value, Array) else ()


def _string(value: object) -> bytes:
    return bytes(value) if isinstance(value, String | bytes) else b""
