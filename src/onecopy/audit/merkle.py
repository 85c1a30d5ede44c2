"""A Merkle tree as in RFC 6962, section 2.1, over a log that only grows.

Only the right edge is kept: the roots of the complete subtrees that the log so far falls into, largest first.
That is enough to add a leaf and to know the root, at a cost of the logarithm of the log's length.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

EMPTY = hashlib.sha256(b"").hexdigest()
"""The root of a log without entries."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry. The prefix keeps it from passing for an inner node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Tree:
    """The right edge of a tree: its size, and one root for every bit that is set in it."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Add the hash of an entry."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            size >>= 1
        self.peaks.append(leaf)
        self.size += 1

    @property
    def root(self) -> str:
        """The root of the whole tree, in hexadecimal."""
        if not self.peaks:
            return EMPTY
        return reduce(lambda right, left: node_hash(left, right), reversed(self.peaks)).hex()

    @classmethod
    def of(cls, entries: Iterable[bytes]) -> "Tree":
        """The tree of some entries."""
        tree = cls()
        for entry in entries:
            tree.add(leaf_hash(entry))
        return tree
