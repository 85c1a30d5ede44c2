"""Image data: everything in a file that determines its pixels, and nothing else, and its digests.

Two files with equal image data, orientation and profile show the same picture, whatever else is in them.
Entropy-coded data alone would not do: two JPEGs with different quantisation tables can share it and look
nothing alike. Where a file's structure is damaged or of a kind not taken apart, the whole file counts: copies
with changed metadata are then not recognised by data, and nothing is confused.
"""

import hashlib
import struct
from collections.abc import Callable

import xxhash

from onecopy.decode.interface import Buffer, Picture
from onecopy.errors import UnreadableError
from onecopy.fingerprint.parts import Parts, bmp, boxes, framed, gif, jpeg, png, pnm, tiff, webp

_PARTS: dict[str, Callable[[memoryview], Parts]] = {
    "jpeg": jpeg.parts,
    "png": png.parts,
    "tiff": tiff.parts,
    "gif": gif.parts,
    "bmp": bmp.parts,
    "webp": webp.parts,
    "pnm": pnm.parts,
    "jpeg2000": boxes.jpeg2000,
    "avif": boxes.heif,
    "heic": boxes.heif,
}

# What damage and kinds that are not taken apart raise.
_NOT_TAKEN_APART = (
    ValueError,
    IndexError,
    KeyError,
    StopIteration,
    OverflowError,
    struct.error,
    UnreadableError,
)


def image_data(picture: Picture) -> Parts:
    """The image data of a picture as slices of its stored bytes, to be hashed one after the other."""
    view = memoryview(picture.stored)
    if picture.context:
        return framed(b"context", picture.context) + framed(b"stored", view)
    take = _PARTS.get(picture.header.format)
    if take is not None:
        try:
            return [picture.header.format.encode(), *take(view)]
        except _NOT_TAKEN_APART:
            pass  # the whole file counts
    return framed(b"whole", view)


def hint(parts: Parts) -> str:
    """XXH3-128 over image data: a look-up hint, never an identity."""
    state = xxhash.xxh3_128()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def digest(parts: Parts) -> str:
    """SHA-256 over image data."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def stored_digest(stored: Buffer, context: bytes) -> str:
    """SHA-256 of a picture's bytes as stored, with what else decides its pixels mixed in."""
    state = hashlib.sha256()
    if context:
        state.update(context + b"\0")
    state.update(stored)
    return state.hexdigest()
