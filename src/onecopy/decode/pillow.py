"""Opening an image with exactly one of Pillow's plugins, chosen by content.

Plugins are called directly: ``Image.open`` would try others, and load all of them when none fits. Nothing is
decoded on opening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, cast

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from onecopy.decode import heif, tiff
from onecopy.decode.boxes import Box, clean_aperture
from onecopy.decode.buffer import BufferReader
from onecopy.decode.interface import Buffer, Header
from onecopy.errors import UnreadableError

# One worker decodes one image: more threads would only fight the other workers, and may be forbidden.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

_PLUGINS: dict[str, Callable[[IO[bytes]], ImageFile.ImageFile]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "avif": AvifImagePlugin.AvifImageFile,
    "jpeg2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "pnm": PpmImagePlugin.PpmImageFile,
    "heic": heif.open_heif,
}

_ALWAYS_LOSSLESS = {"png", "gif", "bmp", "pnm"}
_LOSSY_TIFF = {6, 7, 33_003, 33_005, 34_712, 34_887, 34_892, 50_001, 50_002, 52_546}
_DNG_VERSION = 50_706
_ORIENTATION = ExifTags.Base.Orientation


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says beside its pixels, unparsed but for EXIF."""

    exif: Image.Exif | None = None
    xmp: bytes = b""
    iptc: bytes = b""


def open_image(format: str, data: Buffer) -> Image.Image:
    """Open without decoding; may raise anything a plugin raises.

    Args:
        format: As :func:`onecopy.decode.sniff.sniff` names it.
        data: The file.
    """
    if format == "tiff":
        _refuse_raw(data)
    return _PLUGINS[format](cast("IO[bytes]", BufferReader(data)))


def read_header(format: str, image: Image.Image, data: Buffer, *, pages: int) -> Header:
    """What an opened image says of itself. Width and height are as stored.

    Args:
        format: As for :func:`open_image`.
        image: What that gave, not decoded yet.
        data: The file.
        pages: Most pages to count.
    """
    width, height = image.size
    aperture = _aperture(format, image, data)
    if aperture:
        width, height = aperture[2] - aperture[0], aperture[3] - aperture[1]
    orientation = _orientation(image)
    if format == "tiff" and orientation >= 5:
        width, height = height, width  # Pillow gives the size of a TIFF as displayed
    profile = image.info.get("icc_profile")
    return Header(
        format=format,
        width=width,
        height=height,
        mode=image.mode,
        orientation=orientation,
        profile=profile if isinstance(profile, bytes) and profile else None,
        has_alpha=image.has_transparency_data,
        frames=_frames(format, image, data, pages),
        lossless=_lossless(format, data),
        quantisation=_quantisation(image),
    )


def load(format: str, image: Image.Image, data: Buffer) -> Image.Image:
    """Decode an opened image: the part that is shown, not turned."""
    aperture = _aperture(format, image, data)
    image.load()
    return image.crop(aperture) if aperture else image


def _aperture(format: str, image: Image.Image, data: Buffer) -> Box | None:
    """Pillow shows all of an AVIF image; a viewer shows its clean aperture."""
    return clean_aperture(memoryview(data), *image.size) if format == "avif" else None


def narrows(format: str, image: Image.Image, data: Buffer) -> bool:
    """Whether decoding gives 8 bits where the file has 16: Pillow keeps more for grey only."""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return False
    if format == "png":
        return bytes(memoryview(data)[24:25]) == b"\x10"
    if format == "pnm":
        # the decoder's arguments are the raw mode, and the largest value where it has to scale
        arguments = getattr(image, "tile", [(None,) * 4])[0][3]
        return isinstance(arguments, tuple) and int(arguments[1]) > 255
    if format == "tiff":
        page = tiff.first(data)
        return page is not None and max(page.numbers(258) or (1,)) > 8
    return False


def read_metadata(image: Image.Image) -> Metadata:
    """Collect EXIF, XMP and IPTC; what is too damaged to be found is left out."""
    try:
        exif: Image.Exif | None = image.getexif()
    except Exception:  # EXIF is parsed in Python by Pillow and fails in many ways on damage
        exif = None
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    iptc: object = b""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        xmp = xmp or image.tag_v2.get(700, b"")
        iptc = image.tag_v2.get(33_723, b"")
    photoshop = image.info.get("photoshop")
    if isinstance(photoshop, dict):
        iptc = photoshop.get(0x0404, b"")
    if isinstance(xmp, str):
        xmp = xmp.encode("utf-8", "replace")
    return Metadata(exif, xmp if isinstance(xmp, bytes) else b"", iptc if isinstance(iptc, bytes) else b"")


def _refuse_raw(data: Buffer) -> None:
    """A DNG or CR2 opens as its small preview: say what it is instead."""
    view = memoryview(data)
    first = tiff.first(data)
    if bytes(view[8:10]) == b"CR" or (first is not None and _DNG_VERSION in first.entries):
        message = "This is a camera raw file, which is not read; export it as TIFF or JPEG."
        raise UnreadableError(message, code="unsupported-format")


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _frames(format: str, image: Image.Image, data: Buffer, pages: int) -> int:
    if format == "tiff":
        return max(1, tiff.count_pages(data, pages))
    if format not in ("gif", "png", "webp", "avif"):
        return 1
    frames = getattr(image, "n_frames", 1)
    if image.tell() != 0:
        image.seek(0)
    return max(1, int(frames))


def _lossless(format: str, data: Buffer) -> bool:
    if format == "tiff":
        page = tiff.first(data)
        return page is not None and page.number(259, 1) not in _LOSSY_TIFF
    if format == "webp":
        view = memoryview(data)
        return b"VP8L" in bytes(view[:4096]) and b"VP8 " not in bytes(view[:4096])
    return format in _ALWAYS_LOSSLESS


def _quantisation(image: Image.Image) -> tuple[tuple[int, ...], ...] | None:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    tables = image.quantization
    return tuple(tuple(tables[key]) for key in sorted(tables)) or None
