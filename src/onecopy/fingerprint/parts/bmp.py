"""BMP: size, depth, compression, masks, palette and pixels; not the resolution, nor where the pixels lie."""

import struct

from onecopy.fingerprint.parts import Parts, framed

_UNCOMPRESSED = (0, 3, 6)


def parts(view: memoryview) -> Parts:
    """Header fields, palette and pixel rows; see the package for what is common."""
    offset, size = struct.unpack_from("<II", view, 10)
    if size == 12:
        width, height, planes, bits = struct.unpack_from("<HHHH", view, 18)
        compression = stored = used = 0
    elif size >= 40:
        width, height, planes, bits, compression, stored = struct.unpack_from("<iiHHII", view, 18)
        (used,) = struct.unpack_from("<I", view, 46)
    else:
        raise ValueError("unknown header")
    if compression in _UNCOMPRESSED:
        stored = (width * bits + 31) // 32 * 4 * abs(height)
    end = offset + stored
    if width <= 0 or not stored or end > len(view):
        raise ValueError("pixels outside the file")
    mask_bytes = 16 if size >= 56 else 12 if size >= 52 or compression == 3 else 0
    masks = view[54 : 54 + mask_bytes]
    palette_start = 14 + size + (12 if compression == 3 and size == 40 else 0)
    entry = 3 if size == 12 else 4
    palette = view[palette_start : palette_start + entry * (used or 1 << bits)] if bits <= 8 else b""
    fields = struct.pack("<iiHHIII", width, height, planes, bits, compression, used, entry)
    return framed(b"bmp", fields, masks) + framed(b"palette", palette) + framed(b"rows", view[offset:end])
