"""Content Credentials (C2PA): whether a file carries them, and which program says that it made them.

Found, not verified: a manifest is bytes that anybody can put into a file, and no signature is looked at here.
Where each format has its manifest store is in the C2PA specification 2.1, "Embedding manifests into assets";
the store is JUMBF (ISO/IEC 19566-5), its claims are CBOR (RFC 8949). Everything is bounded, and what is
damaged counts as not there.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from onecopy.decode import tiff
from onecopy.decode.boxes import boxes
from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError
from onecopy.fingerprint.metadata import clean

C2PA = "c2pa"
_MOST = 16 << 20
"""Bytes of a manifest store that are looked at; larger ones hold pictures behind what is wanted."""
_MOST_PIECES = 10_000
_TIFF_TAG = 52_545
_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_CLAIMS = ("c2pa.claim", "c2pa.claim.v2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a file carries; ``generator`` as the claim says it, if it can be read."""

    kind: str
    generator: str | None = None


def credentials(format: str, stored: Buffer) -> Credentials | None:
    """What a file carries of Content Credentials; ``None`` if that is nothing.

    Args:
        format: As :func:`onecopy.decode.sniff.sniff` names it.
        stored: The file.
    """
    find = _STORES.get(format)
    if find is None:
        return None
    try:
        store = find(memoryview(stored))
        found = None if store is None else _superbox(store)
    except (ValueError, IndexError, struct.error, UnreadableError):
        return None
    if found is None or found[0] != C2PA:
        return None
    return Credentials(kind=C2PA, generator=_generator(found[1]))


def _jpeg(view: memoryview) -> memoryview | None:
    """APP11 segments of one box, put together: each has its number, and repeats the head of the box."""
    pieces: dict[bytes, bytearray] = {}
    for marker, body in islice(_segments(view), _MOST_PIECES):
        if marker != 0xEB or bytes(body[:2]) != b"JP" or len(body) < 16:
            continue
        box = pieces.setdefault(bytes(body[2:4]), bytearray())
        box += body[16:] if box else body[8:]
        if len(box) > _MOST:
            break
    stores = (memoryview(box) for box in pieces.values())
    return next((store for store in stores if _is_store(store)), None)


def _segments(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Marker and content of each segment before the picture itself."""
    position = 2
    while position + 4 <= len(view) and view[position] == 0xFF:
        marker = view[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0xDA:
            return
        end = position + 2 + int.from_bytes(view[position + 2 : position + 4], "big")
        yield marker, view[position + 4 : end]
        position = max(end, position + 2)


def _png(view: memoryview) -> memoryview | None:
    return _chunk(view, b"caBX", position=8, length=slice(0, 4), kind=slice(4, 8), order="big")


def _webp(view: memoryview) -> memoryview | None:
    return _chunk(view, b"C2PA", position=12, length=slice(4, 8), kind=slice(0, 4), order="little")


def _chunk(
    view: memoryview,
    wanted: bytes,
    *,
    position: int,
    length: slice,
    kind: slice,
    order: Literal["big", "little"],
) -> memoryview | None:
    """The content of a chunk of this kind: PNG has a checksum behind each, RIFF a byte to an even length."""
    for _ in range(_MOST_PIECES):
        head = view[position : position + 8]
        size = int.from_bytes(head[length], order)
        start, end = position + 8, position + 8 + size
        if bytes(head[kind]) == wanted:
            return view[start:end]
        position = end + (4 if order == "big" else size & 1)
        if len(head) < 8:
            break
    return None


def _tiff(view: memoryview) -> memoryview | None:
    page = tiff.first(view)
    return memoryview(page.raw(_TIFF_TAG)) if page is not None and _TIFF_TAG in page.entries else None


def _heif(view: memoryview) -> memoryview | None:
    """A box of its own at the top: version and flags, a purpose, an offset to more, then the store."""
    for kind, body in boxes(view):
        if kind == b"uuid" and bytes(body[:16]) == _UUID:
            purpose, _, rest = bytes(body[20:64]).partition(b"\0")
            return body[20 + len(purpose) + 1 + 8 :] if purpose == b"manifest" and rest else None
    return None


_STORES: dict[str, Callable[[memoryview], memoryview | None]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "tiff": _tiff,
    "avif": _heif,
    "heic": _heif,
}


def _is_store(view: memoryview) -> bool:
    try:
        found = _superbox(view)
    except (ValueError, IndexError):
        return False
    return found is not None and found[0] == C2PA


def _superbox(view: memoryview) -> tuple[str, memoryview] | None:
    """The label of the first superbox and what follows its description; cut short, it is what there is."""
    if bytes(view[4:8]) != b"jumb":
        return None
    size = int.from_bytes(view[:4], "big")
    return _described(view[8 : size or len(view)])


def _described(body: memoryview) -> tuple[str, memoryview] | None:
    """A superbox's label, and its content."""
    size = int.from_bytes(body[:4], "big")
    if bytes(body[4:8]) != b"jumd" or not 25 < size <= len(body) or not body[24] & 2:
        return None
    label = bytes(body[25:size]).partition(b"\0")[0]
    return label[:200].decode("utf-8", "replace"), body[size:]


def _inside(body: memoryview) -> Iterator[tuple[str, memoryview]]:
    for kind, content in boxes(body):
        if kind == b"jumb" and (found := _described(content)) is not None:
            yield found


def _generator(store: memoryview) -> str | None:
    """What made the newest manifest, as its claim says."""
    try:
        *_, (_, newest) = _inside(store)
        claim = next(body for label, body in _inside(newest) if label in _CLAIMS)
        return _named(bytes(next(body for kind, body in boxes(claim) if kind == b"cbor")[:_MOST]))
    except (ValueError, IndexError, StopIteration):
        return None


def _named(claim: bytes) -> str | None:
    """The text behind a key of a CBOR map; claims of version 2 have a map of their own for it."""
    plain = _text_after(claim, 0, "claim_generator")
    if plain is not None:
        return plain
    start = claim.find(_key("claim_generator_info"))
    if start < 0:
        return None
    name, version = (_text_after(claim, start, key) for key in ("name", "version"))
    return clean(" ".join(part for part in (name, version) if part))


def _key(key: str) -> bytes:
    return bytes([0x60 + len(key)]) + key.encode()


def _text_after(claim: bytes, start: int, key: str) -> str | None:
    at = claim.find(_key(key), start)
    if at < 0:
        return None
    at += len(key) + 1
    head, more = claim[at], {0x78: 1, 0x79: 2}.get(claim[at], 0)
    if more:
        length = int.from_bytes(claim[at + 1 : at + 1 + more], "big")
    elif 0x60 <= head <= 0x77:
        length = head - 0x60
    else:
        return None
    return clean(claim[at + 1 + more : at + 1 + more + length])
