"""What is no longer where the catalog last saw it: gone, or only moved."""

from collections.abc import Iterable, Iterator, Sequence

from onecopy.catalog import files, occurrences
from onecopy.catalog.files import KnownFile
from onecopy.catalog.store import Catalog
from onecopy.pipelines.scan.journal import Journal
from onecopy.pipelines.scan.places import Places
from onecopy.sources.interface import Left, Source

_FEW = 20

_Arrival = tuple[bool, str]
"""Whether another file was known at that place before, and the place."""


def note_vanished(
    catalog: Catalog, sources: Sequence[Source], journal: Journal, left: Iterable[Left]
) -> None:
    """Mark files of the sources that the scan did not meet as gone, and tell moved ones from lost ones.

    What the scan did not look into (excluded, unreadable) is not gone for that.
    """
    places = Places(sources, journal.occurrences)
    unseen = {one.absolute for one in left}
    with catalog.read() as connection:
        gone = [
            file
            for source in sources
            for file in files.within(connection, source.absolute)
            if not places.met(file.occurrence) and not any(above in unseen for above in _above(file.absolute))
        ]
        contents = {file.content for file in gone if file.content is not None}
        found = files.of_contents(connection, contents)
        arrived = _arrived((one for one in found if places.met(one.occurrence)), journal)
    for file in gone:
        _note(file, arrived, journal, places)
    with catalog.write() as connection:
        occurrences.gone(connection, (file.occurrence for file in gone))


def _arrived(met: Iterable[KnownFile], journal: Journal) -> dict[str, list[_Arrival]]:
    """By content, where it is met for the first time in this scan, sorted backwards."""
    replacing = frozenset(journal.replacing)
    arrived: dict[str, list[_Arrival]] = {}
    for file in met:
        if file.content is not None and file.occurrence > journal.before:
            arrived.setdefault(file.content, []).append((file.occurrence in replacing, file.absolute))
    return {content: sorted(where, reverse=True) for content, where in arrived.items()}


def _note(file: KnownFile, arrived: dict[str, list[_Arrival]], journal: Journal, places: Places) -> None:
    changes, was = journal.changes, places.locator(file.absolute)
    here = arrived.get(file.content or "")
    if here:
        replaces, now = here.pop()
        changes.moved += 1
        changes.new -= not replaces  # one moved over another is a change there, too
        if len(changes.first_moved) < _FEW:
            changes.first_moved.append((was, places.locator(now)))
        return
    changes.vanished += 1
    if len(changes.first_vanished) < _FEW:
        changes.first_vanished.append(was)


def _above(absolute: str) -> Iterator[str]:
    """A locator, and those of the folders it is in."""
    yield absolute
    while absolute != "/":
        absolute = absolute.rpartition("/")[0] or "/"
        yield absolute
