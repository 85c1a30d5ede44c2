"""An image that agrees with two images known to differ is linked to neither.

A small copy of one exposure can agree with the next exposure, too: what tells them apart is lost in it.
Each comparison alone would link it; together they show that neither may.
"""

from collections import defaultdict
from collections.abc import Mapping

from onecopy.model import LINKABLE, Evidence, Relation, Verdict
from onecopy.sayings import all_of, english, said

Pair = tuple[int, int]

_DIFFERENT = frozenset(Relation) - LINKABLE - {Relation.UNCLEAR}
_CONFIDENCE = 0.9
_WHY = said("agrees-with-both")


def ambiguous(verdicts: Mapping[Pair, Verdict]) -> dict[Pair, Verdict]:
    """Find `same-image` verdicts that contradict each other.

    Args:
        verdicts: By pair of images, in one order or the other.

    Returns:
        For each such pair a verdict `unclear`, with the evidence of the comparison and the reason.
    """
    different = {frozenset(pair) for pair, one in verdicts.items() if one.relation in _DIFFERENT}
    linked: dict[int, list[Pair]] = defaultdict(list)
    for pair, verdict in verdicts.items():
        if verdict.relation is Relation.SAME_IMAGE:
            for image in pair:
                linked[image].append(pair)
    found: dict[Pair, Verdict] = {}
    for image, pairs in linked.items():
        others = {pair: pair[0] if pair[1] == image else pair[1] for pair in pairs}
        for pair, other in others.items():
            if any(frozenset((other, third)) in different for third in others.values() if third != other):
                found[pair] = _unclear(verdicts[pair])
    return found


def _unclear(verdict: Verdict) -> Verdict:
    evidence = verdict.evidence
    said = Evidence(
        method=evidence.method,
        words=(*evidence.words, *english([_WHY])),
        said=(*all_of(evidence.said, evidence.words), _WHY),
        transform=evidence.transform,
        turned=evidence.turned,
        overlap_a=evidence.overlap_a,
        overlap_b=evidence.overlap_b,
        measures=evidence.measures,
    )
    return Verdict(relation=Relation.UNCLEAR, confidence=_CONFIDENCE, evidence=said)
