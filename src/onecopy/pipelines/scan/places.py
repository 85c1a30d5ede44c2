"""Between a file's absolute locator, by which the catalog knows it, and the name a person gave it."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from sqlalchemy import Connection

from onecopy.catalog import files
from onecopy.catalog.files import KnownFile
from onecopy.catalog.store import Catalog
from onecopy.errors import UnreadableError
from onecopy.sources.interface import Handle, Source, State


class Places:
    """The files of one scan: where they are, what they are called, how to open them.

    Args:
        sources: Of the scan; none lies in another.
        occurrences: The catalog's numbers of the files that the scan met.
    """

    def __init__(self, sources: Sequence[Source], occurrences: Sequence[int]) -> None:
        self._by_absolute = {source.absolute: source for source in sources}
        self._by_given = {source.locator: source for source in sources}
        self._met = array("q", sorted(set(occurrences)))

    def met(self, occurrence: int) -> bool:
        """Whether the scan met this file."""
        at = bisect_left(self._met, occurrence)
        return at < len(self._met) and self._met[at] == occurrence

    def all(self, connection: Connection) -> Iterable[KnownFile]:
        """Every file the scan met, in the order in which the catalog came to know them."""
        return files.by_ids(connection, self._met)

    def locator(self, absolute: str) -> str:
        """What a person calls the file."""
        source = self._source(self._by_absolute, absolute)
        return _join(source.locator, absolute[len(source.absolute) :])

    def absolute(self, locator: str) -> str:
        """The absolute locator of what a person calls so."""
        source = self._source(self._by_given, locator)
        return _join(source.absolute, locator[len(source.locator) :])

    def handle(self, file: KnownFile) -> Handle:
        """A way to the file's bytes, as long as they are the ones the catalog knows."""
        return self._source(self._by_absolute, file.absolute).open(file.absolute, State(*file.state))

    def handles(self, catalog: Catalog, contents: Iterable[str]) -> dict[str, Handle]:
        """For each content a way to the first file, by locator, that holds it and that the scan met."""
        wanted = set(contents)
        first: dict[str, KnownFile] = {}
        with catalog.read() as connection:
            for file in files.of_contents(connection, wanted):
                if file.content is not None and self.met(file.occurrence):
                    best = first.setdefault(file.content, file)
                    if file.absolute < best.absolute:
                        first[file.content] = file
        return {content: self.handle(first[content]) if content in first else _Gone() for content in wanted}

    def _source(self, sources: dict[str, Source], locator: str) -> Source:
        above = locator
        while above not in sources:
            if above in ("", "/"):
                raise KeyError(locator)
            above = above.rpartition("/")[0] or "/"
        return sources[above]


def _join(root: str, inside: str) -> str:
    return f"{root.rstrip('/')}/{inside.lstrip('/')}" if inside else root


class _Gone:
    """Stands for a file that another scan found gone while this one was at it."""

    def open(self) -> BinaryIO:
        raise UnreadableError("It is no longer there. Scan again.", code="vanished")

    def unchanged(self) -> bool:
        return False
