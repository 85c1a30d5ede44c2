"""How many uploads one process has under way. One too many is refused at once, before anything of it is read.

An upload that was let in keeps its place until it is answered: whatever comes later cannot crowd it out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from onecopy.service import metrics
from onecopy.service.problems import ProblemError

AGAIN_SECONDS = 5
"""When somebody who was refused should try again."""


class Capacity:
    """The places of one process. Used by its event loop alone."""

    def __init__(self, most: int) -> None:
        """Let in so many at once."""
        self._most = most
        self._under_way = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one upload.

        Raises:
            ProblemError: 503: there is none.
        """
        if self._under_way >= self._most:
            metrics.REFUSED.labels("capacity").inc()
            raise ProblemError(
                503,
                code="over-capacity",
                detail="The service has its hands full. Nothing was taken in; try again soon.",
                headers={"Retry-After": str(AGAIN_SECONDS)},
            )
        self._under_way += 1
        try:
            with metrics.UNDER_WAY.track_inprogress():
                yield
        finally:
            self._under_way -= 1
