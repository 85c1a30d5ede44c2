"""What an answer means for the members of its question, before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from onecopy.catalog.answers import SAME, Given
from onecopy.catalog.judgements import Says
from onecopy.catalog.questions import Member, Pair, Question
from onecopy.model import Answer
from onecopy.review.model import Refused

MOST_PAIRS = 20
"""Members among which each pair is judged where the question names none."""

_SAYS = {
    Answer.NEWER_VERSION_OF: Says.NEWER,
    Answer.BOTH_NEEDED: Says.BOTH_NEEDED,
    Answer.NOT_RELATED: Says.NOT_RELATED,
} | dict.fromkeys(SAME, Says.SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of two members. ``better`` is the one that is kept, or newer."""

    one: Member
    other: Member
    says: Says
    better: Member | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """An answer, with every member it speaks of.

    Attributes:
        says: What it says of those that it does not take out.
        chosen: The one that is kept, or newer.
        together: The others of which that is said.
        apart: Those that are taken out.
        pairs: What is said of each pair.
    """

    says: Says
    chosen: Member | None
    together: tuple[Member, ...]
    apart: tuple[Member, ...]
    pairs: tuple[Said, ...]

    @property
    def key(self) -> tuple[Says, int | None, frozenset[int]]:
        """Two reviewers agree if this is the same."""
        chosen = None if self.chosen is None else self.chosen.position
        return self.says, chosen, frozenset(one.position for one in self.apart)


def meaning(question: Question, members: Sequence[Member], pairs: Sequence[Pair], given: Given) -> Meaning:
    """Work an answer out.

    Raises:
        Refused: ``bad-answer``: it names what is no member, or leaves open which one is kept.
    """
    at = {one.position: one for one in members}
    named = {*given.apart, *(one for one in (given.keep, given.newer) if one is not None)}
    if named - at.keys():
        raise Refused(f"The question has no member {min(named - at.keys())}.", code="bad-answer")
    says = _SAYS[given.answer]
    if given.apart and says not in (Says.SAME, Says.NEWER):
        raise Refused(
            "Only from what is the same, or versions of one, can some be taken out.", code="bad-answer"
        )
    rest = [one for one in members if one.position not in given.apart]
    chosen = _chosen(given, says, rest)
    together = tuple(one for one in rest if one is not chosen)
    if chosen is not None and not together:
        raise Refused(
            "Nothing is left beside the one that is chosen. Answer 'not-related' or 'both-needed' instead.",
            code="bad-answer",
        )
    apart = tuple(at[position] for position in sorted(set(given.apart)))
    found = tuple(_pairs(says, chosen, together, apart, pairs, at))
    return Meaning(says=says, chosen=chosen, together=together, apart=apart, pairs=found)


def _chosen(given: Given, says: Says, rest: Sequence[Member]) -> Member | None:
    if says is Says.SAME:
        wanted = given.keep
        if wanted is None and len(rest) == 2:
            first, last = sorted(one.position for one in rest)
            wanted = first if given.answer is Answer.SAME_KEEP_LEFT else last
        if wanted is None:
            raise Refused("Say which one is kept, with 'keep' and its position.", code="bad-answer")
    elif says is Says.NEWER:
        wanted = given.newer
        if wanted is None and rest:
            wanted = max(rest, key=lambda one: (one.occurrence, one.position)).position
    else:
        return None
    chosen = next((one for one in rest if one.position == wanted), None)
    if chosen is None:
        raise Refused("What is taken out can neither be kept nor be the newer version.", code="bad-answer")
    return chosen


def _pairs(
    says: Says,
    chosen: Member | None,
    together: Sequence[Member],
    apart: Sequence[Member],
    pairs: Sequence[Pair],
    at: dict[int, Member],
) -> Iterator[Said]:
    """Every pair that the question names, and each member with the chosen one."""
    ends = [(at[pair.a], at[pair.b]) for pair in pairs if pair.a in at and pair.b in at]
    if chosen is not None:
        ends += [(one, chosen) for one in (*together, *apart)]
    elif not ends:
        ends = list(combinations(together[:MOST_PAIRS], 2))
    out, done = {one.position for one in apart}, set()
    for one, other in ends:
        key = frozenset((one.position, other.position))
        if key in done:
            continue
        done.add(key)
        if key & out:
            if not key <= out:  # of those taken out nothing is said among each other
                yield Said(one=one, other=other, says=Says.NOT_RELATED)
            continue
        better = chosen if chosen in (one, other) else None
        # Of two older versions it is not said which is newer.
        yield Said(
            one=one,
            other=other,
            says=Says.BOTH_NEEDED if says is Says.NEWER and better is None else says,
            better=better,
        )
