"""Working on an import: a few rows at a time, each through the gate, until none is left or it has to stop."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from onecopy.catalog import import_claims, import_rows, imports
from onecopy.catalog.import_rows import Row
from onecopy.catalog.imports import Import, State
from onecopy.errors import EnvironmentProblem, OnecopyError
from onecopy.imports.manifest import context
from onecopy.imports.places import Places
from onecopy.pipelines.gate import Gate, GateReply
from onecopy.policy import Action

CLAIM = timedelta(seconds=30)
"""How long others leave an import alone that somebody works on, unless told again."""
BEAT = 2.0
"""Seconds between two looks at whether it goes on."""
AHEAD = 200
"""Rows that are read at once."""

log = logging.getLogger(__name__)


class _DoneError(Exception):
    """Somebody else did the row meanwhile: what was to be stored for it must not be."""


class Importer:
    """Works on imports of one place.

    Args:
        gate: What rows go through.
        places: Where their files may be.
        at_once: How many rows at a time.
        busy: Says whether others need the gate more now; then one row goes at a time.
        place: Whose imports, see :class:`onecopy.catalog.imports.Import`.
    """

    def __init__(
        self,
        gate: Gate,
        places: Places,
        *,
        at_once: int,
        busy: Callable[[], bool] = lambda: False,
        place: str = imports.SERVICE,
    ) -> None:
        self._gate, self._catalog, self._places = gate, gate.catalog, places
        self._at_once, self._busy, self._place = at_once, busy, place
        self._worker = str(uuid.uuid4())
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Have :meth:`work` end soon: rows under way are finished, no other begins."""
        self._stopping.set()

    def has_work(self, id: str) -> bool:
        """Whether an import goes on, and this is not to stop."""
        with self._catalog.read() as connection:
            one = imports.get(connection, id, agency=None)
        return one is not None and one.state is State.RUNNING and not self._stopping.is_set()

    def work(self, only: str | None = None) -> Import | None:
        """Work on the oldest import that nobody works on, for as long as it goes.

        Args:
            only: The id of the one to work on, instead.

        Returns:
            The import; ``None`` if there was nothing to do.

        Raises:
            EnvironmentProblem: Catalog, vault or store stand in the way. What was done is done.
        """
        with self._catalog.read() as connection:
            if not import_claims.any_running(connection, self._place):
                return None
        now = datetime.now(UTC)
        with self._catalog.write([imports.SCOPE]) as connection:
            one = import_claims.claim(connection, self._place, self._worker, now, now + CLAIM, only=only)
        if one is not None:
            try:
                self._rows(one)
            finally:
                self._let_go(one)
        return one

    def _rows(self, one: Import) -> None:
        waiting = self._waiting(one)
        under_way: set[Future[None]] = set()
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="import") as threads:
            looked = time.monotonic()
            while not self._stopping.is_set():
                while len(under_way) < (1 if self._busy() else self._at_once):
                    row = next(waiting, None)
                    if row is None:
                        break
                    under_way.add(threads.submit(self._row, one, row))
                if not under_way:
                    break
                done, under_way = wait(under_way, timeout=BEAT, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                if time.monotonic() - looked >= BEAT:
                    looked = time.monotonic()
                    if not self._goes_on(one):
                        return

    def _waiting(self, one: Import) -> Iterator[Row]:
        after = -1
        while True:
            with self._catalog.read() as connection:
                found = import_rows.waiting(connection, one, after=after, limit=AHEAD)
            if not found:
                return
            yield from found
            after = found[-1].number

    def _goes_on(self, one: Import) -> bool:
        now = datetime.now(UTC)
        with self._catalog.write([imports.SCOPE]) as connection:
            return import_claims.hold(connection, one, self._worker, now, now + CLAIM) is State.RUNNING

    def _let_go(self, one: Import) -> None:
        try:
            with self._catalog.write([imports.SCOPE]) as connection:
                if not import_rows.finish(connection, one):
                    import_claims.let_go(connection, one, self._worker)
        except EnvironmentProblem as error:  # the claim runs out by itself
            log.warning("an import has to wait: %s", error.message)

    def _row(self, one: Import, row: Row) -> None:
        try:
            about = context(row, agency=one.agency, uploader=one.created_by)
            with self._places.open(row.file) as file:
                if one.dry_run:
                    self._note(one, row, self._would(one, row, self._gate.check(file, about)))
                else:
                    self._gate.submit(file, about, also=self._marks(one, row))
        except _DoneError:
            return
        except EnvironmentProblem:
            raise
        except OnecopyError as error:
            self._note(one, row, {"code": error.code, "message": error.message})
        except OSError as error:
            said = f"It cannot be read ({error.strerror}). Check the disk."
            self._note(one, row, {"code": "no-access", "message": said})
        except Exception:  # one row must not stand in the way of the others
            log.exception("a row of an import failed")
            said = "Taking it in failed in a way nobody foresaw; it was logged."
            self._note(one, row, {"code": "fault", "message": said})

    def _marks(self, one: Import, row: Row) -> Callable[[Connection, GateReply], None]:
        def also(connection: Connection, reply: GateReply) -> None:
            if not import_rows.took(connection, one, row, _values(reply)):
                raise _DoneError

        return also

    def _would(self, one: Import, row: Row, reply: GateReply) -> dict[str, Any]:
        values = _values(reply)
        with self._catalog.read() as connection:
            earlier = import_rows.earlier(connection, one, row, reply.occurrence.sha256)
        if earlier is not None:
            values |= {"code": "repeated", "message": f"The same bytes as line {earlier} of the manifest."}
        return values

    def _note(self, one: Import, row: Row, values: dict[str, Any]) -> None:
        with self._catalog.write([imports.SCOPE]) as connection:
            import_rows.took(connection, one, row, values)


def _values(reply: GateReply) -> dict[str, Any]:
    values: dict[str, Any] = {
        "decision": str(reply.decision),
        "occurrence": reply.occurrence.id,
        "sha256": reply.occurrence.sha256,
    }
    if reply.decision is Action.REJECT:
        values |= {"code": "rejected", "message": reply.reason}
    elif reply.problems:
        values |= {"code": reply.problems[0].code, "message": reply.problems[0].message}
    return values
