"""The second half of a scan: which of its images are worth comparing, and what they are to each other."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice

from onecopy.candidates.pairs import pairs
from onecopy.catalog import images
from onecopy.catalog.batches import batches
from onecopy.catalog.images import StoredImage
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.model import Fingerprint, Limits, Verdict
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.scan_digest import digest
from onecopy.pipelines.scan_model import Progress
from onecopy.pipelines.scan_places import Places
from onecopy.pipelines.scan_verify import Numbers, Verifier

_AT_ONCE = 512


class Relater:
    """Goes from contents to verdicts.

    Images are searched in the order of their contents and places, not of their numbers in the catalog: so
    that what is found does not depend on which file was read first.
    """

    def __init__(
        self, catalog: Catalog, engine: Engine, places: Places, limits: Limits, progress: Progress
    ) -> None:
        self._catalog = catalog
        self._engine = engine
        self._places = places
        self._limits = limits
        self._progress = progress
        self._verifier = Verifier(catalog, engine, places, limits, progress)

    def propose(self, contents: Sequence[str]) -> "Proposals":
        """Pairs of images in some contents that are worth comparing.

        Args:
            contents: Sorted.
        """
        proposals = Proposals()
        for pair in pairs(self._prints(contents, proposals.numbers)):
            proposals.pairs.extend((pair.a, pair.b))
        return proposals

    def _prints(self, contents: Sequence[str], numbers: "array[int]") -> Iterator[tuple[int, Fingerprint]]:
        self._progress.stage("Searching")
        with self._catalog.read() as connection:
            for rank, image in enumerate(images.of_contents(connection, contents)):
                numbers.append(image.id)
                self._progress.advance()
                yield rank, image.fingerprint

    def decide(self, proposed: "Proposals") -> Iterator[tuple[Numbers, Verdict]]:
        """A verdict for every pair."""
        self._progress.stage("Comparing", items=len(proposed))
        for batch in batches(proposed, _AT_ONCE):
            yield from self.verdicts(batch)

    def verdicts(self, numbered: Sequence[Numbers]) -> Iterator[tuple[Numbers, Verdict]]:
        """A verdict for each of some pairs (A, B): by digest, from the catalog, or by the pixels."""
        stored = self._proven(self._stored(numbered), numbered)
        unsettled = []
        for a, b in numbered:
            verdict = by_digest(stored[a].fingerprint, stored[b].fingerprint)
            if verdict is None:
                unsettled.append((a, b))
            else:
                self._progress.advance()
                yield (a, b), verdict
        yield from self._verifier.verdicts(unsettled)

    def _stored(self, numbered: Sequence[Numbers]) -> dict[int, StoredImage]:
        with self._catalog.read() as connection:
            return images.by_ids(connection, {number for pair in numbered for number in pair})

    def _proven(self, stored: dict[int, StoredImage], numbered: Sequence[Numbers]) -> dict[int, StoredImage]:
        """The same images, with the digests that a look-up hint alone does not replace."""
        wanted = {
            one.id: one
            for pair in numbered
            if _share_hint(*(stored[number].fingerprint for number in pair))
            for one in (stored[number] for number in pair)
            if one.fingerprint.image_data_sha256 is None
        }
        if not wanted:
            return stored
        digest(self._catalog, self._engine, self._places, wanted.values(), self._limits)
        return self._stored(numbered)


def _share_hint(one: Fingerprint, other: Fingerprint) -> bool:
    return one.sha256 != other.sha256 and one.image_data_hint == other.image_data_hint


class Proposals:
    """Pairs of images worth comparing: 16 bytes each, and 8 for each image."""

    def __init__(self) -> None:
        self.numbers: array[int] = array("q")
        """The catalog's number of every image, in the order in which they are searched."""
        self.pairs: array[int] = array("q")
        """A and B of each pair, one after the other, as places in ``numbers``."""

    def __len__(self) -> int:
        return len(self.pairs) // 2

    def __iter__(self) -> Iterator[Numbers]:
        ranks = iter(self.pairs)
        while pair := tuple(islice(ranks, 2)):
            yield self.numbers[pair[0]], self.numbers[pair[1]]
