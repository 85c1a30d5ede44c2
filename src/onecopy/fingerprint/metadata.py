"""Capture metadata: what EXIF, XMP and IPTC say of an image's making. Claims, bounded and cleaned, not facts.

XMP is XML from strangers: it is read by expat with every declaration refused, so no entity is ever expanded.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final
from xml.parsers import expat

from PIL import ExifTags, Image

from onecopy.decode.pillow import Metadata
from onecopy.model import Capture

_LONGEST: Final = 200
_MOST_XMP: Final = 1 << 20
_DEEPEST: Final = 64
_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d+))?")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[+-]\d\d:\d\d|Z)?")
_OFFSET = re.compile(r"[+-]\d\d:\d\d|Z")
_EXIF, _GPS = ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP_FIELDS: Final = {
    ("http://ns.adobe.com/xap/1.0/mm/", "DocumentID"): "document_id",
    ("http://ns.adobe.com/xap/1.0/mm/", "OriginalDocumentID"): "original_document_id",
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "DigitalSourceType"): "digital_source_type",
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "DigitalSourcetype"): "digital_source_type",
    ("http://purl.org/dc/elements/1.1/", "creator"): "creator",
    ("http://purl.org/dc/elements/1.1/", "rights"): "rights",
    ("http://ns.adobe.com/xap/1.0/", "CreatorTool"): "software",
    ("http://ns.adobe.com/exif/1.0/", "DateTimeOriginal"): "taken_at",
    ("http://ns.adobe.com/exif/1.0/aux/", "SerialNumber"): "camera_serial",
}
_DERIVED = ("http://ns.adobe.com/xap/1.0/mm/", "DerivedFrom")
_PANTRY = ("http://ns.adobe.com/xap/1.0/mm/", "Pantry")
_REFERENCE = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"


def read_capture(metadata: Metadata) -> Capture:
    """Read what is there; damaged parts are left out, and nothing is raised."""
    exif = _survive(lambda: _from_exif(metadata.exif)) if metadata.exif is not None else None
    xmp = _survive(lambda: _from_xmp(metadata.xmp)) if metadata.xmp else None
    iptc = _survive(lambda: _from_iptc(metadata.iptc)) if metadata.iptc else None
    found: dict[str, Any] = {}
    for source in (exif, iptc, xmp):
        for key, value in (source or {}).items():
            if value is not None:
                found.setdefault(key, value)
    return Capture(**found)


def clean(value: object) -> str | None:
    """Text from a stranger as one printable line of at most 200 characters; ``None`` if nothing is left."""
    if isinstance(value, bytes):
        value = value[: 4 * _LONGEST].split(b"\0")[0].decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    printable = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in value[: 4 * _LONGEST])
    return " ".join(printable.split())[:_LONGEST] or None


def _survive(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except Exception:  # parsers of metadata fail in many ways on damage; a claim that cannot be read is none
        return {}


def _from_exif(exif: Image.Exif | None) -> dict[str, Any]:
    if exif is None or not len(exif):
        return {}
    detail, place = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
    base = ExifTags.Base
    return {
        "taken_at": _time(detail, base.DateTimeOriginal, base.SubsecTimeOriginal, base.OffsetTimeOriginal)
        or _time(detail, base.DateTimeDigitized, base.SubsecTimeDigitized, base.OffsetTimeDigitized),
        "camera_make": clean(exif.get(base.Make)),
        "camera_model": clean(exif.get(base.Model)),
        "camera_serial": clean(detail.get(base.BodySerialNumber)),
        "software": clean(exif.get(base.Software)),
        "gps": _survive(lambda: {"gps": _position(place)}).get("gps"),
        "creator": clean(exif.get(base.Artist)),
        "rights": clean(exif.get(base.Copyright)),
    }


def _time(tags: Mapping[int, Any], time: int, fraction: int, offset: int) -> str | None:
    """ISO 8601 from EXIF's own way of writing a time, its fraction and its offset in three tags."""
    match = _TIME.match(clean(tags.get(time)) or "")
    if match is None or match[1] == "0000" or match[2] == "00" or match[3] == "00":
        return None
    digits = re.match(r"\d{1,9}", clean(tags.get(fraction)) or "")
    zone = _OFFSET.fullmatch(clean(tags.get(offset)) or "")
    stamp = f"{match[1]}-{match[2]}-{match[3]}T{match[4]}:{match[5]}:{match[6]}"
    return stamp + (f".{digits[0]}" if digits else "") + (zone[0] if zone else "")


def _position(tags: Mapping[int, Any]) -> tuple[float, float] | None:
    gps = ExifTags.GPS
    latitude = _degrees(tags.get(gps.GPSLatitude), tags.get(gps.GPSLatitudeRef), "S")
    longitude = _degrees(tags.get(gps.GPSLongitude), tags.get(gps.GPSLongitudeRef), "W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return (latitude, longitude) if latitude or longitude else None


def _degrees(parts: object, reference: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3 or not clean(reference):
        return None
    value: float = sum(float(part) / 60.0**power for power, part in enumerate(parts))
    if not math.isfinite(value):
        return None
    return round(-value if (clean(reference) or "").upper().startswith(negative) else value, 7)


def _from_iptc(iptc: bytes) -> dict[str, Any]:
    """Datasets of record 2: by-line (80) and copyright notice (116)."""
    found: dict[str, Any] = {}
    position = 0
    while position + 5 <= len(iptc) and iptc[position] == 0x1C:
        record, dataset = iptc[position + 1], iptc[position + 2]
        size = int.from_bytes(iptc[position + 3 : position + 5], "big")
        if size & 0x8000:
            break
        if record == 2 and dataset in (80, 116):
            value = clean(iptc[position + 5 : position + 5 + size])
            found.setdefault("creator" if dataset == 80 else "rights", value)
        position += 5 + size
    return found


class _Xmp:
    """Collects the wanted fields, whether written as elements or as attributes."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._path: list[tuple[str, str]] = []
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            raise ValueError("nested too deeply")
        self._path.append(_split(name))
        self._text = []
        for key, value in attributes.items():
            self._take(_split(key), value)

    def end(self, name: str) -> None:
        field = self._path.pop()
        text = "".join(self._text)
        self._text = []
        inside = [step for step in [*self._path, field] if step[0] != _RDF]
        if text.strip() and inside:
            self._take(inside[-1], text)

    def text(self, data: str) -> None:
        if sum(map(len, self._text)) < 4 * _LONGEST:
            self._text.append(data)

    def _take(self, field: tuple[str, str], value: str) -> None:
        if _PANTRY in self._path:  # what the image was made of, with names of its own
            return
        if field[0] == _REFERENCE:
            if _DERIVED in self._path and field[1] in ("documentID", "originalDocumentID"):
                self.found.setdefault("derived_from", clean(value))
        elif name := _XMP_FIELDS.get(field):
            self.found.setdefault(name, clean(value))


def _split(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition(" ")
    return space, local


def _refuse(*_: object) -> int:
    raise ValueError("declarations have no place in XMP")


def _from_xmp(xmp: bytes) -> dict[str, Any]:
    reader = _Xmp()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    with suppress(expat.ExpatError, ValueError):  # what was read before the damage is kept
        parser.Parse(xmp[:_MOST_XMP].strip(b"\0 \r\n\t"), True)
    if not _ISO.fullmatch(reader.found.get("taken_at") or ""):
        reader.found.pop("taken_at", None)
    return reader.found
