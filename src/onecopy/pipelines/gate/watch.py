"""What a gate tells of its work, for figures. It says no names and nothing of what is in an upload."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from onecopy.pipelines.gate.model import GateReply


class Watch:
    """Told what a gate does, from any of its threads. This one does not listen; others inherit from it.

    What is told must not be waited for and cannot fail: nothing of it may hold up an upload.
    """

    def took(self, stage: str, seconds: float) -> None:
        """A stage of an upload ended: ``identify``, ``compare``, ``keep`` or ``store``.

        ``look`` is that of checks, and of uploads where a rule of the policy may reject; else it is part of
        ``store``, which also waits for its turn.
        """

    def decoded(self) -> None:
        """A file was read in a worker, because nothing was known of it."""

    def candidates(self, number: int) -> None:
        """So many images that are held were candidates for the images of an upload."""

    def compared(self, pairs: int) -> None:
        """So many pairs of images were put to their pixels."""

    def decided(self, reply: GateReply) -> None:
        """An upload was decided, and what was decided is written."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, also one that fails."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.took(name, time.perf_counter() - begun)
