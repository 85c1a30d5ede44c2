"""The answers that a question can be given: each with its key, its button, and what it will do."""

from collections.abc import Iterator
from dataclasses import dataclass

from onecopy.catalog.answers import SAME
from onecopy.catalog.questions import Kind, Question
from onecopy.model import Answer
from onecopy.service.pages.desk.shots import Shot
from onecopy.service.pages.words import N_, translated

KEYS = {
    Answer.SAME_KEEP_LEFT: "l",
    Answer.SAME_KEEP_RIGHT: "r",
    Answer.NEWER_VERSION_OF: "n",
    Answer.BOTH_NEEDED: "b",
    Answer.NOT_RELATED: "x",
    Answer.SKIP: "s",
    Answer.ASK_A_COLLEAGUE: "q",
}
NAMES = {
    Answer.SAME_KEEP_LEFT: N_("Same, keep the left"),
    Answer.SAME_KEEP_RIGHT: N_("Same, keep the right"),
    Answer.NEWER_VERSION_OF: N_("Newer version"),
    Answer.BOTH_NEEDED: N_("Both needed"),
    Answer.NOT_RELATED: N_("Not related"),
    Answer.SKIP: N_("Skip"),
    Answer.ASK_A_COLLEAGUE: N_("Ask a colleague"),
}
_GROUP_NAMES = {
    Answer.SAME_KEEP_LEFT: N_("All the same"),
    Answer.BOTH_NEEDED: N_("All needed"),
    Answer.NOT_RELATED: N_("None related"),
}
_RECORDS = frozenset({Kind.VERSIONS, Kind.TWO_NAMES, Kind.REVERTS, Kind.SWAPPED_PAGES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer on its button."""

    answer: Answer
    key: str
    label: str
    does: str
    proposed: bool


def choices(question: Question, left: Shot, right: Shot, *, keep: int, group: bool) -> list[Choice]:
    """The answers that settle a question, the proposed one marked.

    Args:
        question: What is asked.
        left: The one on the left, of a group the one that is kept as long as nobody chooses another.
        right: The one on the right.
        keep: The position of the one that the proposal keeps, if it keeps one.
        group: Whether there are more than two.
    """
    proposal = _proposal(question, right, keeps_right=right.position == keep and not group)
    return [
        Choice(
            answer=answer,
            key=KEYS[answer],
            label=translated((_GROUP_NAMES if group else {}).get(answer, NAMES[answer])),
            does=does,
            proposed=answer is proposal,
        )
        for answer, does in _offered(question, left, right, group)
    ]


def _proposal(question: Question, right: Shot, *, keeps_right: bool) -> Answer | None:
    """The proposed answer, as it reads for the two as they lie here."""
    proposal = Answer(question.proposal) if question.proposal else None
    if proposal in SAME:
        return Answer.SAME_KEEP_RIGHT if keeps_right else Answer.SAME_KEEP_LEFT
    if (
        proposal is Answer.NEWER_VERSION_OF
        and question.proposed.get("newer", right.position) != right.position
    ):
        return None
    return proposal


def _offered(question: Question, left: Shot, right: Shot, group: bool) -> Iterator[tuple[Answer, str]]:
    names = {"left": left.name, "right": right.name}
    if group:
        yield from _of_group()
        return
    if question.kind not in _RECORDS:
        for answer, does in _SAME:
            yield answer, translated(does) % names
    for answer, does in _APART:
        yield answer, translated(does) % names


def _of_group() -> Iterator[tuple[Answer, str]]:
    for answer, does in _GROUP:
        yield answer, translated(does)


_SAME = (
    (
        Answer.SAME_KEEP_LEFT,
        N_("One picture. %(left)s is kept as the reference; the right one is linked to it."),
    ),
    (
        Answer.SAME_KEEP_RIGHT,
        N_("One picture. %(right)s is kept as the reference; the left one is linked to it."),
    ),
)
_APART = (
    (Answer.NEWER_VERSION_OF, N_("%(right)s takes the place of %(left)s, which stays as its history.")),
    (Answer.BOTH_NEEDED, N_("They belong together and both count: before and after, two sheets, two views.")),
    (Answer.NOT_RELATED, N_("They have nothing to do with each other, and are never asked about again.")),
)
_GROUP = (
    (
        Answer.SAME_KEEP_LEFT,
        N_("The one marked as kept is the reference; the others are linked to it, but for those taken out."),
    ),
    (
        Answer.NEWER_VERSION_OF,
        N_("The one on the right takes the place of the others, which stay as its history."),
    ),
    (Answer.BOTH_NEEDED, N_("They belong together, and each of them counts.")),
    (Answer.NOT_RELATED, N_("They have nothing to do with each other, and are never asked about again.")),
)
