"""What is no longer where the catalog last saw it: gone, or only moved."""

from collections.abc import Iterable, Iterator, Sequence

from onecopy.catalog import files, occurrences
from onecopy.catalog.files import KnownFile
from onecopy.catalog.store import Catalog
from onecopy.pipelines.scan.journal import Journal
from onecopy.pipelines.scan.places import Places
from onecopy.sources.interface import Left, Source

_FEW = 20


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
        arrived = _arrived(files.of_contents(connection, contents), journal, places)
    for file in gone:
        _note(file, arrived, journal, places)
    with catalog.write() as connection:
        occurrences.gone(connection, (file.occurrence for file in gone))


def _arrived(found: Iterable[KnownFile], journal: Journal, places: Places) -> dict[str, list[str]]:
    """By content, where it is met for the first time in this scan, sorted backwards."""
    arrived: dict[str, list[str]] = {}
    for file in found:
        if file.content is not None and file.occurrence > journal.before and places.met(file.occurrence):
            arrived.setdefault(file.content, []).append(file.absolute)
    return {content: sorted(where, reverse=True) for content, where in arrived.items()}


def _note(file: KnownFile, arrived: dict[str, list[str]], journal: Journal, places: Places) -> None:
    changes, was = journal.changes, places.locator(file.absolute)
    here = arrived.get(file.content or "")
    if here:
        changes.moved += 1
        changes.new -= 1
        now = places.locator(here.pop())
        if len(changes.first_moved) < _FEW:
            changes.first_moved.append((was, now))
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
