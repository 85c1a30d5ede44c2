"""Keep the memory of all workers together within bounds, so that large images do not bring the machine down.

Every worker may use a fixed share whenever it likes. What goes beyond is shared: all workers together may go
as far beyond as a single one is allowed to. A call that takes more than is left is stopped and run again
when it is its turn to be large; only one call at a time has that turn, and it is never stopped for memory.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

OWN_BYTES = 256 << 20
"""What every worker may use at any time."""

_LOOK_SECONDS = 0.2


class EvictedError(Exception):
    """The call must make room; run it again within :meth:`Memory.turn`."""


class Memory:
    """The books on what workers use. Thread-safe.

    Attributes:
        evicted: How many calls had to make room so far.
    """

    def __init__(self, shared_bytes: int) -> None:
        """Begin with nothing in use.

        Args:
            shared_bytes: What all workers together may use beyond their own shares.
        """
        self.evicted = 0
        self._shared_bytes = shared_bytes
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._beyond: dict[object, int] = {}

    def note(self, user: object, used_bytes: int, *, has_turn: bool) -> None:
        """Write down what one call uses now.

        Raises:
            EvictedError: if it must make room for the one whose turn it is, or for a larger one.
        """
        with self._lock:
            mine = self._beyond[user] = max(0, used_bytes - OWN_BYTES)
            if has_turn or not mine or sum(self._beyond.values()) <= self._shared_bytes:
                return
            largest = max(self._beyond, key=self._beyond.__getitem__)
            if user == largest and not self._turn.locked():
                return
            self.evicted += 1
        raise EvictedError

    def forget(self, user: object) -> None:
        """The call is over."""
        with self._lock:
            self._beyond.pop(user, None)

    @contextmanager
    def turn(self, give_up: Callable[[], bool]) -> Iterator[bool]:
        """Wait for the turn to be large; false if ``give_up`` said so first."""
        while not (got := self._turn.acquire(timeout=_LOOK_SECONDS)) and not give_up():
            pass
        try:
            yield got
        finally:
            if got:
                self._turn.release()
