"""A case as one page shows it: its documents, its photographs with duplicates folded, and what blocks it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from onecopy.catalog import contents, uploads
from onecopy.catalog import questions as asked
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Question
from onecopy.model import Problem
from onecopy.records.versions.current import DocumentView, documents
from onecopy.records.versions.photographs import Pictures, Scene
from onecopy.spoken import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """Something that has to be settled before the case can be decided."""

    kind: str
    """``question`` or ``unreadable``."""
    words: str
    question: Question | None = None
    occurrence: Occurrence | None = None
    problem: Problem | None = None
    """What could not be read, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOverview:
    """A case.

    Attributes:
        case: Its name.
        agency: Whose it is.
        documents: By title.
        scenes: Its photographs, by time.
        blockers: What is in the way of an approval.
        files: How many uploads there are.
        folded: How many images nobody needs to look at again.
    """

    case: str
    agency: str
    documents: tuple[DocumentView, ...]
    scenes: tuple[Scene, ...]
    blockers: tuple[Blocker, ...]
    files: int
    folded: int

    @property
    def waiting(self) -> tuple[Blocker, ...]:
        """Its open questions."""
        return tuple(one for one in self.blockers if one.question is not None)

    @property
    def unread(self) -> tuple[Blocker, ...]:
        """Its files that could not be read."""
        return tuple(one for one in self.blockers if one.question is None)

    @property
    def photographs(self) -> int:
        """How many different ones there are."""
        return sum(len(scene.photographs) for scene in self.scenes)


def overview(connection: Connection, agency: str, case_id: str) -> CaseOverview | None:
    """Everything in a case; ``None`` if nothing of it is the agency's.

    Its documents are as they were sorted last, see
    :func:`onecopy.records.versions.land.bring_up_to_date`.
    """
    received = uploads.of_case(connection, case_id, agency)
    if not received:
        return None
    found = documents(connection, agency, case_id)
    in_documents = {
        (sent.occurrence.id, sent.inner) for one in found for version in one.history for sent in version.sent
    }
    scenes = Pictures(connection, agency, case_id, received).scenes(in_documents)
    return CaseOverview(
        case=case_id,
        agency=agency,
        documents=found,
        scenes=scenes,
        blockers=tuple(_blockers(connection, agency, case_id, received)),
        files=len(received),
        folded=_folded(scenes, found),
    )


def _folded(scenes: Iterable[Scene], found: Iterable[DocumentView]) -> int:
    """How many images nobody has to look at again: copies of pictures, and of versions."""
    copies = sum(len(one.copies) for scene in scenes for one in scene.photographs)
    return copies + sum(len(version.sent) - 1 for one in found for version in one.history)


def _blockers(
    connection: Connection, agency: str, case_id: str, received: Sequence[Occurrence]
) -> Iterable[Blocker]:
    """Open questions, the most urgent first, and files that could not be read."""
    for question in asked.of_case(connection, agency, case_id):
        yield Blocker(kind="question", words=question.title, question=question)
    problems: dict[str, list[Problem]] = defaultdict(list)
    for sha256, problem in contents.problems(connection, {one.content for one in received if one.content}):
        problems[sha256].append(problem)
    for one in received:
        for problem in problems[one.content or ""][:1]:
            words = (
                f"'{shown(one.name + problem.inner)}' could not be read ({problem.code}). {problem.message}"
            )
            yield Blocker(kind="unreadable", words=words, occurrence=one, problem=problem)
