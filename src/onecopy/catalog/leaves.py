"""Hashes over parts of the audit log, for proofs: blocks that are full never change, and are hashed once."""

from threading import Lock

from sqlalchemy import Connection, select

from onecopy.audit.proof import combined
from onecopy.catalog.schema import event

BLOCK = 4096
"""Entries of a block, a power of two. A million of them are read in about a second, the first time."""


class Leaves:
    """The hashes of one catalog's log. Thread-safe; one a process is enough."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._lock = Lock()

    def over(self, connection: Connection, start: int, end: int) -> bytes:
        """The hash of the tree over entries, as :data:`onecopy.audit.proof.Subtree` asks for it."""
        whole = range(start // BLOCK, end // BLOCK)
        if start % BLOCK or not whole:
            return combined(_read(connection, start, end))
        hashes = self._whole(connection, whole.stop)[whole.start :]
        rest = _read(connection, whole.stop * BLOCK, end)
        return combined([*hashes, combined(rest)] if rest else hashes)

    def _whole(self, connection: Connection, count: int) -> list[bytes]:
        with self._lock:
            while len(self._blocks) < count:
                start = len(self._blocks) * BLOCK
                self._blocks.append(combined(_read(connection, start, start + BLOCK)))
            return self._blocks[:count]


def _read(connection: Connection, start: int, end: int) -> list[bytes]:
    within = (event.c.position >= start) & (event.c.position < end)
    found = connection.scalars(select(event.c.leaf).where(within).order_by(event.c.position))
    return [bytes.fromhex(leaf) for leaf in found]
