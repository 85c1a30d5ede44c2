"""What is decided already of an upload's questions, before any pixel is looked at."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from sqlalchemy import Connection

from onecopy.catalog import verdicts
from onecopy.catalog.images import StoredImage
from onecopy.model import Relation, Verdict
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.gate.compare import Key, Question
from onecopy.records.ambiguous import ambiguous
from onecopy.verify.interface import VERIFY_VERSION

Held = Mapping[tuple[int, int], Verdict]
"""What is known of images that came before, by their numbers in the order of the catalog's verdicts."""

_MINE = 0
"""Stands for the upload's image among the catalog's numbers, which begin at 1."""
_TOGETHER = 500


def answered(
    connection: Connection, given: Mapping[Key, Verdict], questions: Iterable[Question]
) -> dict[Key, Verdict]:
    """The verdicts there are: by digest, by the pixels a moment ago, or by the pixels some other day.

    Args:
        connection: Of the catalog.
        given: What the pixels said a moment ago.
        questions: All of them; those without a verdict are left out of what is returned.

    Returns:
        By question.
    """
    found = dict(given)
    stored: dict[tuple[int, int], Question] = {}
    for question in questions:
        verdict = by_digest(question.mine.fingerprint, question.earlier.fingerprint)
        if verdict is not None:
            found[question.key] = verdict
        elif question.key not in found and question.mine.id:
            stored[pair(question.mine, question.earlier)] = question
    for ids, verdict in verdicts.known(connection, stored, version=VERIFY_VERSION):
        found[stored[ids].key] = verdict
    return found


def among(connection: Connection, questions: Iterable[Question]) -> Held:
    """What the catalog says of the earlier images among each other, as far as one question names both."""
    found: dict[tuple[int, int], Verdict] = {}
    for ids in _portions(questions):
        found |= verdicts.among(connection, ids, version=VERIFY_VERSION)
    return found


def _portions(questions: Iterable[Question]) -> Iterator[set[int]]:
    ids: set[int] = set()
    for _, together in groupby(questions, key=lambda question: question.position):
        more = {question.earlier.id for question in together}
        if len(more) > 1:
            ids |= more
        if len(ids) >= _TOGETHER:
            yield ids
            ids = set()
    if ids:
        yield ids


def contradicted(
    found: Mapping[Key, Verdict], questions: Iterable[Question], held: Held
) -> dict[Key, Verdict]:
    """The verdicts that contradict each other: an image that agrees with two that are known to differ.

    Returns:
        For each of them `unclear`, by question.
    """
    linked = [one for one in questions if one.key in found and found[one.key].relation is Relation.SAME_IMAGE]
    unclear: dict[Key, Verdict] = {}
    for _, group in groupby(linked, key=lambda question: question.position):
        ours = {(_MINE, question.earlier.id): question.key for question in group}
        numbers = {number for _, number in ours}
        said = {ids: one for ids, one in held.items() if numbers.issuperset(ids)}
        said |= {ids: found[key] for ids, key in ours.items()}
        unclear |= {ours[ids]: one for ids, one in ambiguous(said).items() if ids in ours}
    return unclear


def pair(one: StoredImage, other: StoredImage) -> tuple[int, int]:
    """The numbers of two images in the order of the catalog's verdicts."""
    a, b = verdicts.ordered(one, other)
    return a.id, b.id
