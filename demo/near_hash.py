"""What tools that trust a hash would have done: PDQ ≤ 31, and 64-bit pHash ≤ 10, on the same files.

These files were made a moment ago by this very program, so they are read right here, without the sandbox.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from demo.archive import Item
from onecopy.decode.walk import walk
from onecopy.errors import UnreadableError
from onecopy.fingerprint import pdq
from onecopy.model import Limits


@dataclass(frozen=True)
class Rule:
    """A rule, how many planted copies it finds, and what it takes for copies though it is not."""

    name: str
    found: int
    wrong: tuple[tuple[Item, Item], ...]


def phash(luma: np.ndarray) -> bytes:
    """The usual 64-bit pHash: 32 × 32 pixels, cosine transform, 8 × 8 coefficients against their median."""
    small = cv2.resize(luma, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8]
    return np.packbits(low > np.median(low)).tobytes()


def _hashes(archive: Path) -> Iterator[tuple[str, bytes, bytes]]:
    for path in sorted(archive.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(archive).as_posix()
        for found in walk(path.read_bytes(), Limits()):
            if not hasattr(found, "raster"):
                continue
            try:
                raster = found.raster(at_least=512, luma=True)
            except UnreadableError:
                continue
            luma = raster.pixels
            working = pdq.working(luma, raster.full_width, raster.full_height)
            yield name + found.inner, pdq.compute(working).hash, phash(luma)


def _distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def judge(archive: Path, items: list[Item]) -> list[Rule]:
    """Apply both rules to every pair of images."""
    hashes = {name: (one, other) for name, one, other in _hashes(archive)}
    known = [item for item in items if item.locator in hashes]
    rules = []
    for which, (name, threshold) in enumerate(
        (("PDQ, at most 31 bits apart", 31), ("pHash, at most 10", 10))
    ):
        near = [
            (a, b)
            for a, b in combinations(known, 2)
            if _distance(hashes[a.locator][which], hashes[b.locator][which]) <= threshold
        ]
        found = sum(a.content == b.content for a, b in near)
        rules.append(Rule(name, found, tuple((a, b) for a, b in near if a.picture != b.picture)))
    return rules
