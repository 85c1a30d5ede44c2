"""What is decided already of an upload's questions, before any pixel is looked at."""

from collections.abc import Iterable, Mapping
from itertools import combinations, groupby

from sqlalchemy import Connection

from onecopy.catalog import verdicts
from onecopy.catalog.images import StoredImage
from onecopy.model import Relation, Verdict
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.gate.compare import Key, Question
from onecopy.records.ambiguous import ambiguous
from onecopy.verify.interface import VERIFY_VERSION

_MINE = 0
"""Stands for the upload's image among the catalog's numbers, which begin at 1."""


def answered(
    connection: Connection, given: Mapping[Key, Verdict], questions: Iterable[Question]
) -> dict[Key, Verdict]:
    """The verdicts there are: by digest, by the pixels a moment ago, or by the pixels some other day.

    Args:
        connection: Of the catalog.
        given: What the pixels said a moment ago.
        questions: All of them; those without a verdict are left out of what is returned.

    Returns:
        By question. One image that agrees with two that are known to differ is `unclear` to both.
    """
    questions = list(questions)
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
    return found | _ambiguous(connection, found, questions)


def _ambiguous(
    connection: Connection, found: Mapping[Key, Verdict], questions: Iterable[Question]
) -> dict[Key, Verdict]:
    """The verdicts that contradict each other; what the catalog says of the earlier ones shows it."""
    linked = [one for one in questions if one.key in found and found[one.key].relation is Relation.SAME_IMAGE]
    contradicted: dict[Key, Verdict] = {}
    for _, group in groupby(linked, key=lambda question: question.position):
        earlier = {question.earlier.id: question for question in group}
        ours = {(_MINE, number): question.key for number, question in earlier.items()}
        said = {ids: found[key] for ids, key in ours.items()}
        pairs = [pair(one.earlier, other.earlier) for one, other in combinations(earlier.values(), 2)]
        said |= verdicts.known(connection, pairs, version=VERIFY_VERSION)
        contradicted |= {ours[ids]: one for ids, one in ambiguous(said).items() if ids in ours}
    return contradicted


def pair(one: StoredImage, other: StoredImage) -> tuple[int, int]:
    """The numbers of two images in the order of the catalog's verdicts."""
    a, b = verdicts.ordered(one, other)
    return a.id, b.id
