"""``scan``: many files of an archive, from a first look to findings."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import msgspec

from onecopy import __version__
from onecopy.catalog import scans
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.engines.local import LocalEngine
from onecopy.errors import UsageError
from onecopy.findings import Findings, Totals
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.locator import quote
from onecopy.model import Limits
from onecopy.pipelines.identify import EXTRAS
from onecopy.pipelines.scan.changes import note_vanished
from onecopy.pipelines.scan.expand import Expander, count
from onecopy.pipelines.scan.journal import Journal
from onecopy.pipelines.scan.lists import lists
from onecopy.pipelines.scan.model import Changes, Options, Progress, Scanned, Silent
from onecopy.pipelines.scan.places import Places
from onecopy.pipelines.scan.preview import Previewer
from onecopy.pipelines.scan.read import Reader
from onecopy.pipelines.scan.survey import Survey, survey
from onecopy.sources.choose import sources
from onecopy.verify.interface import VERIFY_VERSION

_PASSING = frozenset({"no-access", "vanished", "unfinished"})
"""Problems that may be gone next time although every file's state is the same."""


class Scan:
    """One scan, with its catalog and its workers. A context manager; use it once.

    Args:
        named: Paths of folders and files.
        catalog: Path or URL; by default the one in the user's data folder.
        workers: How many files to look at at once; by default one for each processor.
        exclude: Globs of what to leave out.
        ignore: Paths to pass by: where this scan writes to.
        paranoid: Read every file again.
        all_relations: List ``same-form`` pairs one by one.
        limits: What one file may cost.
        engine: Spreads the work; by default over the cores of this machine. One that is given stays open.

    Raises:
        EnvironmentProblem: A source is missing, or the catalog cannot be used.
        UsageError: No source was named, or fewer than one worker.
    """

    def __init__(
        self,
        named: Sequence[str | os.PathLike[str]],
        *,
        catalog: str | Path | None = None,
        workers: int | None = None,
        exclude: Sequence[str] = (),
        ignore: Sequence[str | os.PathLike[str]] = (),
        paranoid: bool = False,
        all_relations: bool = False,
        limits: Limits | None = None,
        engine: Engine | None = None,
    ) -> None:
        if not named:
            raise UsageError("Name at least one folder or file to scan.")
        if workers is not None and workers < 1:
            raise UsageError(f"A scan needs at least one worker, not {workers}.")
        self._options = Options(
            paranoid=paranoid, all_relations=all_relations, limits=limits or Limits(), exclude=tuple(exclude)
        )
        self._catalog = Catalog(catalog)
        ignored = [os.path.realpath(path) for path in ignore] + self._catalog.files()
        try:
            self._sources = sources(named, exclude, ignored)
        except BaseException:
            self._catalog.close()
            raise
        self._engine: Engine = engine or LocalEngine(workers, self._options.limits)
        self._own = engine is None
        self.workers = self._engine.workers
        self.preview = Previewer(
            catalog=self._catalog,
            engine=self._engine,
            places=Places(self._sources, ()),
            limits=self._options.limits,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._engine.close()
        self._catalog.close()

    def run(self, progress: Progress | None = None) -> Scanned:
        """Scan.

        What was done is kept whatever ends this early; running it again goes on from there.

        Raises:
            EnvironmentProblem: The catalog or the workers cannot go on.
        """
        progress = progress or Silent()
        progress.stage("Listing")
        seen = survey(self._sources)
        key = self._key()
        with self._catalog.read() as connection:
            stored = None if self._options.paranoid else scans.findings(connection, key, seen.digest)
            continued = scans.unfinished(connection, key)
        if stored is not None:
            return Scanned(findings=stored, changes=Changes(unchanged=seen.files))
        with self._catalog.write() as connection:
            number = scans.begin(connection, self._given(), key)
        journal, read = self._read(seen, progress)
        journal.changes.continued = continued and journal.changes.unchanged > 0
        findings = self._conclude(journal, read, progress)
        passing = any(one.code in _PASSING for one in findings.unreadable) or any(
            one.evidence.method in _PASSING for one in findings.relations
        )
        with self._catalog.write() as connection:
            kept = None if passing else findings
            scans.finish(connection, number, key=key, state=read.digest, findings=kept)
        return Scanned(findings=findings, changes=journal.changes)

    def _given(self) -> list[str]:
        return [source.locator for source in self._sources]

    def _key(self) -> str:
        """Digest of all that findings depend on, but for the files."""
        asked = {
            "version": [__version__, FINGERPRINT_VERSION, VERIFY_VERSION, EXTRAS],
            "sources": [[source.locator, source.absolute] for source in self._sources],
            "exclude": [quote(pattern) for pattern in self._options.exclude],
            "all_relations": self._options.all_relations,
            "limits": self._options.limits,
        }
        return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()

    def _read(self, seen: Survey, progress: Progress) -> tuple[Journal, Survey]:
        """Bring the catalog level with the files."""
        progress.stage("Reading", items=seen.files, bytes_=seen.bytes)
        journal, read = Journal(self._catalog), Survey()
        Reader(self._catalog, self._engine, journal, self._options, progress).read(self._sources, read)
        note_vanished(self._catalog, self._sources, journal, read.left)
        return journal, read

    def _conclude(self, journal: Journal, read: Survey, progress: Progress) -> Findings:
        """Say what the files are, and what they are to each other."""
        from onecopy.pipelines.scan.groups import (
            relate,  # loads the search, which a mere rescan does not need
        )

        places = Places(self._sources, journal.occurrences)
        with self._catalog.read() as connection:
            made = lists(connection, places, read.left)
        related = relate(self._catalog, self._engine, places, made, self._options, progress)
        progress.stage("Summing up")
        expander = Expander(made)
        groups, redundant = expander.groups(related.groups)
        relations = [*expander.copies(), *expander.relations(related.verdicts)]
        relations.sort(key=lambda one: (one.a, one.b))
        totals = Totals(
            files=made.files + len(read.left),
            images=len(made.images),
            bytes=made.bytes,
            unreadable=len(made.unreadable),
            unmatchable=len(made.unmatchable),
            by_relation=dict(sorted((expander.count(related.told_apart) + count(relations)).items())),
            redundant=dict(sorted(redundant.items())),
        )
        return Findings(
            onecopy=__version__,
            sources=tuple(self._given()),
            totals=totals,
            images=tuple(made.images),
            relations=tuple(relations),
            groups=tuple(groups),
            containers=tuple(made.containers),
            unreadable=tuple(made.unreadable),
            unmatchable=tuple(made.unmatchable),
            skipped=tuple(made.skipped),
        )
