"""Copies of one picture as one: what is linked already needs no second look, and no second card."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from onecopy.catalog.questions import Pair, Part
from onecopy.model import Relation, Verdict
from onecopy.records.versions.load import ties
from onecopy.records.versions.same import fold
from onecopy.service.pages.desk.shots import Shot

_STRONGEST = tuple(Relation)


def stacked(
    connection: Connection, agency: str, shots: Sequence[Shot], pairs: Sequence[Pair], *, keep: int | None
) -> tuple[Shot, ...]:
    """The shots, those that were there before and are one picture folded under one of them.

    An upload that waits is never folded, whatever it is: it is what people are asked about.

    Args:
        connection: Of any transaction.
        agency: Whose question it is.
        shots: Of its members.
        pairs: What is known of them. Of a stack the one on top is what was compared itself.
        keep: The position of the one that would be kept; it is always on top.
    """
    home = _homes(connection, agency, shots)
    stacks: dict[object, list[Shot]] = {}
    for shot in shots:
        earlier = shot.image is not None and shot.part is Part.EARLIER
        key: object = ("one", home[shot.image.id]) if earlier and shot.image else ("own", shot.position)
        stacks.setdefault(key, []).append(shot)
    tops = (_top(stack, pairs, keep) for stack in stacks.values())
    return tuple(tops)


def _homes(connection: Connection, agency: str, shots: Sequence[Shot]) -> Mapping[int, int]:
    """For every image the one that stands for all that are the same."""
    images = {shot.image.id: shot.image for shot in shots if shot.image is not None}
    if len(images) < 2:
        return {number: number for number in images}
    return fold(images, ties(connection, agency, images))


def _top(stack: Sequence[Shot], pairs: Sequence[Pair], keep: int | None) -> Shot:
    if len(stack) == 1:
        return stack[0]

    def rank(shot: Shot) -> tuple[bool, tuple[bool, int, float], int]:
        return shot.position != keep, _nearest(shot.position, pairs), shot.position

    top = min(stack, key=rank)
    return replace(top, copies=tuple(shot for shot in stack if shot is not top))


def _nearest(position: int, pairs: Sequence[Pair]) -> tuple[bool, int, float]:
    ranks = (nearness(pair.verdict) for pair in pairs if position in (pair.a, pair.b))
    return min(ranks, default=(True, len(_STRONGEST), 0.0))


def nearness(verdict: Verdict) -> tuple[bool, int, float]:
    """What is worth looking at first: what was compared itself, the strongest relation, the surest."""
    return verdict.evidence.through is not None, _STRONGEST.index(verdict.relation), -verdict.confidence
