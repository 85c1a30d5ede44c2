"""The photographs of a case: copies folded under the one to keep, captures of one scene side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from onecopy.catalog import images
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Question
from onecopy.model import Relation
from onecopy.records.versions.current import questions
from onecopy.records.versions.load import ties
from onecopy.records.versions.same import groups
from onecopy.records.versions.units import Unit, units

_BESIDE = frozenset({Relation.EDITED, Relation.UNCLEAR, Relation.SAME_SCENE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An image as it was received once: with which upload, and where in it."""

    occurrence: Occurrence
    image: int
    """The catalog's number."""
    inner: str
    width: int
    height: int
    taken_at: str | None
    """As the file says, ISO 8601; a claim."""
    credentials: str | None = None
    """Which credentials the file carries; not verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One picture, the copy to keep, and the copies that are folded under it."""

    kept: Copy
    copies: tuple[Copy, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why that one is kept."""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Photographs of one scene: captures of it, and changed copies; by time."""

    photographs: tuple[Photograph, ...]

    @property
    def when(self) -> str:
        """When the first was taken; where no file says so, when it came."""
        return _when(self.photographs[0].kept)


class Pictures:
    """The images of a case, folded and laid beside each other."""

    def __init__(
        self, connection: Connection, agency: str, case_id: str, received: Sequence[Occurrence]
    ) -> None:
        inside: dict[str, list[StoredImage]] = defaultdict(list)
        self._images: dict[int, StoredImage] = {}
        digests = sorted({one.content for one in received if one.content})
        for image in images.of_contents(connection, digests, features=False):
            inside[image.content].append(image)
            self._images[image.id] = image
        self._units: list[Unit] = [unit for one in received for unit in units(one, inside[one.content or ""])]
        self._received = {one.id: one for one in received}
        self._connection, self._agency, self._case = connection, agency, case_id
        self._ties = ties(connection, agency, self._images)
        self._copies: dict[int, list[Copy]] = defaultdict(list)
        for unit in self._units:
            for image in unit.images:
                self._copies[image.id].append(_copy(self._received[unit.paper.occurrence], image))

    def scenes(self, in_documents: set[tuple[int, str]]) -> tuple[Scene, ...]:
        """The photographs; an image in a document is shown here if it is a copy of one."""
        photographs = {
            image.id for unit in self._units if unit.paper.key not in in_documents for image in unit.images
        }
        times = {image: ones[0].occurrence.seen_at.timestamp() for image, ones in self._copies.items()}
        reasons: dict[int, tuple[str, ...]] = {}
        members: dict[int, set[int]] = {number: {number} for number in self._images}
        for group in groups(self._images, self._ties, times):
            together = {group.keep, *(number for number, _ in group.members)}
            reasons[group.keep] = group.reasons
            members |= dict.fromkeys(together, together)
            members[group.keep] = together
        kept = self._kept(members, photographs, reasons)
        about = questions(self._connection, self._agency, self._case)
        shown = {
            number: self._photograph(number, together, reasons.get(number, ()), about)
            for number, together in kept.items()
        }
        return tuple(
            self._by_scene(shown, {image: number for number, ones in kept.items() for image in ones})
        )

    def _kept(
        self, members: Mapping[int, set[int]], photographs: set[int], reasons: Mapping[int, tuple[str, ...]]
    ) -> dict[int, set[int]]:
        """By the image that is kept: all that are the same; only where one of them is a photograph."""
        found: dict[int, set[int]] = {}
        for number, together in sorted(members.items()):
            if together & photographs and (len(together) == 1 or number in reasons):
                found[number] = together
        return found

    def _photograph(
        self,
        number: int,
        together: set[int],
        reasons: tuple[str, ...],
        about: Mapping[int, list[tuple[str, Question]]],
    ) -> Photograph:
        copies = [copy for image in sorted(together) for copy in self._copies[image]]
        copies.sort(key=lambda copy: (copy.occurrence.id, copy.image))
        first = next(one for one in copies if one.image == number)
        questions = {
            question.id: question
            for copy in copies
            for inner, question in about.get(copy.occurrence.id, ())
            if inner == copy.inner
        }
        return Photograph(
            kept=first,
            copies=tuple(one for one in copies if one is not first),
            reasons=reasons,
            questions=tuple(questions.values()),
        )

    def _by_scene(self, shown: Mapping[int, Photograph], home: Mapping[int, int]) -> Iterable[Scene]:
        parent = {number: number for number in shown}

        def root(number: int) -> int:
            while parent[number] != number:
                parent[number] = parent[parent[number]]
                number = parent[number]
            return number

        for (a, b), tie in self._ties.items():
            if tie.relation in _BESIDE and a in home and b in home:
                parent[root(home[a])] = root(home[b])
        scenes: dict[int, list[Photograph]] = defaultdict(list)
        for number, one in shown.items():
            scenes[root(number)].append(one)
        ordered = [sorted(ones, key=_order) for ones in scenes.values()]
        for ones in sorted(ordered, key=lambda ones: _order(ones[0])):
            yield Scene(photographs=tuple(ones))


def _copy(one: Occurrence, image: StoredImage) -> Copy:
    seen = image.fingerprint
    return Copy(
        occurrence=one,
        image=image.id,
        inner=image.inner,
        width=seen.width,
        height=seen.height,
        taken_at=seen.capture.taken_at,
        credentials=seen.capture.credentials,
    )


def _when(one: Copy) -> str:
    return one.taken_at or one.occurrence.seen_at.isoformat()


def _order(one: Photograph) -> tuple[str, int]:
    return _when(one.kept), one.kept.image
