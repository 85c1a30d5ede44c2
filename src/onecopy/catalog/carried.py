"""What was seen of images, carried over when their contents are read anew.

Another version of the fingerprint replaces the rows of images, and they get other numbers. What was seen of
their pixels holds all the same: a case would come apart, and its questions with it, if that were lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from onecopy.catalog.batches import batches
from onecopy.catalog.schema import image, verdict

Place = tuple[str, str, int, int]
"""Content, place inside and size in pixels: an image that is there again is the same one."""
Carried = tuple[Mapping[int, Place], Sequence[Mapping[str, Any]]]
"""The images as they were numbered, and the verdicts that name any of them."""


def taken(connection: Connection, contents: Sequence[str]) -> Carried:
    """What is known of the images of some contents, before their rows are replaced; 500 contents at most."""
    places = _places(connection, contents)
    seen: dict[tuple[int, int], Mapping[str, Any]] = {}
    for batch in batches(places):
        query = select(verdict).where(or_(verdict.c.a.in_(batch), verdict.c.b.in_(batch)))
        seen |= {(row["a"], row["b"]): row for row in connection.execute(query).mappings()}
    return places, tuple(seen.values())


def given_back(connection: Connection, contents: Sequence[str], before: Carried) -> None:
    """Put back what was taken, under the numbers that the images have now; what is gone is left out."""
    places, seen = before
    if not seen:
        return
    now = {place: number for number, place in _places(connection, contents).items()}
    rows = list(_renumbered(seen, places, {number: now.get(place) for number, place in places.items()}))
    if rows:
        connection.execute(insert(verdict), rows)


def _places(connection: Connection, contents: Sequence[str]) -> dict[int, Place]:
    query = select(image.c.id, image.c.content, image.c.inner, image.c.width, image.c.height)
    rows = connection.execute(query.where(image.c.content.in_(contents)))
    return {row.id: (row.content, row.inner, row.width, row.height) for row in rows}


def _renumbered(
    seen: Sequence[Mapping[str, Any]], places: Mapping[int, Place], new: Mapping[int, int | None]
) -> Iterator[dict[str, Any]]:
    for row in seen:
        a, b = (new[number] if number in places else number for number in (row["a"], row["b"]))
        if a is not None and b is not None:
            yield {**row, "a": a, "b": b}
