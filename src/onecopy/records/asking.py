"""What a question says: its kind, its words, and the answer that is proposed with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import msgspec

from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Pair, Part, Place
from onecopy.model import LINKABLE, Answer, Evidence, Relation
from onecopy.policy.keep import PREFERENCES, Contender, choose, contender
from onecopy.sayings import Saying, all_of, said, say

_STRONGEST = tuple(Relation)
_KINDS = dict.fromkeys(LINKABLE, Kind.SAME_PHOTOGRAPH) | {
    Relation.EDITED: Kind.CHANGED_COPY,
    Relation.SAME_SCENE: Kind.SAME_SCENE,
}
_NOUNS = {"photo": "photograph", "paper": "document"}
_MOST_REASONS = 6
_KEPT = {one.words: said(f"keep-{one.name}") for one in PREFERENCES}


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
        "proposal": proposal,
        "proposed": proposed,
        "confidence": best.verdict.confidence,
        **_in_words(_title(kind, best, asked), best.verdict.evidence, why),
    }


def _in_words(title: Saying, seen: Evidence, why: Sequence[Saying]) -> dict[str, Any]:
    """Title and reasons in English, and beside them what they say."""
    reasons = {say(one): one for one in (*all_of(seen.said, seen.words), *why)}
    few = dict(islice(reasons.items(), _MOST_REASONS))
    details = msgspec.to_builtins({"title": title, "reasons": list(few.values())})
    return {"title": say(title), "reasons": list(few), "details": {"said": details}}


def _alone(asked: Asked) -> dict[str, Any]:
    """Nothing that may be shown stands beside the upload: another agency holds it, and tells no more."""
    return {
        "kind": Kind.UNCLEAR,
        "relation": None,
        "proposal": Answer.BOTH_NEEDED,
        "proposed": {},
        "confidence": 0.0,
        **_in_words(
            said("held-elsewhere", case=asked.case), Evidence(method="none"), [said("tells-no-more")]
        ),
    }


def strongest(pairs: Sequence[Pair]) -> Pair | None:
    """The pair that a question is named after: the strongest relation, what was compared, the surest."""

    def rank(pair: Pair) -> tuple[int, bool, float, int, int]:
        verdict = pair.verdict
        derived = verdict.evidence.through is not None
        return _STRONGEST.index(verdict.relation), derived, -verdict.confidence, pair.a, pair.b

    return min(pairs, key=rank, default=None)


def _title(kind: Kind, best: Pair, asked: Asked) -> Saying:
    noun = _NOUNS.get(best.verdict.evidence.method, "image")
    copies, case = len(asked.members), asked.case
    waiting = sum(one.role is not Part.EARLIER for one in asked.members)
    match kind:
        case Kind.SAME_PHOTOGRAPH:
            return said(f"copies-{noun}", copies=copies, num=_submissions(asked))
        case Kind.CHANGED_COPY if waiting > 1:
            return said(f"changed-copies-{noun}", num=waiting, case=case)
        case Kind.CHANGED_COPY:
            return said(f"{_change(best, asked)}-{noun}", case=case)
        case Kind.SAME_SCENE:
            return said(f"scene-{noun}", num=copies, case=case)
    if best.verdict.relation in (Relation.SAME_FORM, Relation.DISTINCT):
        return said(f"to-look-at-{noun}", num=copies, case=case)
    if copies > 2:
        return said(f"perhaps-copies-{noun}", copies=copies, case=case)
    return said(f"perhaps-twice-{noun}", case=case)


def _change(best: Pair, asked: Asked) -> str:
    """What the later one of two is to the earlier one."""
    wider = best.verdict.evidence.contains
    if wider is None:
        return "changed-copy"
    later = max((asked.at(best.a), asked.at(best.b)), key=lambda one: (one.role is Part.HELD, one.position))
    is_wider = later.position == (best.a if wider == "a" else best.b)
    return "wider-copy" if is_wider else "crop"


def _submissions(asked: Asked) -> int:
    """How often something was sent: what one sender sent on one day is one submission."""
    there = (asked.occurrences.get(one.occurrence) for one in asked.members)
    return len({(one.uploader, one.source, one.seen_at.date()) for one in there if one is not None})


def _proposal(kind: Kind, best: Pair, asked: Asked) -> tuple[Answer | None, dict[str, Any], Sequence[Saying]]:
    evidence = best.verdict.evidence
    if kind is Kind.SAME_PHOTOGRAPH:
        return _keep(asked)
    if kind is Kind.SAME_SCENE:
        return Answer.BOTH_NEEDED, {}, (said("different-captures"),)
    if kind is not Kind.CHANGED_COPY:
        return None, {}, ()
    if evidence.contains is not None:
        wider = best.a if evidence.contains == "a" else best.b
        return _same(wider, asked), {"keep": wider}, (said("shows-more"),)
    if evidence.method == "paper":
        newer = max(best.a, best.b, key=lambda one: asked.at(one).occurrence)
        return Answer.NEWER_VERSION_OF, {"newer": newer}, (said("next-version"),)
    return Answer.BOTH_NEEDED, {}, (said("content-differs"),)


def _keep(asked: Asked) -> tuple[Answer | None, dict[str, Any], Sequence[Saying]]:
    """Which of some copies is the best, by the rules of :mod:`onecopy.policy.keep`."""
    named = {one.position: _contender(one, asked) for one in asked.members if one.place in asked.images}
    if not named:
        return None, {}, ()
    kept, reasons = choose(_marked(named, asked.pairs).values())
    position = next(position for position, one in named.items() if one.locator == kept.locator)
    return _same(position, asked), {"keep": position}, [_KEPT[words] for words in reasons]


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
