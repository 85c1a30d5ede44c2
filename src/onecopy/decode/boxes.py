"""Files made of nested boxes (ISO/IEC 14496-12): going through them, and an image's clean aperture.

Every number comes from a file that nobody vouches for: what does not add up raises ``ValueError``.
"""

import struct
from collections.abc import Iterator
from fractions import Fraction

_MOST_BOXES = 100_000
_MOST_ITEMS = 10_000

Box = tuple[int, int, int, int]


def boxes(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Type and content of each box, one after the other.

    Raises:
        ValueError: A box reaches beyond its surroundings, or there are too many.
    """
    position = 0
    for _ in range(_MOST_BOXES):
        if position + 8 > len(view):
            return
        size = int.from_bytes(view[position : position + 4], "big")
        kind = bytes(view[position + 4 : position + 8])
        start = position + 8
        if size == 1:
            size, start = int.from_bytes(view[start : start + 8], "big"), start + 8
        end = len(view) if size == 0 else position + size
        if end < start or end > len(view):
            raise ValueError("box outside the file")
        yield kind, view[start:end]
        position = end
    raise ValueError("too many boxes")


def item_number(view: memoryview, at: int, version: int) -> int:
    """The number of an item: two bytes, or four in later versions of a box."""
    return int.from_bytes(view[at : at + (4 if version else 2)], "big")


def properties(iprp: memoryview) -> dict[int, list[tuple[bytes, memoryview]]]:
    """For each item its properties in order, as type and content (ISO/IEC 23008-12, item properties)."""
    inner = list(boxes(iprp))
    container = list(boxes(next(body for kind, body in inner if kind == b"ipco")))
    found: dict[int, list[tuple[bytes, memoryview]]] = {}
    for kind, body in inner:
        if kind != b"ipma":
            continue
        wide = body[3] & 1
        (count,) = struct.unpack_from(">I", body, 4)
        at = 8
        for _ in range(min(count, _MOST_ITEMS)):
            item = item_number(body, at, body[0])
            at += 4 if body[0] else 2
            number = body[at]
            at += 1
            for _ in range(number):
                index = int.from_bytes(body[at : at + 2], "big") & 0x7FFF if wide else body[at] & 0x7F
                at += 2 if wide else 1
                if index:
                    found.setdefault(item, []).append(container[index - 1])
    return found


def clean_aperture(data: memoryview, width: int, height: int) -> Box | None:
    """The part of the primary image that is shown (``clap``, ISO/IEC 14496-12), before it is turned.

    Args:
        data: An AVIF file.
        width: Of the coded image.
        height: The same.

    Returns:
        Left, top, right, bottom; ``None`` where all of it is shown, or the file does not say it soundly.
    """
    try:
        meta = dict(boxes(dict(boxes(data))[b"meta"][4:]))
        primary = item_number(meta[b"pitm"], 4, meta[b"pitm"][0])
        body = dict(properties(meta[b"iprp"])[primary])[b"clap"]
        across, down, right, below = (Fraction(*pair) for pair in struct.iter_unpack(">ii", body[:32]))
    except (KeyError, IndexError, ValueError, struct.error, ZeroDivisionError, StopIteration, TypeError):
        return None
    left, top = right + Fraction(width - across, 2), below + Fraction(height - down, 2)
    box = int(left), int(top), int(left + across), int(top + down)
    inside = 0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height
    return box if inside and box != (0, 0, width, height) else None
