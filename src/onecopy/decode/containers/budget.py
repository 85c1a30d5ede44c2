"""What one file may still cost: one budget for everything unpacked from it, however deeply nested."""

from onecopy.errors import UnreadableError
from onecopy.model import Limits


class Budget:
    """Counts what was unpacked and how many pictures were met, against the limits of one file."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = 0
        self.pictures = 0

    @property
    def full(self) -> bool:
        """Whether no further picture may be taken."""
        return self.pictures >= self.limits.images

    def allow(self, size: int) -> None:
        """Check that ``size`` further bytes may be unpacked, without spending them.

        Raises:
            UnreadableError: ``too-large``.
        """
        if self.unpacked + size > self.limits.unpacked_bytes:
            raise UnreadableError(
                f"Unpacking it would exceed the limit of {self.limits.unpacked_bytes:,} bytes for one file. "
                "Unpack the archive yourself and scan the folder, or raise the limit.",
                code="too-large",
            )

    def spend(self, size: int) -> None:
        """Count ``size`` unpacked bytes.

        Raises:
            UnreadableError: ``too-large``.
        """
        self.allow(size)
        self.unpacked += size
