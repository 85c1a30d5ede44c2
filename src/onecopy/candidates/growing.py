"""An array that grows at the end, with room to spare so that adding is cheap."""

from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

ScalarT = TypeVar("ScalarT", bound=np.generic)


class Growing(Generic[ScalarT]):
    """Rows of one type and shape; ``rows`` is a view of what is there."""

    def __init__(self, kind: type[ScalarT], *shape: int) -> None:
        self._room = np.zeros((64, *shape), dtype=kind)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    @property
    def rows(self) -> npt.NDArray[ScalarT]:
        """What is there; valid until the next ``add`` or ``keep``."""
        return self._room[: self._used]

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Append rows, moving everything to a place half as large again where there is no room."""
        wanted = self._used + len(rows)
        if wanted > len(self._room):
            room = np.zeros((max(wanted, len(self._room) * 3 // 2), *self._room.shape[1:]), self._room.dtype)
            room[: self._used] = self.rows
            self._room = room
        self._room[self._used : wanted] = rows
        self._used = wanted

    def keep(self, chosen: npt.NDArray[np.bool_]) -> None:
        """Drop all rows but the chosen ones."""
        self._room = self.rows[chosen].copy()
        self._used = len(self._room)


class Gone:
    """Which owners were removed: a byte each, up to the highest removed. Owners are never used twice."""

    def __init__(self) -> None:
        self._flags: Growing[np.bool_] = Growing(np.bool_)
        self.since = 0
        """How many were removed since somebody last set this to 0 (when their rows were dropped)."""

    def add(self, owner: int) -> None:
        """Mark an owner as removed."""
        if owner >= len(self._flags):
            self._flags.add(np.zeros(owner + 1 - len(self._flags), np.bool_))
        self._flags.rows[owner] = True
        self.since += 1

    def of(self, owners: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Whether each of the owners was removed."""
        if not self.since:
            return np.zeros(len(owners), np.bool_)
        known = owners < len(self._flags)
        return known & self._flags.rows[np.where(known, owners, 0)]
