"""What a scan has learned of files and contents, written to the catalog a batch at a time.

A scan that is killed loses at most the last batch: the files in it look new to the next scan.
"""

import time
from array import array
from dataclasses import dataclass, field

from sqlalchemy import Connection

from onecopy.catalog import contents, files, occurrences
from onecopy.catalog.contents import Identified
from onecopy.catalog.files import KnownFile
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.model import FileIdentity
from onecopy.pipelines.identify import EXTRAS
from onecopy.pipelines.scan.hash import Hashed
from onecopy.pipelines.scan.model import Changes

_MOST = 500
_SECONDS = 1.0
_FEW = 20


@dataclass(slots=True)
class _Batch:
    sizes: dict[str, int] = field(default_factory=dict)
    identities: dict[str, Identified] = field(default_factory=dict)
    fresh: list[tuple[Occurrence, files.State]] = field(default_factory=list)
    touched: list[tuple[int, files.State]] = field(default_factory=list)
    replacing: list[str] = field(default_factory=list)


class Journal:
    """Collects and writes.

    Attributes:
        occurrences: The catalog's numbers of all files met, unchanged ones included (after :meth:`flush`).
        replacing: The numbers of those among them that are new, but where another was known before.
        changes: What was different since the catalog last saw the files.
        flushes: How often something was written.
        before: The highest number that the catalog had given when this began.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._batch = _Batch()
        self._written = time.monotonic()
        self.occurrences = array("q")
        self.replacing = array("q")
        self.changes = Changes()
        self.flushes = 0
        with catalog.read() as connection:
            self.before = occurrences.highest(connection)

    def unchanged(self, known: KnownFile) -> None:
        """A file that need not be read."""
        self.occurrences.append(known.occurrence)
        self.changes.unchanged += 1

    def file(self, hashed: Hashed) -> None:
        """A file that was read, or could not be."""
        known, batch = hashed.known, self._batch
        if hashed.sha256 is not None:
            batch.sizes[hashed.sha256] = hashed.state.size
        if known and known.content == hashed.sha256 and known.problem == hashed.problem:
            batch.touched.append((known.occurrence, hashed.state))
            self.occurrences.append(known.occurrence)
        else:
            self._note_change(hashed)
            occurrence = _occurrence(hashed)
            if known:
                batch.replacing.append(occurrence.public_id)
            batch.fresh.append((occurrence, hashed.state))
        self._flush_if_due()

    def _note_change(self, hashed: Hashed) -> None:
        if hashed.known is None:
            self.changes.new += 1
        elif hashed.known.content is not None:
            self.changes.changed += 1
            if len(self.changes.first_changed) < _FEW:
                self.changes.first_changed.append(hashed.file.locator)

    def identified(self, sha256: str, size: int, identity: FileIdentity) -> None:
        """What was found in a content."""
        self._batch.identities[sha256] = Identified(sha256=sha256, size=size, identity=identity)
        self._flush_if_due()

    def holds(self, sha256: str) -> bool:
        """Whether a content's identity is known here, but perhaps not yet in the catalog."""
        return sha256 in self._batch.identities

    def _flush_if_due(self) -> None:
        batch = self._batch
        many = len(batch.fresh) + len(batch.touched) + len(batch.identities) >= _MOST
        if many or time.monotonic() - self._written > _SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was collected, all of it or nothing."""
        # Emptied first: if this is interrupted, a second flush must not write the same again.
        batch, self._batch = self._batch, _Batch()
        with self._catalog.write() as connection:
            contents.add_all(connection, batch.sizes)
            _record(connection, batch)
            numbers = _arrive(connection, batch)
            states = [(numbers[one.public_id], state) for one, state in batch.fresh]
            files.put_states(connection, batch.touched + states)
        self.occurrences.extend(number for number, _ in states)
        self.replacing.extend(numbers[public_id] for public_id in batch.replacing)
        self._written = time.monotonic()
        self.flushes += 1


def _record(connection: Connection, batch: _Batch) -> None:
    """Store what was found in contents, unless another scan did meanwhile: it goes by the images' numbers."""
    settled = contents.known(connection, batch.identities, version=FINGERPRINT_VERSION, extras=EXTRAS)
    found = [one for one in batch.identities.values() if one.sha256 not in settled]
    contents.record_all(connection, found, version=FINGERPRINT_VERSION, extras=EXTRAS)


def _arrive(connection: Connection, batch: _Batch) -> dict[str, int]:
    """The numbers of the fresh occurrences, by public id, in the place of what was known there before.

    Another scan may have met the same files meanwhile; where it saw the same, its numbers are taken.
    """
    there = files.at(connection, (str(one.locator) for one, _ in batch.fresh))
    numbers: dict[str, int] = {}
    gone, new = [], []
    for one, _ in batch.fresh:
        known = there.get(str(one.locator))
        if known and (known.content, known.problem) == (one.content, one.problem):
            numbers[one.public_id] = known.occurrence
            continue
        new.append(one)
        if known:
            gone.append(known.occurrence)
    occurrences.gone(connection, gone)
    return numbers | occurrences.add_all(connection, new)


def _occurrence(hashed: Hashed) -> Occurrence:
    return Occurrence(
        name=hashed.file.name,
        locator=hashed.file.absolute,
        content=hashed.sha256,
        problem=hashed.problem,
    )
