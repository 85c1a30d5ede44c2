"""JPEG 2000, AVIF and HEIC: formats made of nested boxes (ISO/IEC 15444-1, 14496-12, 23008-12).

Of a JP2 file the codestream counts, with the boxes that say how to read its channels. Of an AVIF or HEIC file
the primary image counts, with all images that it is made of (tiles, alpha) and their properties. Sequences
and data in other places are not taken apart: the whole file counts then.
"""

from onecopy.decode.boxes import boxes, item_number, properties
from onecopy.fingerprint.parts import Parts, framed

_MOST_ITEMS = 10_000
_JP2_HEADER = {b"ihdr", b"bpcc", b"pclr", b"cmap", b"cdef"}
_MADE_OF = {b"dimg", b"auxl"}
_ENUMERATED_COLOUR = 1


def jpeg2000(view: memoryview) -> Parts:
    """Codestream and channel boxes; see the package for what is common."""
    if bytes(view[:4]) == b"\xff\x4f\xff\x51":
        return framed(b"codestream", view)
    found: Parts = []
    for kind, body in boxes(view):
        if kind == b"jp2h":
            for inner, content in boxes(body):
                if inner in _JP2_HEADER or (inner == b"colr" and content[0] == _ENUMERATED_COLOUR):
                    found += framed(inner, content)
        elif kind == b"jp2c":
            return found + framed(b"codestream", body)
    raise ValueError("no codestream")


def heif(view: memoryview) -> Parts:
    """The primary item and what it is made of; see the package for what is common."""
    top = dict(boxes(view))
    if b"moov" in top:
        raise ValueError("a sequence")
    meta = dict(boxes(top[b"meta"][4:]))
    primary = item_number(meta[b"pitm"], 4, meta[b"pitm"][0])
    types = _types(meta[b"iinf"])
    places = _places(view, meta)
    shown = _properties(meta[b"iprp"])
    found: Parts = []
    references = _references(meta.get(b"iref"))
    for item in _closure(primary, references):
        # numbers of items are the file's own; their order by reference is the image's
        found += framed(b"item", types[item], len(references.get(item, [])).to_bytes(4, "big"))
        for prop in shown.get(item, []):
            found += framed(b"property", prop)
        found += framed(b"data", *places[item])
    return found


def _types(iinf: memoryview) -> dict[int, bytes]:
    found = {}
    for kind, body in boxes(iinf[6 if iinf[0] == 0 else 8 :]):
        if kind != b"infe" or body[0] < 2:
            raise ValueError("old item entry")
        at = 8 if body[0] == 2 else 10
        found[item_number(body, 4, body[0] - 2)] = bytes(body[at : at + 4])
    return found


def _references(iref: memoryview | None) -> dict[int, list[tuple[bytes, int, int]]]:
    """For each item what it is made of: kind, order, item. An alpha plane points at what it belongs to."""
    found: dict[int, list[tuple[bytes, int, int]]] = {}
    if iref is None:
        return found
    width = 4 if iref[0] else 2
    for kind, body in boxes(iref[4:]):
        if kind not in _MADE_OF:
            continue
        source, count = int.from_bytes(body[:width], "big"), int.from_bytes(body[width : width + 2], "big")
        for order in range(count):
            at = width + 2 + order * width
            target = int.from_bytes(body[at : at + width], "big")
            if kind == b"dimg":
                found.setdefault(source, []).append((kind, order, target))
            else:
                found.setdefault(target, []).append((kind, len(found.get(target, [])), source))
    return found


def _closure(primary: int, references: dict[int, list[tuple[bytes, int, int]]]) -> list[int]:
    order, waiting = [], [primary]
    seen = {primary}
    while waiting:
        item = waiting.pop(0)
        order.append(item)
        for _, _, target in sorted(references.get(item, []), key=lambda r: (r[0] == b"auxl", r[1])):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
        if len(order) > _MOST_ITEMS:
            raise ValueError("too many items")
    return order


def _properties(iprp: memoryview) -> dict[int, list[bytes]]:
    """For each item its properties but embedded profiles, which are kept elsewhere, as type and content."""
    return {
        item: [name + bytes(content) for name, content in listed if not _is_profile(name, content)]
        for item, listed in properties(iprp).items()
    }


def _is_profile(name: bytes, content: memoryview) -> bool:
    return name == b"colr" and bytes(content[:4]) in (b"prof", b"rICC")


def _places(view: memoryview, meta: dict[bytes, memoryview]) -> dict[int, list[memoryview]]:
    iloc = meta[b"iloc"]
    version = iloc[0]
    offset_size, length_size = iloc[4] >> 4, iloc[4] & 15
    base_size, index_size = iloc[5] >> 4, (iloc[5] & 15 if version else 0)
    at = 6
    fields = _Fields(iloc, at)
    count = fields.number(4 if version == 2 else 2)
    found: dict[int, list[memoryview]] = {}
    for _ in range(min(count, _MOST_ITEMS)):
        item = fields.number(4 if version == 2 else 2)
        method = fields.number(2) & 15 if version else 0
        reference = fields.number(2)
        base = fields.number(base_size)
        source = {0: view, 1: meta.get(b"idat")}.get(method)
        if reference or source is None:
            raise ValueError("data in another place")
        found[item] = []
        for _ in range(fields.number(2)):
            fields.number(index_size)
            start = base + fields.number(offset_size)
            length = fields.number(length_size) or len(source) - start
            if start + length > len(source):
                raise ValueError("data outside the file")
            found[item].append(source[start : start + length])
    return found


class _Fields:
    """Reads big-endian numbers one after the other."""

    def __init__(self, view: memoryview, at: int) -> None:
        self._view = view
        self._at = at

    def number(self, size: int) -> int:
        """The next number of ``size`` bytes (0 for none)."""
        if self._at + size > len(self._view):
            raise ValueError("box cut off")
        value = int.from_bytes(self._view[self._at : self._at + size], "big")
        self._at += size
        return value
