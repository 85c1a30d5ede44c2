"""What a file is, by its first bytes and never by its name. Callers: decode only."""

import re
from typing import NamedTuple

from onecopy.decode.formats import IMAGES
from onecopy.decode.interface import Buffer

_HEAD = 4096


class Kind(NamedTuple):
    """A recognised image format: its name in fingerprints, its name for people, and whether it is read."""

    format: str
    label: str
    readable: bool = True


_READ = {one.name: Kind(one.name, one.label) for one in IMAGES}

_PATTERNS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"II\x2a\x00|MM\x00\x2a|II\x2b\x00|MM\x00\x2b", "tiff"),
    (rb"GIF8[79]a", "gif"),
    (rb"BM.{8}.{4}[\x0c-\x7c]\x00\x00\x00", "bmp"),
    (rb"RIFF.{4}WEBP", "webp"),
    (rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "jpeg2000"),
    (rb"P[1-6][\s#]", "pnm"),
)

_UNREAD: tuple[tuple[bytes, str], ...] = (
    (rb"8BPS\x00[\x01\x02]", "Photoshop (PSD)"),
    (rb"v/1\x01", "OpenEXR"),
    (rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    (rb"DDS ", "DirectDraw surface (DDS)"),
    (rb"SIMPLE  =", "FITS"),
    (rb".{128}DICM", "DICOM"),
    (rb"\x00\x00[\x01\x02]\x00[\x01-\xff]\x00.{4}", "Windows icon or cursor"),
    (rb"icns", "Apple icon (ICNS)"),
    (rb"qoif", "QOI"),
    (rb"gimp xcf", "GIMP (XCF)"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript (EPS)"),
    (rb"\x01\xda[\x00\x01][\x01\x02]", "SGI"),
    (rb"\x59\xa6\x6a\x95", "Sun raster"),
    (rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]", "PCX"),
    (rb".{4}[\x11\x12]\xaf", "FLI or FLC animation"),
    (rb"#\?(?:RADIANCE|RGBE)", "Radiance HDR"),
    (rb"FUJIFILMCCD-RAW|IIRO|IIRS|MMOR|IIU\x00|FOVb|\x00MRM", "camera raw"),
    (rb".{4}ftypcrx ", "camera raw (CR3)"),
    (rb"II\xbc[\x00\x01]", "JPEG XR"),
    (rb"\x97JB2\r\n\x1a\n", "JBIG2"),
    (rb"AT&TFORM", "DjVu"),
    (rb"P7\n", "PAM"),
    (rb"P[Ff]\s", "PFM"),
    (rb"BPG\xfb", "BPG"),
    (rb"FLIF", "FLIF"),
    (rb"\x8a(?:MNG)\r\n\x1a\n|\x8bJNG\r\n\x1a\n", "MNG or JNG"),
    (rb"\xabKTX", "KTX texture"),
    (rb"/\* XPM", "XPM"),
    (rb"farbfeld", "farbfeld"),
    (rb"\xd7\xcd\xc6\x9a|\x01\x00\x00\x00.{36} EMF", "Windows metafile"),
    (rb"BLP[12]", "BLP texture"),
    (rb"\x80\x2a\x5f\xd7|SDPX|XPDS", "Cineon or DPX"),
)

_READABLE = tuple((re.compile(pattern, re.DOTALL), name) for pattern, name in _PATTERNS)
_KNOWN = tuple((re.compile(pattern, re.DOTALL), label) for pattern, label in _UNREAD)
_SVG = re.compile(rb"\s*(?:<\?xml|<!--|<!DOCTYPE\s+svg|<svg)", re.IGNORECASE)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}


def head(data: Buffer, length: int = _HEAD) -> bytes:
    """Copy the first bytes of a buffer."""
    return bytes(memoryview(data)[:length])


def sniff(data: Buffer) -> Kind | None:
    """Recognise an image format.

    Returns:
        What it is, with ``readable`` false for a format that is known but not decoded here, or ``None``
        where it is no image known to us.
    """
    start = head(data)
    for pattern, name in _READABLE:
        if pattern.match(start):
            return _READ[name]
    if start[4:8] == b"ftyp" and (found := _by_brand(start)):
        return found
    for pattern, label in _KNOWN:
        if pattern.match(start):
            return Kind("", label, readable=False)
    text = start.removeprefix(b"\xef\xbb\xbf")
    if _SVG.match(text) and re.search(rb"<(?:\w+:)?svg[\s>]", text):
        return Kind("", "SVG", readable=False)
    if bytes(memoryview(data)[-18:]) == b"TRUEVISION-XFILE.\x00":
        return Kind("", "Targa (TGA)", readable=False)
    return None


def _by_brand(start: bytes) -> Kind | None:
    """Tell AVIF from HEIC: ``mif1`` alone says neither, so the compatible brands decide."""
    end = min(max(int.from_bytes(start[:4], "big"), 12), len(start), 256)
    brands = {start[8:12]} | {start[i : i + 4] for i in range(16, end - 3, 4)}
    if brands & _AVIF_BRANDS:
        return _READ["avif"]
    return _READ["heic"] if brands & _HEIF_BRANDS else None
