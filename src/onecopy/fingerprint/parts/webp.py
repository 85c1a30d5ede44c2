"""WebP: the coded chunks and, for an animation, its canvas and frames; no profile, no metadata."""

from onecopy.fingerprint.parts import Parts, framed

_CODED = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}


def parts(view: memoryview) -> Parts:
    """Chunks that determine the pixels; see the package for what is common."""
    end = min(len(view), int.from_bytes(view[4:8], "little") + 8)
    found: Parts = []
    position = 12
    while position + 8 <= end:
        kind = bytes(view[position : position + 4])
        size = int.from_bytes(view[position + 4 : position + 8], "little")
        body = view[position + 8 : position + 8 + size]
        if len(body) != size:
            raise ValueError("chunk outside the file")
        if kind in _CODED:
            found += framed(kind, body)
        elif kind == b"VP8X":
            # alpha and animation flags and the canvas; the other flags announce metadata
            found += framed(kind, bytes([body[0] & 0x12]), body[4:10]) if body[0] & 0x02 else []
            found += framed(b"alpha") if body[0] & 0x10 else []
        position += 8 + size + (size & 1)
    if not found:
        raise ValueError("no image chunk")
    return found
