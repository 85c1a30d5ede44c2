"""What contents have in common that are read piece by piece, from wherever one likes."""

import io


class Positioned(io.RawIOBase):
    """Knows its size and where it is; a subclass reads, and moves ``at`` on."""

    def __init__(self, size: int, piece: int) -> None:
        """Of ``size`` bytes, of which ``piece`` are asked for at once where all are wanted."""
        super().__init__()
        self.size = size
        self._piece = piece
        self.at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is read for it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = max(0, start + offset)
        return self.at

    def readall(self) -> bytes:
        """All that is left. The inherited one would ask for a few kilobytes at a time."""
        return b"".join(iter(lambda: self.read(self._piece) or b"", b""))
