"""PNG and APNG: IHDR, PLTE, tRNS, the image data however it is cut into chunks, and the animation frames."""

from onecopy.fingerprint.parts import Parts, framed

_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"acTL"}


def parts(view: memoryview) -> Parts:
    """Chunks that determine the pixels; see the package for what is common."""
    found: Parts = []
    run: Parts = []
    label = b""
    position = 8
    while True:
        length = int.from_bytes(view[position : position + 4], "big")
        kind = bytes(view[position + 4 : position + 8])
        end = position + 12 + length
        if end > len(view):
            raise ValueError("chunk outside the file")
        body = view[position + 8 : end - 4]
        position = end
        if kind in (b"IDAT", b"fdAT"):
            # an fdAT is an IDAT after a sequence number, which changes when others are cut anew
            if run and label != kind:
                found += framed(label, *run)
                run = []
            label = kind
            run.append(body[4:] if kind == b"fdAT" else body)
            continue
        critical = bool(kind) and not kind[0] & 0x20
        if not (critical or kind in _KEPT or kind == b"fcTL"):
            continue
        if run:
            found += framed(label, *run)
            run = []
        if kind == b"IEND":
            return found
        found += framed(kind, body[4:] if kind == b"fcTL" else body)
