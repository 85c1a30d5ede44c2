"""TIFF: of every page the tags that say how to decode it, and its strips or tiles in order.

Where the strips lie in the file does not count, nor how the tags' numbers are stored.
"""

from onecopy.decode import tiff
from onecopy.fingerprint.parts import Parts, framed

_STRIPS, _TILES = (273, 279), (324, 325)
_OLD_JPEG = 6
# size, depth, compression, photometry, fill order, samples, rows, planes, fax options, predictor, palette,
# tiles, inks, extra samples, sample format, JPEG tables, YCbCr
_LAYOUT = (256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320, 322, 323, 332, 338, 339)
_RAW = (347, 529, 530, 531, 532)
_MOST_PAGES = 10_000


def parts(view: memoryview) -> Parts:
    """Layout and data of every page; see the package for what is common."""
    found: Parts = []
    total = 0
    for page in tiff.directories(view, _MOST_PAGES):
        if page.number(259, 1) == _OLD_JPEG:
            raise ValueError("old-style JPEG keeps its data elsewhere")
        layout = [f"{page.order}{tag}:{page.numbers(tag)}".encode() for tag in _LAYOUT if tag in page.entries]
        found += framed(b"layout", *layout)
        for tag in _RAW:
            found += framed(b"table", page.raw(tag)) if tag in page.entries else []
        pieces = _pieces(view, page)
        total += sum(len(piece) for piece in pieces)
        if total > 2 * len(view):
            raise ValueError("pages share data too often")
        found += framed(b"data", *pieces)
    if not found:
        raise ValueError("no pages")
    return found


def _pieces(view: memoryview, page: tiff.Directory) -> list[memoryview]:
    offsets, sizes = _TILES if _TILES[0] in page.entries else _STRIPS
    starts, lengths = page.numbers(offsets), page.numbers(sizes)
    if not starts or len(starts) != len(lengths):
        raise ValueError("no strips")
    if any(start + length > len(view) for start, length in zip(starts, lengths, strict=True)):
        raise ValueError("strip outside the file")
    return [view[start : start + length] for start, length in zip(starts, lengths, strict=True)]
