"""Which of many near copies an upload is compared with, and what that says of the others.

Copies of one image that came before form stars: one in the middle, and around it those whose pixels were
compared with that very one and found to be the same image. An upload is compared with the middle, and with
the most detailed of the others: those with the finest pixels and with the most bytes. Where all of these say
the same, it holds for the rest of the star. Otherwise every one is compared.

A verdict that is derived so decides nothing: what links an upload is what its own pixels showed beside the
middle. That is why stars are made among the upload's own case, and among all others, apart from each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from onecopy.catalog.images import StoredImage
from onecopy.model import LINKABLE, Evidence, Relation, Verdict
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.gate.answers import Held
from onecopy.pipelines.gate.compare import Key, Question
from onecopy.policy.rules import SURE
from onecopy.sayings import said, told

THROUGH = "through"
"""The method of evidence that was derived."""

_CARRIED = frozenset({Relation.EDITED, Relation.SAME_SCENE})
_SAID = told(said("not-compared-itself"))


@dataclass(slots=True)
class _Node:
    """An earlier image, and those that equal it by digest: what holds for it holds for them."""

    question: Question
    twins: list[Question] = field(default_factory=list)


@dataclass(slots=True)
class _Star:
    middle: _Node
    others: list[tuple[_Node, Verdict]]
    """The same image as the middle, as their pixels showed."""


def follow(
    questions: Iterable[Question],
    answers: Mapping[Key, Verdict],
    held: Held,
    here: Callable[[Question], bool],
) -> tuple[dict[Key, Verdict], list[Question]]:
    """Derive what follows from the answers there are, and say what is to be asked next.

    Args:
        questions: All of an upload's.
        answers: What is known of them.
        held: What is known of the earlier images among each other.
        here: Whether an earlier image is in the upload's own case.

    Returns:
        Verdicts of questions that have no answer, and the questions that need one. Once those are answered,
        there may be more.
    """
    derived: dict[Key, Verdict] = {}
    left: list[Question] = []

    def place(question: Question) -> tuple[int, bool]:
        return question.position, not here(question)

    for _, together in groupby(sorted(questions, key=place), key=place):
        for star in _stars(_nodes(together), held):
            follows = {key: one for key, one in _derived(star, answers) if key not in answers}
            derived |= follows
            wanted = (node.question for node in _next(star, answers))
            left += [one for one in wanted if one.key not in answers and one.key not in follows]
    return derived, left


def _nodes(questions: Iterable[Question]) -> list[_Node]:
    """The most detailed first."""
    nodes: list[_Node] = []
    for question in sorted(questions, key=lambda one: _poorness(one.earlier)):
        mine = question.earlier.fingerprint
        equal = (node for node in nodes if by_digest(mine, node.question.earlier.fingerprint) is not None)
        node = next(equal, None)
        if node is None:
            nodes.append(_Node(question))
        else:
            node.twins.append(question)
    return nodes


def _poorness(one: StoredImage) -> tuple[int, bool, float, int, str, str]:
    seen = one.fingerprint
    coarse = seen.quantisation or 0.0
    return -seen.width * seen.height, not seen.lossless, coarse, -seen.byte_size, one.content, one.inner


def _stars(nodes: Sequence[_Node], held: Held) -> list[_Star]:
    """Every node is in one star, which may be alone. Those with the most around them come first."""
    linked: dict[int, dict[int, Verdict]] = {at: {} for at in range(len(nodes))}
    differ: set[frozenset[int]] = set()
    at = {node.question.earlier.id: place for place, node in enumerate(nodes)}
    for (a, b), verdict in held.items():
        if a not in at or b not in at:
            continue
        if _links(verdict):
            linked[at[a]][at[b]] = linked[at[b]][at[a]] = verdict
        elif verdict.relation not in LINKABLE and verdict.relation is not Relation.UNCLEAR:
            differ.add(frozenset((at[a], at[b])))
    stars = []
    left = set(linked)
    while left:
        middle = min(left, key=lambda one: (-len(left & linked[one].keys()), one))
        others: list[int] = []
        for one in sorted(left & linked[middle].keys()):
            if not any(frozenset((one, other)) in differ for other in others):
                others.append(one)
        stars.append(_Star(nodes[middle], [(nodes[one], linked[middle][one]) for one in others]))
        left -= {middle, *others}
    return stars


def _links(verdict: Verdict) -> bool:
    return verdict.relation in LINKABLE and verdict.confidence >= SURE


def _witnesses(star: _Star) -> list[_Node]:
    """Of the others, the one with the finest pixels and the one with the most bytes: often the same.

    What was enlarged has fine pixels, but seldom many bytes.
    """
    nodes = [node for node, _ in star.others]
    most = max(nodes, key=lambda node: (node.question.earlier.fingerprint.byte_size, node.question.key))
    return [nodes[0]] if most is nodes[0] else [nodes[0], most]


def _asked_first(star: _Star) -> list[_Node]:
    return [star.middle, *_witnesses(star)] if star.others else [star.middle]


def _next(star: _Star, answers: Mapping[Key, Verdict]) -> Iterator[_Node]:
    """Who is asked: the middle and the witnesses; all others once these do not say the same."""
    first = _asked_first(star)
    yield from first
    if all(node.question.key in answers for node in first):
        yield from (node for node, _ in star.others)


def _derived(star: _Star, answers: Mapping[Key, Verdict]) -> Iterator[tuple[Key, Verdict]]:
    said = [answers.get(node.question.key) for node in _asked_first(star)]
    whole = [one for one in said if one is not None]
    if len(whole) == len(said) and _agree(whole):
        relation = Relation.SAME_IMAGE if _links(whole[0]) else whole[0].relation
        for node, verdict in star.others:
            sure = min(verdict.confidence, *(one.confidence for one in whole))
            for one in (node.question, *node.twins):
                yield one.key, _through(star.middle.question, relation, sure)
    for node in (star.middle, *(node for node, _ in star.others)):
        own = answers.get(node.question.key)
        if own is not None:
            for twin in node.twins:
                yield twin.key, _through(node.question, own.relation, own.confidence)


def _agree(said: Sequence[Verdict]) -> bool:
    if all(map(_links, said)):
        return True
    return said[0].relation in _CARRIED and len({one.relation for one in said}) == 1


def _through(question: Question, relation: Relation, confidence: float) -> Verdict:
    seen = question.earlier
    evidence = Evidence(method=THROUGH, **_SAID, through=f"sha256:{seen.content}{seen.inner}")
    return Verdict(relation=relation, confidence=confidence, evidence=evidence)
