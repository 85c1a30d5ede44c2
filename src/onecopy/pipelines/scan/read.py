"""The first half of a scan: bring the catalog level with the files, reading no more than needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from onecopy.catalog import contents, files
from onecopy.catalog.batches import batches
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.fingerprint.interface import IDENTIFY, IdentifyArgs
from onecopy.model import FileIdentity
from onecopy.pipelines import identify
from onecopy.pipelines.identify import EXTRAS
from onecopy.pipelines.scan.hash import Hashed, Hasher, Wanted
from onecopy.pipelines.scan.journal import Journal
from onecopy.pipelines.scan.model import Options, Progress
from onecopy.pipelines.scan.survey import Survey
from onecopy.sandbox.interface import Call, Outcome
from onecopy.sources.interface import File, Handle, Source

_LOOKED_UP = 256
"""Files looked up in the catalog at once."""
_HASHED = 16
"""Digests looked up in the catalog at once."""

_CHANGING = ("vanished", "It changed while it was being read, twice. Scan again once it is left alone.")


@dataclass(slots=True)
class _Flight:
    """A content that a worker looks at, and every file met meanwhile that holds the same."""

    handle: Handle
    files: list[Hashed] = field(default_factory=list)


class Reader:
    """Reads what is new or changed, and records it."""

    def __init__(
        self, catalog: Catalog, engine: Engine, journal: Journal, options: Options, progress: Progress
    ) -> None:
        self._catalog = catalog
        self._engine = engine
        self._journal = journal
        self._options = options
        self._progress = progress
        self._flying: dict[str, _Flight] = {}

    def read(self, sources: Sequence[Source], survey: Survey) -> None:
        """Read the sources.

        Whatever ends this early, what was done is recorded.

        Args:
            sources: Where the files are.
            survey: Sees every entry as it is listed.
        """
        try:
            failed = self._attempt(self._wanted(sources, survey))
            again = ((one.source, one.file, one.known) for one in failed)
            for hashed in self._attempt(again):
                self._journal.file(replace(hashed, sha256=None, problem=_CHANGING))
        finally:
            self._journal.flush()

    def _wanted(self, sources: Sequence[Source], survey: Survey) -> Iterator[Wanted]:
        for source in sources:
            for batch in batches(survey.entries([source]), _LOOKED_UP):
                yield from self._changed(source, batch)

    def _changed(self, source: Source, listed: Sequence[File]) -> Iterator[Wanted]:
        """What of some files must be read; the others are noted as unchanged."""
        with self._catalog.read() as connection:
            known = files.at(connection, (file.absolute for file in listed))
            digests = {one.content for one in known.values() if one.content}
            settled = contents.known(connection, digests, version=FINGERPRINT_VERSION, extras=EXTRAS)
        for file in listed:
            one = known.get(file.absolute)
            same = one is not None and one.content in settled and one.state == file.state
            if one is not None and same and not self._options.paranoid:
                self._journal.unchanged(one)
                self._progress.advance(1, file.state.size)
            else:
                yield source, file, one

    def _attempt(self, wanted: Iterator[Wanted]) -> list[Hashed]:
        """Read files.

        Returns:
            Those that changed under the reader, to be tried once more. Nothing of them is recorded.
        """
        failed: list[Hashed] = []
        hasher = Hasher(self._options.limits)
        try:
            for outcome in self._engine.run(IDENTIFY, self._calls(hasher.hashed(wanted))):
                failed += self._landed(outcome)
        finally:
            hasher.stop()
        return failed

    def _landed(self, outcome: Outcome[FileIdentity]) -> list[Hashed]:
        sha256 = str(outcome.key)
        flight = self._flying.pop(sha256)
        by_chance = outcome.failure is not None and outcome.failure.code in identify.CHANCE
        if by_chance or not flight.handle.unchanged():
            return flight.files
        self._journal.identified(sha256, flight.files[0].state.size, identify.found(outcome))
        for hashed in flight.files:
            self._done(hashed)
        return []

    def _done(self, hashed: Hashed) -> None:
        self._journal.file(hashed)
        self._journal.changes.read += 1
        self._progress.advance(1, hashed.file.state.size)

    def _calls(self, hashed: Iterable[Hashed]) -> Iterator[Call[IdentifyArgs]]:
        """The calls that are needed: none for bytes that were seen before."""
        for chunk in batches(hashed, _HASHED):
            looked_up, settled = self._journal.flushes, self._settled(chunk)
            for one in chunk:
                if looked_up != self._journal.flushes:
                    looked_up, settled = self._journal.flushes, self._settled(chunk)
                sha256 = one.sha256
                if sha256 is None or sha256 in settled or self._journal.holds(sha256):
                    self._done(one)
                elif sha256 in self._flying:
                    self._flying[sha256].files.append(one)
                else:
                    yield self._take_off(one, sha256)

    def _settled(self, chunk: Sequence[Hashed]) -> set[str]:
        digests = [one.sha256 for one in chunk if one.sha256]
        with self._catalog.read() as connection:
            return contents.known(connection, digests, version=FINGERPRINT_VERSION, extras=EXTRAS)

    def _take_off(self, hashed: Hashed, sha256: str) -> Call[IdentifyArgs]:
        handle = hashed.source.open(hashed.file.absolute, hashed.state)
        self._flying[sha256] = _Flight(handle, [hashed])
        return identify.call(sha256, handle, self._options.limits, always_digest_image_data=False)
