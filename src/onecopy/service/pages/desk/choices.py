"""The answers that a question can be given: each with its key, its button, and what it will do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onecopy.catalog.answers import SAME, Given
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
_WHICH = ":"
"""Between an answer and the position that it names, as a button sends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer on its button."""

    answer: Answer
    key: str
    label: str
    does: str
    newer: int | None = None
    """The position of the one that counts, where the answer names it."""
    proposed: bool = False

    @property
    def value(self) -> str:
        """What its button sends."""
        return str(self.answer) if self.newer is None else f"{self.answer}{_WHICH}{self.newer}"


def chosen(value: str) -> tuple[Answer, int | None]:
    """What a button sent: the answer, and the position of the one that counts, where it names one.

    Raises:
        ValueError: It is no answer.
    """
    said, which, position = value.partition(_WHICH)
    if which and not (position.isdecimal() and len(position) < 10):
        raise ValueError(value)
    return Answer(said), int(position) if which else None


def choices(question: Question, left: Shot, right: Shot, *, keep: int, group: bool) -> list[Choice]:
    """The answers that settle a question about pictures, the proposed one marked.

    Args:
        question: What is asked.
        left: The one on the left, of a group the one that is kept as long as nobody chooses another.
        right: The one on the right.
        keep: The position of the one that the proposal keeps, if it keeps one.
        group: Whether there are more than two.
    """
    names = {"left": left.name, "right": right.name}
    proposal = _proposal(question, right, keeps_right=right.position == keep and not group)
    return [
        Choice(
            answer=answer,
            key=KEYS[answer],
            label=translated((_GROUP_NAMES if group else {}).get(answer, NAMES[answer])),
            does=translated(does) % names,
            proposed=answer is proposal,
        )
        for answer, does in (_GROUP if group else _PAIR)
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


def of_versions(question: Question, sides: Sequence[Shot], right: Shot) -> list[Choice]:
    """The answers to a question about versions of documents, the proposed one marked.

    Args:
        question: What is asked.
        sides: What stands against each other, in the order of the question.
        right: The one that is looked at on the right.
    """
    return list(
        _several(question, right)
        if question.kind in _OF_SEVERAL and len(sides) > 2
        else _two(question, sides)
    )


def _two(question: Question, sides: Sequence[Shot]) -> Iterator[Choice]:
    swapped = question.kind is Kind.SWAPPED_PAGES
    ends = (sides[0], sides[len(sides) // 2])
    names = {"left": ends[0].name, "right": ends[1].name}
    wanted = question.proposed.get("newer")
    proposed = (
        None if wanted is None else wanted >= ends[1].position if swapped else wanted == ends[1].position
    )
    for at, (label, does) in enumerate(_COUNTS[question.kind]):
        yield Choice(
            answer=Answer.NEWER_VERSION_OF,
            key="lr"[at],
            label=translated(label),
            does=translated(does) % names,
            newer=ends[at].position,
            proposed=proposed is not None and proposed == bool(at),
        )
    if question.kind in _OF_SEVERAL:
        yield from _apart()


def _several(question: Question, right: Shot) -> Iterator[Choice]:
    yield Choice(
        answer=Answer.NEWER_VERSION_OF,
        key=KEYS[Answer.NEWER_VERSION_OF],
        label=translated("The one on the right counts"),
        does=translated("%(right)s is the current version; the others stay as its history.")
        % {"right": right.name},
        newer=right.position,
        proposed=question.proposed.get("newer") == right.position,
    )
    yield from _apart()


def _apart() -> Iterator[Choice]:
    for answer, label, does in _DOCUMENTS:
        yield Choice(answer=answer, key=KEYS[answer], label=translated(label), does=translated(does))


def said(question: Question, given: Given) -> str:
    """An answer as its button had it, for a template to translate."""
    labels = _COUNTS.get(question.kind)
    if labels is None or given.answer is not Answer.NEWER_VERSION_OF or given.newer is None:
        return NAMES[given.answer]
    last = len(question.details.get("sides", ())) or 2
    if question.kind in _OF_SEVERAL and last > 2:
        return N_("One of them counts")
    return labels[given.newer >= last // 2][0]


_OF_SEVERAL = frozenset({Kind.VERSIONS, Kind.TWO_NAMES})
"""Questions about any number of sides, which may be documents of their own."""
_COUNTS = {
    Kind.VERSIONS: (
        (N_("The left one counts"), N_("%(left)s is the current version; %(right)s stays as its history.")),
        (N_("The right one counts"), N_("%(right)s is the current version; %(left)s stays as its history.")),
    ),
    Kind.TWO_NAMES: (
        (N_("The left name is right"), N_("It is %(left)s; %(right)s is the same under another name.")),
        (N_("The right name is right"), N_("It is %(right)s; %(left)s is the same under another name.")),
    ),
    Kind.REVERTS: (
        (
            N_("The left one still counts"),
            N_(
                "%(left)s stays the current version. That %(right)s came again is known, and not asked again."
            ),
        ),
        (
            N_("The right one counts again"),
            N_("The change is taken back: %(right)s is the current version, %(left)s stays as its history."),
        ),
    ),
    Kind.SWAPPED_PAGES: (
        (N_("As it was before"), N_("Both documents count with the pages that they had before.")),
        (N_("As it is now"), N_("Both documents count with their pages exchanged.")),
    ),
}
"""Questions of versions: what counts, for the one on the left and for the one on the right."""
_DOCUMENTS = (
    (Answer.BOTH_NEEDED, NAMES[Answer.BOTH_NEEDED], N_("They are documents of their own, and each counts.")),
    (
        Answer.NOT_RELATED,
        NAMES[Answer.NOT_RELATED],
        N_("They have nothing to do with each other, and are never asked about again."),
    ),
)
_PAIR = (
    (
        Answer.SAME_KEEP_LEFT,
        N_("One picture. %(left)s is kept as the reference; the right one is linked to it."),
    ),
    (
        Answer.SAME_KEEP_RIGHT,
        N_("One picture. %(right)s is kept as the reference; the left one is linked to it."),
    ),
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
