"""Which of a scan's images are worth comparing, and what they are to each other."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from onecopy.candidates.pairs import pairs
from onecopy.catalog import images
from onecopy.catalog.batches import batches
from onecopy.catalog.images import StoredImage, Summary
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.model import LINKABLE, Fingerprint, Limits, Verdict
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.scan.agenda import Agenda
from onecopy.pipelines.scan.digest import digest
from onecopy.pipelines.scan.model import Progress
from onecopy.pipelines.scan.places import Places
from onecopy.pipelines.scan.verify import Numbers, Verifier
from onecopy.policy.keep import PREFERENCES, contender
from onecopy.policy.rules import SURE

_AT_ONCE = 256


class Relater:
    """Goes from images to verdicts.

    Images are ranked by what they are, not by their numbers in the catalog: so what is found does not depend
    on which file was read first.
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

    def all(self, found: Mapping[int, Summary]) -> Iterator[tuple[Numbers, Verdict]]:
        """The verdicts on all pairs of images that are worth comparing.

        Args:
            found: The images, by number.
        """
        ranked = self._ranked(found)
        proposed = self._propose(ranked)
        agenda = Agenda(len(ranked), proposed)
        self._progress.stage("Comparing", items=len(proposed) // 2)
        left_out = 0
        for ranks in agenda.rounds(_AT_ONCE):
            self._progress.advance(agenda.left_out - left_out)
            left_out = agenda.left_out
            asked = {_ordered(found[ranked[a]], found[ranked[b]]): (a, b) for a, b in ranks}
            for numbers, verdict in self.verdicts(list(asked)):
                if verdict.relation in LINKABLE:
                    said = agenda.linked if verdict.confidence >= SURE else agenda.unsure
                    said(*asked[numbers])
                yield numbers, verdict

    def _ranked(self, found: Mapping[int, Summary]) -> "array[int]":
        """The numbers of the images, those first that would be kept if all were one image."""
        keys: dict[int, tuple[float | str, ...]] = {}
        for batch in batches(found):
            with self._catalog.read() as connection:
                stored = images.by_ids(connection, batch, features=False)
            keys |= {number: _rank(one) for number, one in stored.items()}
        return array("q", sorted(keys, key=lambda number: keys[number]))

    def _propose(self, ranked: "array[int]") -> "array[int]":
        """The ranks of pairs worth comparing, one after the other, ascending."""
        self._progress.stage("Searching", items=len(ranked))
        proposed = array("q")
        for pair in pairs(self._prints(ranked)):
            proposed.extend((pair.a, pair.b))
        return proposed

    def _prints(self, ranked: Iterable[int]) -> Iterator[tuple[int, Fingerprint]]:
        rank = 0
        for batch in batches(ranked):
            with self._catalog.read() as connection:
                stored = images.by_ids(connection, batch)
            for number in batch:
                yield rank, stored[number].fingerprint
                rank += 1
            self._progress.advance(len(batch))

    def missing(
        self, found: Mapping[int, Summary], wanted: Iterable[Numbers]
    ) -> Iterator[tuple[Numbers, Verdict]]:
        """The verdicts on some more pairs, in whichever order they are named."""
        for batch in batches(wanted, _AT_ONCE):
            yield from self.verdicts([_ordered(found[one], found[other]) for one, other in batch])

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
            wanted = {number for pair in numbered for number in pair}
            return images.by_ids(connection, wanted, features=False)

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


def _rank(one: StoredImage) -> tuple[float | str, ...]:
    alone = contender(one.fingerprint, one.inner)
    return (*(preference.ranking([alone])(alone) for preference in PREFERENCES), one.content, one.inner)


def _ordered(one: Summary, other: Summary) -> Numbers:
    """Which is A and which is B, as :func:`onecopy.catalog.verdicts.ordered` has it."""
    first = (one.content, one.inner) <= (other.content, other.inner)
    return (one.id, other.id) if first else (other.id, one.id)


def _share_hint(one: Fingerprint, other: Fingerprint) -> bool:
    return one.sha256 != other.sha256 and one.image_data_hint == other.image_data_hint
