"""For each format: the parts of a file that determine its pixels, as slices of it, and nothing else.

Each module has one function, ``parts(view) -> list of slices``, in an order and a framing that depend on the
image alone: not on chunk sizes, file offsets, metadata or what follows the image. It may raise
``ValueError``, ``IndexError`` or ``struct.error`` on damage and on kinds it does not know; the whole file
counts then.
"""

Parts = list[bytes | memoryview]


def framed(label: bytes, *pieces: bytes | memoryview) -> Parts:
    """Put a label and the total length before pieces, so that no two lists of parts read the same."""
    length = sum(len(piece) for piece in pieces)
    return [label + length.to_bytes(8, "big"), *pieces]
