"""PNM (binary kinds): size, depth and raster, without comments and however the header is laid out."""

import re

from onecopy.fingerprint.parts import Parts, framed

_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_HEADER = re.compile(rb"P([456])" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})")
_DEPTH = re.compile(_GAP + rb"(\d{1,5})")


def parts(view: memoryview) -> Parts:
    """Header numbers and raster; see the package for what is common."""
    header = _HEADER.match(view)
    if header is None:
        raise ValueError("plain or damaged header")
    kind, width, height = int(header[1]), int(header[2]), int(header[3])
    start, depth = header.end(), 1
    if kind != 4:
        found = _DEPTH.match(view, start)
        if found is None:
            raise ValueError("no depth")
        start, depth = found.end(), int(found[1])
    row = (width + 7) // 8 if kind == 4 else width * (3 if kind == 6 else 1) * (2 if depth > 255 else 1)
    raster = view[start + 1 : start + 1 + row * height]
    if len(raster) != row * height:
        raise ValueError("raster cut off")
    return framed(f"P{kind} {width} {height} {depth}".encode(), raster)
