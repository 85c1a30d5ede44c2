"""Judgements: what people said of two images, for good. Whoever sends them again is not asked again.

A pair is named by what its images are (content and place inside) and by the agency whose people decided: the
same bytes in another occurrence are the same pair, and another agency's judgement is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from onecopy.catalog.batches import batches, insert_missing, many
from onecopy.catalog.questions import Place
from onecopy.catalog.schema import answer, judgement


class Says(StrEnum):
    """What two images are to people."""

    SAME = "same"
    NEWER = "newer"
    BOTH_NEEDED = "both-needed"
    NOT_RELATED = "not-related"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was said of a pair. ``better`` is the one that is kept, or newer, if one is."""

    one: Place
    other: Place
    says: Says
    answer: int
    """The catalog's number of the answer that said so."""
    better: Place | None = None
    at: datetime
    by: str = ""


def _key(one: Place, other: Place) -> tuple[Place, Place]:
    return (one, other) if one <= other else (other, one)


def add_all(connection: Connection, agency: str, found: Iterable[Judgement]) -> None:
    """Remember judgements; a pair that was judged before stays as it was."""
    insert_missing(connection, judgement, [_row(agency, one) for one in found])


def _row(agency: str, one: Judgement) -> dict[str, Any]:
    a, b = _key(one.one, one.other)
    better = None if one.better is None else ("a" if one.better == a else "b")
    pair = {"a_content": a[0], "a_inner": a[1], "b_content": b[0], "b_inner": b[1]}
    return pair | {
        "agency": agency, "says": str(one.says), "better": better, "answer": one.answer, "at": one.at
    }  # fmt: skip


_WITH_ANSWER = (
    select(judgement, answer.c.by)
    .join(answer, answer.c.id == judgement.c.answer)
    .where(judgement.c.agency == bindparam("agency"))
)
_OF_A = _WITH_ANSWER.where(judgement.c.a_content.in_(many("contents")))
_OF_B = _WITH_ANSWER.where(
    judgement.c.b_content.in_(many("contents")), judgement.c.a_content.not_in(many("contents"))
)


def of(connection: Connection, agency: str, contents: Iterable[str]) -> Iterator[Judgement]:
    """All that an agency's people said of images in some contents, beside whatever others."""
    for batch in batches(contents):
        for query in (_OF_A, _OF_B):  # each by an index of its own: together they would have none
            for row in connection.execute(query, {"agency": agency, "contents": batch}).mappings():
                yield _judgement(row)


def of_answer(connection: Connection, id: int) -> list[Judgement]:
    """What one answer said of pairs."""
    query = select(judgement, answer.c.by).join(answer, answer.c.id == judgement.c.answer)
    keys = (judgement.c.a_content, judgement.c.a_inner, judgement.c.b_content, judgement.c.b_inner)
    query = query.where(judgement.c.answer == id).order_by(*keys)
    return [_judgement(row) for row in connection.execute(query).mappings()]


def between(
    connection: Connection, agency: str, one: Iterable[Place], others: Iterable[Place]
) -> dict[tuple[Place, Place], Judgement]:
    """What an agency's people said of pairs with one image here and one there, by pair in both orders."""
    these, those = set(one), set(others)
    found: dict[tuple[Place, Place], Judgement] = {}
    for said in of(connection, agency, {content for content, _ in these}):
        for x, y in ((said.one, said.other), (said.other, said.one)):
            if x in these and y in those:
                found[x, y] = found[y, x] = said
    return found


def among(connection: Connection, agency: str, places: Iterable[Place]) -> dict[frozenset[Place], Judgement]:
    """What an agency's people said of some images among each other."""
    every = list(places)
    found = between(connection, agency, every, every)
    return {frozenset(pair): said for pair, said in found.items()}


def remove_of(connection: Connection, answer: int) -> None:
    """Forget what an answer said, as it is taken back."""
    connection.execute(delete(judgement).where(judgement.c.answer == answer))


def _judgement(row: Mapping[Any, Any]) -> Judgement:
    a, b = (row["a_content"], row["a_inner"]), (row["b_content"], row["b_inner"])
    return Judgement(
        one=a,
        other=b,
        says=Says(row["says"]),
        answer=row["answer"],
        better={"a": a, "b": b, None: None}[row["better"]],
        at=row["at"],
        by=row["by"],
    )
