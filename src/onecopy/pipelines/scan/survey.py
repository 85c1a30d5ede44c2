"""The first look at the sources: how much there is, and whether anything is different from last time."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from onecopy.sources.interface import File, Left, Source


@dataclass(slots=True)
class Survey:
    """Counts what passes by, and takes the digest of every name and state.

    Equal digests: the same names, sizes, times, inodes and remarks, in the same order.
    """

    files: int = 0
    bytes: int = 0
    left: list[Left] = field(default_factory=list)
    _recent: list[File | Left] = field(default_factory=list)
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def entries(self, sources: Iterable[Source]) -> Iterator[File]:
        """List the sources, and pass on the files."""
        for source in sources:
            for entry in source.list():
                self._note(entry)
                if isinstance(entry, File):
                    yield entry

    def _note(self, entry: File | Left) -> None:
        if isinstance(entry, File):
            self.files += 1
            self.bytes += entry.state.size
        else:
            self.left.append(entry)
        self._recent.append(entry)
        if len(self._recent) >= 512:
            self._fold()

    def _fold(self) -> None:
        # Every rescan of an unchanged archive does nothing but this: encoding by the hundred keeps it cheap.
        self._digest.update(msgspec.msgpack.encode(self._recent))
        self._recent.clear()

    @property
    def digest(self) -> str:
        """Of everything that passed by."""
        self._fold()
        return self._digest.hexdigest()


def survey(sources: Iterable[Source]) -> Survey:
    """Look at everything once, reading nothing."""
    seen = Survey()
    for _ in seen.entries(sources):
        pass
    return seen
