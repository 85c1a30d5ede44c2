"""GIF: screen, colour tables, and of every frame its control, place and codes; no comments, no extensions."""

from onecopy.fingerprint.parts import Parts, framed

_EXTENSION, _IMAGE, _TRAILER, _CONTROL = 0x21, 0x2C, 0x3B, 0xF9


def parts(view: memoryview) -> Parts:
    """Blocks that determine the pixels; see the package for what is common."""
    flags = view[10]
    position = 13 + _table(flags)
    found = framed(b"screen", view[6:12], view[13:position])
    while (kind := view[position]) != _TRAILER:
        if kind == _EXTENSION:
            end = _blocks(view, position + 2)
            if view[position + 1] == _CONTROL:
                found += framed(b"control", view[position + 2 : end])
        elif kind == _IMAGE:
            start = position + 10 + _table(view[position + 9])
            end = _blocks(view, start + 1)
            found += framed(b"frame", view[position:end])
        else:
            raise ValueError("unknown block")
        position = end
    return found


def _table(flags: int) -> int:
    """The size of a colour table in bytes."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(view: memoryview, position: int) -> int:
    """Where a chain of data blocks ends."""
    while size := view[position]:
        position += size + 1
    return position + 1
