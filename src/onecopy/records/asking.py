"""What a question says: its kind, its words, and the answer that is proposed with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Pair, Part, Place
from onecopy.model import LINKABLE, Answer, Relation
from onecopy.policy.keep import Contender, choose, contender

_STRONGEST = tuple(Relation)
_KINDS = dict.fromkeys(LINKABLE, Kind.SAME_PHOTOGRAPH) | {
    Relation.EDITED: Kind.CHANGED_COPY,
    Relation.SAME_SCENE: Kind.SAME_SCENE,
}
_NOUNS = {"photo": "photograph", "paper": "document"}
_MOST_REASONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The members of a question, and all that is known of them."""

    case: str
    members: Sequence[Member]
    pairs: Sequence[Pair]
    occurrences: Mapping[int, Occurrence]
    images: Mapping[Place, StoredImage] = field(default_factory=dict)

    def at(self, position: int) -> Member:
        """The member at a position."""
        return next(one for one in self.members if one.position == position)


def compose(asked: Asked) -> dict[str, Any]:
    """The columns of a question that follow from its members."""
    best = strongest(asked.pairs)
    if best is None:
        return _alone(asked)
    kind = _KINDS.get(best.verdict.relation, Kind.UNCLEAR)
    proposal, proposed, why = _proposal(kind, best, asked)
    return {
        "kind": kind,
        "relation": str(best.verdict.relation),
        "title": _title(kind, best, asked),
        "proposal": proposal,
        "proposed": proposed,
        "reasons": list(dict.fromkeys([*best.verdict.evidence.words, *why]))[:_MOST_REASONS],
        "confidence": best.verdict.confidence,
    }


def _alone(asked: Asked) -> dict[str, Any]:
    """Nothing that may be shown stands beside the upload: another agency holds it, and tells no more."""
    return {
        "kind": Kind.UNCLEAR,
        "relation": None,
        "title": f"A picture in case {asked.case} that another agency holds, too",
        "proposal": Answer.BOTH_NEEDED,
        "proposed": {},
        "reasons": ["The other agency agreed to tell no more than that it holds such a picture."],
        "confidence": 0.0,
    }


def strongest(pairs: Sequence[Pair]) -> Pair | None:
    """The pair that a question is named after: the strongest relation, what was compared, the surest."""

    def rank(pair: Pair) -> tuple[int, bool, float, int, int]:
        verdict = pair.verdict
        derived = verdict.evidence.through is not None
        return _STRONGEST.index(verdict.relation), derived, -verdict.confidence, pair.a, pair.b

    return min(pairs, key=rank, default=None)


def _title(kind: Kind, best: Pair, asked: Asked) -> str:
    noun = _NOUNS.get(best.verdict.evidence.method, "image")
    copies, where = len(asked.members), f"in case {asked.case}"
    waiting = sum(one.role is not Part.EARLIER for one in asked.members)
    article = "an" if noun == "image" else "a"
    match kind:
        case Kind.SAME_PHOTOGRAPH:
            return f"The same {noun}, {copies} copies in {_submissions(asked)}"
        case Kind.CHANGED_COPY if waiting > 1:
            return f"{_number(waiting).capitalize()} changed copies of {article} {noun} {where}"
        case Kind.CHANGED_COPY:
            return f"{_change(best, asked)} of {article} {noun} {where}"
        case Kind.SAME_SCENE:
            return f"{_number(copies).capitalize()} {noun}s of one scene {where}"
    if best.verdict.relation in (Relation.SAME_FORM, Relation.DISTINCT):
        return f"{_number(copies).capitalize()} {noun}s {where} that somebody is to look at"
    if copies > 2:
        return f"Perhaps the same {noun}, {copies} copies {where}"
    return f"Perhaps the same {noun} twice {where}"


def _change(best: Pair, asked: Asked) -> str:
    """What the later one of two is to the earlier one."""
    wider = best.verdict.evidence.contains
    if wider is None:
        return "A changed copy"
    later = max((asked.at(best.a), asked.at(best.b)), key=lambda one: (one.role is Part.HELD, one.position))
    is_wider = later.position == (best.a if wider == "a" else best.b)
    return "A wider copy" if is_wider else "A crop"


def _submissions(asked: Asked) -> str:
    """How often something was sent: what one sender sent on one day is one submission."""
    there = (asked.occurrences.get(one.occurrence) for one in asked.members)
    number = len({(one.uploader, one.source, one.seen_at.date()) for one in there if one is not None})
    return "one submission" if number == 1 else f"{number} submissions"


def _number(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)


def _proposal(kind: Kind, best: Pair, asked: Asked) -> tuple[Answer | None, dict[str, Any], Sequence[str]]:
    evidence = best.verdict.evidence
    if kind is Kind.SAME_PHOTOGRAPH:
        return _keep(asked)
    if kind is Kind.SAME_SCENE:
        return Answer.BOTH_NEEDED, {}, ("They are different captures: each is evidence by itself.",)
    if kind is not Kind.CHANGED_COPY:
        return None, {}, ()
    if evidence.contains is not None:
        wider = best.a if evidence.contains == "a" else best.b
        return _same(wider, asked), {"keep": wider}, ("One shows all that the other shows, and more.",)
    if evidence.method == "paper":
        newer = max(best.a, best.b, key=lambda one: asked.at(one).occurrence)
        return Answer.NEWER_VERSION_OF, {"newer": newer}, ("A page that changed is likely its next version.",)
    return Answer.BOTH_NEEDED, {}, ("Content differs, and the difference may be what matters.",)


def _keep(asked: Asked) -> tuple[Answer | None, dict[str, Any], Sequence[str]]:
    """Which of some copies is the best, by the rules of :mod:`onecopy.policy.keep`."""
    named = {one.position: _contender(one, asked) for one in asked.members if one.place in asked.images}
    if not named:
        return None, {}, ()
    kept, reasons = choose(_marked(named, asked.pairs).values())
    position = next(position for position, one in named.items() if one.locator == kept.locator)
    return _same(position, asked), {"keep": position}, reasons


def _contender(one: Member, asked: Asked) -> Contender:
    occurrence = asked.occurrences[one.occurrence]
    locator = f"{one.position:06d}{one.inner}"
    seen_at = occurrence.seen_at.timestamp()
    return contender(asked.images[one.place].fingerprint, locator, seen_at=seen_at)


def _marked(named: Mapping[int, Contender], pairs: Sequence[Pair]) -> dict[int, Contender]:
    """The copies, those marked of which the pixels say that another is likelier the original."""
    poorer = {
        pair.b if pair.verdict.evidence.original == "a" else pair.a
        for pair in pairs
        if pair.verdict.relation in LINKABLE and pair.verdict.evidence.original is not None
    }
    return {at: replace(one, poorer=True) if at in poorer else one for at, one in named.items()}


def _same(kept: int, asked: Asked) -> Answer:
    """On the left is what was there first."""
    first = min(one.position for one in asked.members)
    return Answer.SAME_KEEP_LEFT if kept == first else Answer.SAME_KEEP_RIGHT
