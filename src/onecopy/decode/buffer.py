"""A buffer as the seekable binary file that decoders expect, without copying it."""

import io

from onecopy.decode.interface import Buffer


class BufferReader:
    """Reads a buffer like a file. Positions are this reader's own: many readers can share one buffer.

    Not an :class:`io.BytesIO`, which would copy the buffer whole; and without ``fileno``, so that no decoder
    looks at the file behind it.
    """

    def __init__(self, data: Buffer) -> None:
        self._view = memoryview(data).cast("B") if len(data) else memoryview(b"")
        self._position = 0

    def read(self, size: int | None = -1) -> bytes:
        """Read at most ``size`` bytes, or all that is left."""
        end = len(self._view) if size is None or size < 0 else self._position + size
        piece = bytes(self._view[self._position : end])
        self._position += len(piece)
        return piece

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; a place before the start is an error, one beyond the end reads nothing."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._view)}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """The position."""
        return self._position

    def flush(self) -> None:
        """Nothing to flush."""

    def close(self) -> None:
        """Let go of the buffer."""
        self._view = memoryview(b"")
