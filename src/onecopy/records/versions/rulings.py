"""What people decided of the documents in a case, in the form that the rules go by.

A conflict's answer is kept as it was given. An answer to another question about two images says something of
their documents, too: that one is newer, or that both are needed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from onecopy.catalog import judgements
from onecopy.catalog import versions as kept
from onecopy.catalog.judgements import Judgement, Says
from onecopy.catalog.questions import Place
from onecopy.records.versions.load import Gathered
from onecopy.records.versions.model import ConflictKind, Ruling, Side, Version
from onecopy.records.versions.units import member


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A ruling, who gave it, and when."""

    ruling: Ruling
    by: str
    at: datetime


def decided(connection: Connection, agency: str, case_id: str, gathered: Gathered) -> list[Decided]:
    """All that bears on some documents, the oldest first."""
    found = [_of_conflict(one) for one in kept.rulings(connection, agency, case_id)]
    places = [(image.content, image.inner) for image in gathered.images.values()]
    for said in judgements.among(connection, agency, places).values():
        found += _of_judgement(said)
    return sorted(found, key=lambda one: one.at)


def _of_conflict(one: kept.Ruled) -> Decided:
    sides = tuple(frozenset((content, inner, plain) for content, inner, plain in side) for side in one.sides)
    ruling = Ruling(kind=ConflictKind(one.kind), sides=sides, current=one.current)
    return Decided(ruling=ruling, by=one.by, at=one.at)


def _of_judgement(said: Judgement) -> Iterator[Decided]:
    if said.says is Says.SAME:
        return  # a tie of the two images, which comes with what was gathered
    current = None
    if said.says is Says.NEWER and said.better is not None:
        current = 0 if said.better == said.one else 1
    ruling = Ruling(kind=ConflictKind.VERSIONS, sides=(_side(said.one), _side(said.other)), current=current)
    if len(set(ruling.sides)) == 2:
        yield Decided(ruling=ruling, by=said.by, at=said.at)


def _side(place: Place) -> Side:
    content, inner = place
    return frozenset({(content, member(inner), "")})


def plain(sides: Iterable[Side]) -> list[list[list[str]]]:
    """Sides as they are kept."""
    return [[list(part) for part in sorted(side)] for side in sides]


def deciding(version: Version, found: Iterable[Decided]) -> Decided | None:
    """Who put a version where it is: the last that chose it."""
    last = None
    for one in found:
        if any(one.ruling.meets(side, version.key) for side in one.ruling.chosen):
            last = one
    return last
