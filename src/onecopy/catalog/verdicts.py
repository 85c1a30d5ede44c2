"""Verdicts on pairs of images, kept so that no pair is verified twice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, tuple_

from onecopy.catalog import rows
from onecopy.catalog.batches import batches, insert_or_update, many
from onecopy.catalog.images import StoredImage
from onecopy.catalog.schema import verdict
from onecopy.model import LINKABLE, Relation, Verdict


def ordered(one: StoredImage, other: StoredImage) -> tuple[StoredImage, StoredImage]:
    """Which of a pair is A and which is B.

    By what they are, not by their numbers, so that two catalogs say the same of the same files. Evidence
    speaks of A and B, so verify and store every pair in this order.
    """
    return (one, other) if (one.content, one.inner) <= (other.content, other.inner) else (other, one)


def record(connection: Connection, found: Mapping[tuple[int, int], Verdict], *, version: int) -> None:
    """Remember verdicts by (A, B), instead of those of another version of the verification."""
    values = [
        {"a": a, "b": b, "verify_version": version, **rows.from_verdict(one)}
        for (a, b), one in sorted(
            found.items(), key=lambda item: item[0]
        )  # two writers of the same pairs meet them in one order
    ]
    insert_or_update(connection, verdict, values)


def known(
    connection: Connection, pairs: Iterable[tuple[int, int]], *, version: int | None
) -> Iterator[tuple[tuple[int, int], Verdict]]:
    """The stored verdicts of some pairs (A, B), of this version, or with ``None`` of any."""
    key = tuple_(verdict.c.a, verdict.c.b)
    for batch in batches(pairs):
        query = select(verdict).where(key.in_(batch))
        if version is not None:
            query = query.where(verdict.c.verify_version == version)
        for row in connection.execute(query).mappings():
            yield (row["a"], row["b"]), rows.to_verdict(row)


def among(
    connection: Connection, ids: Iterable[int], *, version: int
) -> Iterator[tuple[tuple[int, int], Verdict]]:
    """The stored verdicts between any two of some images; a few hundred at most."""
    numbers = list(ids)
    both = verdict.c.a.in_(numbers) & verdict.c.b.in_(numbers)
    query = select(verdict).where(verdict.c.verify_version == version, both)
    for row in connection.execute(query).mappings():
        yield (row["a"], row["b"]), rows.to_verdict(row)


class Seen(NamedTuple):
    """A verdict in short; much quicker to read than its evidence."""

    a: int
    b: int
    relation: Relation
    confidence: float
    method: str
    contains: str | None


_SEEN = (
    verdict.c.a,
    verdict.c.b,
    verdict.c.relation,
    verdict.c.confidence,
    *(verdict.c.evidence[name].as_string() for name in ("method", "contains")),
)
_DISTINCT = str(Relation.DISTINCT)
_AMONG = {
    distinct: select(*_SEEN).where(
        verdict.c.a.in_(many("ids")),
        verdict.c.relation == _DISTINCT if distinct else verdict.c.relation != _DISTINCT,
    )
    for distinct in (False, True)
}


def beside(connection: Connection, ids: Iterable[int]) -> Iterator[Seen]:
    """What was seen of some images beside whatever others, unless that was nothing; by any version."""
    for batch in batches(ids):
        for mine in (verdict.c.a, verdict.c.b):
            query = select(*_SEEN).where(mine.in_(batch), verdict.c.relation != _DISTINCT)
            for row in connection.execute(query, execution_options={"yield_per": 1000}):
                yield _seen(row)


def seen_among(connection: Connection, ids: Iterable[int]) -> Iterator[Seen]:
    """What was seen of images among each other, however many, by any version of the verification.

    What is known of an agency's records does not go away because pixels are compared in a better way now.
    That two are distinct is said only of those that are the same image as any.
    """
    every = set(ids)
    linked: set[int] = set()
    for one in _among(connection, every, distinct=False):
        if one.relation in LINKABLE:
            linked |= {one.a, one.b}
        yield one
    yield from _among(connection, linked, distinct=True)


def _among(connection: Connection, every: set[int], *, distinct: bool) -> Iterator[Seen]:
    for batch in batches(sorted(every)):
        for row in connection.execute(
            _AMONG[distinct], {"ids": batch}, execution_options={"yield_per": 1000}
        ):
            if row[1] in every:
                yield _seen(row)


def _seen(row: Sequence[Any]) -> Seen:
    return Seen(row[0], row[1], Relation(row[2]), row[3], row[4], row[5])


def of_images(
    connection: Connection, ids: Iterable[int], *, version: int, most: int
) -> Iterator[tuple[tuple[int, int], Verdict]]:
    """The stored verdicts that some images are in, the surest first, without those of distinct ones."""
    left = most
    for batch in batches(sorted(ids)):
        of_these = verdict.c.a.in_(batch) | verdict.c.b.in_(batch)
        query = select(verdict).where(of_these, verdict.c.verify_version == version)
        query = query.where(verdict.c.relation != str(Relation.DISTINCT))
        query = query.order_by(verdict.c.confidence.desc(), verdict.c.a, verdict.c.b).limit(left)
        for row in connection.execute(query).mappings():
            left -= 1
            yield (row["a"], row["b"]), rows.to_verdict(row)


def partners(
    connection: Connection, ids: Iterable[int], *, version: int, at_least: float, most: int
) -> list[int]:
    """The images that most of some others were found to be the same image as, by their pixels.

    Args:
        connection: Of any transaction.
        ids: Those others; a few hundred at most. None of them is returned.
        version: Of the verification.
        at_least: The confidence from which a verdict counts.
        most: How many are returned.
    """
    numbers = list(ids)
    counts: Counter[int] = Counter()
    for mine, other in ((verdict.c.a, verdict.c.b), (verdict.c.b, verdict.c.a)):
        query = select(other, func.count()).where(
            mine.in_(numbers),
            other.not_in(numbers),
            verdict.c.verify_version == version,
            verdict.c.relation == str(Relation.SAME_IMAGE),
            verdict.c.confidence >= at_least,
        )
        for number, count in connection.execute(query.group_by(other)):
            counts[number] += count
    return [number for number, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]]
