"""The workers of an engine: who may use one, and when one has done enough."""

import collections
import queue
import threading
from collections.abc import Sequence

from onecopy.model import Limits
from onecopy.sandbox.process import Worker
from onecopy.sandbox.spawner import Spawner

_CALLS = 2_000
_GROWN_BYTES = 256 << 20  # what a worker keeps between calls, at most
_LOOK_SECONDS = 0.2

Slot = Worker | None
"""A right to one worker; ``None`` if it has to be started."""


class StoppedError(Exception):
    """Whoever waits for a worker need not wait any longer."""


class Pool:
    """At most ``size`` workers at once, handed on in the order in which they were asked for."""

    def __init__(self, size: int, limits: Limits) -> None:
        self._spawner = Spawner(limits)
        self._lock = threading.Lock()
        self._idle: collections.deque[Slot] = collections.deque([None] * size)
        self._waiting: list[queue.SimpleQueue[Slot]] = []
        self._closed = False

    def prepare(self, names: Sequence[str]) -> None:
        """Have these functions and types imported before a worker needs them, without waiting for it."""
        self._spawner.prepare(names)

    def take(self, stopped: threading.Event) -> Slot:
        """Wait for a slot. Whoever took one gives it back.

        Raises:
            StoppedError: once ``stopped`` is set.
        """
        ticket: queue.SimpleQueue[Slot] = queue.SimpleQueue()
        with self._lock:
            if self._idle:
                return self._idle.pop()
            self._waiting.append(ticket)
        while True:
            try:
                return ticket.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                with self._lock:
                    if stopped.is_set() and ticket in self._waiting:
                        self._waiting.remove(ticket)
                        raise StoppedError from None

    def give(self, slot: Slot) -> None:
        """Give a slot back: straight to whoever has waited longest, so that nobody jumps the queue."""
        if slot is not None and (not slot.alive or self._closed or _is_worn(slot)):
            slot.close()
            slot = None
        with self._lock:
            if self._waiting:
                self._waiting.pop(0).put(slot)
            elif slot is None:
                self._idle.appendleft(slot)  # live workers are at the right end, where they are taken
            else:
                self._idle.append(slot)

    def start(self, names: Sequence[str]) -> Worker:
        """Start a worker for an empty slot, with these functions and types at hand.

        Raises:
            EnvironmentProblem: if it cannot be started.
            StoppedError: if the pool is closed.
        """
        if self._closed:
            raise StoppedError
        return Worker(self._spawner, names)

    def close(self) -> None:
        """End the idle workers, and those in use when they are given back."""
        self._closed = True
        with self._lock:
            idle = [slot for slot in self._idle if slot is not None]
            self._idle = collections.deque([None] * len(self._idle))
        for worker in idle:
            worker.close()
        self._spawner.close()


def _is_worn(worker: Worker) -> bool:
    return worker.calls >= _CALLS or worker.grown_bytes() > _GROWN_BYTES
