"""Proofs as in RFC 6962, sections 2.1.1 and 2.1.2: that an entry is in a log, and that a log only grew.

Whoever has a root that was published, and one of these, needs nothing else of the log to be certain.
"""

from collections.abc import Callable, Sequence

from onecopy.audit.merkle import EMPTY, node_hash

Subtree = Callable[[int, int], bytes]
"""Gives the hash of the tree over the entries from the first number up to, not including, the second."""


def inclusion(position: int, size: int, subtree: Subtree) -> list[bytes]:
    """What proves that an entry is at its position: the hashes beside its way to the root, lowest first.

    Args:
        position: Of the entry, from 0.
        size: Of the log; larger than ``position``.
        subtree: Asked for about as many hashes as are returned.
    """
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """What proves that a log of ``old`` entries is the beginning of this one: a list of hashes.

    Args:
        old: The earlier size, at least 1.
        size: The size of now, at least ``old``.
        subtree: As for :func:`inclusion`.
    """
    start, end, whole, path = 0, size, True, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, whole = middle, False
    return ([] if whole else [subtree(start, end)]) + path[::-1]


def root_of(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> str | None:
    """The root that an entry's hash and its proof lead to, in hexadecimal; ``None`` if that is no proof."""
    if not 0 <= position < size:
        return None
    node, last, hash = position, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            hash = node_hash(step, hash)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hash = node_hash(hash, step)
        node, last = node >> 1, last >> 1
    return hash.hex() if last == 0 else None


def grew(old: int, old_root: str, size: int, root: str, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that the log of the old root is the beginning of that of the new root."""
    if old == size:
        return old_root == root and not path
    if not 0 < old < size or not path:
        return False
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, bytes.fromhex(old_root))
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = hashes[0]
    for step in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and first.hex() == old_root and second.hex() == root


def subtree_of(leaves: Callable[[int, int], Sequence[bytes]]) -> Subtree:
    """Subtrees from the hashes of entries, all of which are asked for."""

    def subtree(start: int, end: int) -> bytes:
        return combined(list(leaves(start, end)))

    return subtree


def combined(hashes: list[bytes]) -> bytes:
    """The root over some hashes: of entries, or of subtrees of one size, of which the last may be smaller."""
    while len(hashes) > 1:
        pairs = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0] if hashes else bytes.fromhex(EMPTY)


def _split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1
