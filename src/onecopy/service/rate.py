"""How many requests a minute one token or person may send: a bucket that fills again as time passes.

The bucket is kept as one number, the moment at which it will be full again (the generic cell rate algorithm
of ATM Forum TM 4.0): one atomic statement asks and takes. It lies in an SQLite file that the processes of
this machine share and that never waits for the disk. Each machine counts for itself.
"""

import math
import sqlite3
import threading
import time
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

MINUTE = 60.0

_TAKE = """
INSERT INTO bucket (name, full_at) VALUES (:name, :now + :each)
ON CONFLICT (name) DO UPDATE SET full_at = max(full_at, :now) + :each
WHERE max(full_at, :now) + :each <= :now + :minute + 1e-6
RETURNING full_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of a minute's requests.

    Attributes:
        most: How many there are in a minute.
        requests: How many may come at once now.
        seconds: Until the next one may come, where none may now; else until all may again.
        taken: Whether this one may be answered.
    """

    most: int
    requests: int
    seconds: int
    taken: bool = True

    def headers(self) -> dict[str, str]:
        """As the IETF's draft on RateLimit header fields has it, and ``Retry-After``."""
        said = {
            "RateLimit-Policy": f'"minute";q={self.most};w={MINUTE:.0f}',
            "RateLimit": f'"minute";r={self.requests};t={self.seconds}',
        }
        return said if self.taken else said | {"Retry-After": str(self.seconds)}


class Rate:
    """Counts requests by who sends them. Thread-safe."""

    def __init__(self, place: str, most: int) -> None:
        """Open the counts.

        Args:
            place: A file, or ``:memory:``.
            most: How many requests a minute; 0 for any number.
        """
        self._most = most
        self._lock = threading.Lock()
        self._counts = sqlite3.connect(place, timeout=1.0, isolation_level=None, check_same_thread=False)
        self._counts.execute("PRAGMA synchronous = OFF")
        self._counts.execute("PRAGMA journal_mode = MEMORY")
        self._counts.execute(
            "CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, full_at REAL NOT NULL)"
        )

    def take(self, name: str, now: float | None = None) -> Left | None:
        """Count a request, if it may be answered.

        Args:
            name: Who sends it.
            now: The time in seconds; by default the clock that all processes share, which nobody sets.

        Returns:
            What is left; ``None`` where nothing is counted: no limit is set, or the counts cannot be reached,
            which must not keep anybody out.
        """
        if not self._most:
            return None
        now = time.clock_gettime(time.CLOCK_MONOTONIC) if now is None else now
        each = MINUTE / self._most
        asked = {"name": name, "now": now, "each": each, "minute": MINUTE}
        try:
            with self._lock:
                row = self._counts.execute(_TAKE, asked).fetchone()
                if row is None:
                    row = self._counts.execute(
                        "SELECT full_at FROM bucket WHERE name = ?", (name,)
                    ).fetchone()
                    return self._left(row[0] - now, each, taken=False)
        except sqlite3.Error as error:
            log.error("requests cannot be counted", error=str(error))
            return None
        return self._left(row[0] - now, each, taken=True)

    def _left(self, until_full: float, each: float, *, taken: bool) -> Left:
        requests = max(0, math.floor((MINUTE - until_full) / each + 1e-6))
        wait = until_full + each - MINUTE if requests == 0 else until_full
        return Left(most=self._most, requests=requests, seconds=max(1, math.ceil(wait - 1e-6)), taken=taken)

    def close(self) -> None:
        """Let go of the counts."""
        self._counts.close()
