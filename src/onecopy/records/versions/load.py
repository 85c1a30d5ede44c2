"""Reading what version sets are made of: the documents of a case, and what was seen of their pages.

A new upload concerns few of them. From it the reading goes on to whatever it could be a version of or share a
page with, and from there again, until nothing is added: what is left out has no bearing on the result.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from onecopy.catalog import images, judgements, uploads, verdicts
from onecopy.catalog import versions as kept
from onecopy.catalog.images import StoredImage
from onecopy.catalog.judgements import Says
from onecopy.model import LINKABLE, Relation
from onecopy.records.versions.kinds import Kind
from onecopy.records.versions.model import Paper, Tie
from onecopy.records.versions.names import Agreement, Named, agreement, parse
from onecopy.records.versions.same import SURE, digests, fold
from onecopy.records.versions.units import Unit, units

MOST_AT_FIRST = 10_000
"""Uploads of a case, photographs included, that are looked at when its first document comes in."""
MOST = 2_000
"""Uploads that are looked at when one comes in. Where more hang together, the case is sorted when somebody
asks for it."""

_PAPER_TIES = frozenset({Relation.SAME_IMAGE, Relation.EDITED, Relation.UNCLEAR, Relation.SAME_FORM})


@dataclass(slots=True)
class Gathered:
    """What was read: documents that hang together, completely.

    Attributes:
        papers: The documents.
        ties: What was seen of their images.
        images: All images read, by number.
        complete: Whether there were not too many.
    """

    papers: list[Paper] = field(default_factory=list)
    ties: dict[tuple[int, int], Tie] = field(default_factory=dict)
    images: dict[int, StoredImage] = field(default_factory=dict)
    complete: bool = True


def gather(
    connection: Connection,
    agency: str,
    case_id: str,
    seeds: Iterable[int] | None = None,
    most: int | None = None,
) -> Gathered:
    """Read the documents of a case that have to do with some uploads.

    Args:
        connection: Of any transaction.
        agency: Whose case.
        case_id: Which.
        seeds: The catalog's numbers of those uploads; ``None`` for all there are.
        most: How many uploads are read at most; with more, nothing is said of any.
    """
    reader = _Reader(connection, agency, case_id)
    done: set[int] = set()
    waiting = uploads.numbers_of_case(connection, case_id, agency) if seeds is None else set(seeds)
    while waiting:
        done |= waiting
        if most is not None and len(done) > most:
            return Gathered(complete=False)
        if seeds is None:
            reader.read_all(waiting)
            break
        waiting = reader.follow(waiting) - done
    return reader.gathered(done)


class _Reader:
    def __init__(self, connection: Connection, agency: str, case_id: str) -> None:
        self._connection, self._agency, self._case = connection, agency, case_id
        self._units: dict[int, list[Unit]] = {}
        self._at: dict[int, list[Unit]] = defaultdict(list)
        self._images: dict[int, StoredImage] = {}
        self._by_digest: dict[object, list[Unit]] = defaultdict(list)
        self._ties: dict[tuple[int, int], Tie] = {}
        self._tied: dict[int, dict[int, Tie]] = defaultdict(dict)
        self._on_paper: set[int] = set()
        self._documents: list[tuple[int, int, Named]] | None = None

    def read_all(self, numbers: set[int]) -> None:
        """Read uploads, and what they have to do with each other."""
        papers = self._papers(numbers)
        mine = {image.id for unit in papers for image in unit.images}
        for verdict in verdicts.seen_among(self._connection, mine):
            self._note(verdict)

    def follow(self, numbers: set[int]) -> set[int]:
        """Read uploads; say which others have to do with what is in them."""
        papers = self._papers(numbers)
        mine = {image.id for unit in papers for image in unit.images}
        others: set[int] = set()
        for verdict in verdicts.beside(self._connection, sorted(mine)):
            self._note(verdict)
            others |= {verdict.a, verdict.b}
        contents = set(images.contents_of(self._connection, sorted(others - mine)).values())
        self._load(
            uploads.in_case(self._connection, contents | self._equal(papers), self._case, self._agency)
        )
        found: set[int] = set()
        for unit in filter(self.is_document, papers):
            found |= {other.paper.occurrence for other in self._beside(unit)}
            found |= self._namesakes(unit.paper)
        return found

    def _papers(self, numbers: set[int]) -> list[Unit]:
        """Read uploads, and give what may be documents in them."""
        self._load(numbers)
        every = (unit for number in sorted(numbers) for unit in self._units.get(number, ()))
        return [unit for unit in every if unit.kind is not Kind.PHOTOGRAPH]

    def _load(self, numbers: Iterable[int]) -> None:
        new = uploads.by_numbers(self._connection, set(numbers) - self._units.keys())
        contents = {one.content for one in new if one.content}
        inside: dict[str, list[StoredImage]] = defaultdict(list)
        for image in images.of_contents(self._connection, sorted(contents), features=False):
            inside[image.content].append(image)
            self._images[image.id] = image
        for one in new:
            self._units[one.id] = units(one, inside[one.content or ""])
            for unit in self._units[one.id]:
                for image in unit.images:
                    self._at[image.id].append(unit)
                    for key in digests(image.fingerprint):
                        self._by_digest[key].append(unit)

    def _equal(self, papers: list[Unit]) -> set[str]:
        """The contents that share an image with any of them by its digest."""
        found: set[str] = set()
        for column in ("sha256", "image_data_sha256", "pixels_sha256"):
            values = {getattr(image.fingerprint, column) for unit in papers for image in unit.images} - {None}
            found |= images.contents_with(self._connection, column, sorted(values))
        return found

    def _note(self, seen: verdicts.Seen) -> None:
        on_paper = seen.method == "paper"
        tie = Tie(
            relation=seen.relation,
            confidence=seen.confidence,
            on_paper=on_paper,
            part=seen.contains is not None,
        )
        self._ties[min(seen.a, seen.b), max(seen.a, seen.b)] = tie
        self._tied[seen.a][seen.b] = self._tied[seen.b][seen.a] = tie
        if on_paper and seen.relation in _PAPER_TIES:
            self._on_paper |= {seen.a, seen.b}

    def is_document(self, unit: Unit) -> bool:
        """Whether it is one, now that it is known what its images are beside others."""
        if unit.kind is Kind.OPEN:
            return any(image.id in self._on_paper for image in unit.images)
        return unit.kind is Kind.DOCUMENT

    def _beside(self, unit: Unit) -> Iterator[Unit]:
        """The documents that a document could be a version of, or shares a page with."""
        for image in unit.images:
            same = [other for key in digests(image.fingerprint) for other in self._by_digest[key]]
            changed: list[Unit] = []
            for number, tie in self._tied[image.id].items():
                if tie.relation is not Relation.DISTINCT:
                    linked = tie.relation in LINKABLE and tie.confidence >= SURE
                    (same if linked else changed).extend(self._at[number])
            yield from filter(self.is_document, same)
            for other in filter(self.is_document, changed):
                if agreement(unit.paper.named, other.paper.named) is not Agreement.DIFFERENT:
                    yield other

    def _namesakes(self, paper: Paper) -> set[int]:
        """Documents of the same name, and all that are members of one document with any of them."""
        if self._documents is None:
            self._documents = list(self._known())
        sets = {
            document
            for document, occurrence, named in self._documents
            if occurrence == paper.occurrence
            or named.plain == paper.named.plain
            or agreement(paper.named, named) is Agreement.SAME
        }
        return {occurrence for document, occurrence, _ in self._documents if document in sets}

    def _known(self) -> Iterator[tuple[int, int, Named]]:
        """The documents that are known in the case: which, an occurrence, and what its name says."""
        found = kept.of_case(self._connection, self._agency, self._case)
        members = kept.members(self._connection, [one.id for one in found])
        numbers = {one.occurrence for ones in members.values() for one in ones}
        known = {one.id: one.name for one in uploads.by_numbers(self._connection, numbers)}
        for document, ones in members.items():
            for one in ones:
                if one.occurrence in known:
                    name = one.inner.rsplit("/", 1)[-1] or known[one.occurrence]
                    yield document, one.occurrence, parse(name)

    def gathered(self, numbers: set[int]) -> Gathered:
        """The documents among some uploads, and what ties their images."""
        chosen = (unit for number in sorted(numbers) for unit in self._units.get(number, ()))
        papers = [unit.paper for unit in chosen if self.is_document(unit)]
        within = {page.image for paper in papers for page in paper.pages}
        ties = {pair: tie for pair, tie in self._ties.items() if within.issuperset(pair)}
        found = {number: image for number, image in self._images.items() if number in within}
        ties |= dict(judged(self._connection, self._agency, found))
        return Gathered(papers=papers, ties=ties, images=found)


def ties(connection: Connection, agency: str, found: Mapping[int, StoredImage]) -> dict[tuple[int, int], Tie]:
    """What images are to each other: as their pixels showed, or as people said."""
    seen = verdicts.seen_among(connection, found)
    known = {
        (min(one.a, one.b), max(one.a, one.b)): Tie(relation=one.relation, confidence=one.confidence)
        for one in seen
    }
    return known | dict(judged(connection, agency, found))


def judged(
    connection: Connection, agency: str, found: Mapping[int, StoredImage]
) -> Iterator[tuple[tuple[int, int], Tie]]:
    """What people said that two images are: it goes before what the pixels said."""
    places = {(image.content, image.inner): number for number, image in found.items()}
    for pair, said in judgements.among(connection, agency, places).items():
        if said.says in (Says.SAME, Says.NOT_RELATED) and len(pair) == 2:
            a, b = sorted(places[place] for place in pair)
            same = said.says is Says.SAME
            yield (a, b), Tie(relation=Relation.SAME_IMAGE if same else Relation.DISTINCT, confidence=1.0)


def folded(gathered: Gathered) -> dict[int, int]:
    """For every image the one that stands for all that are the same."""
    return fold(gathered.images, gathered.ties)
