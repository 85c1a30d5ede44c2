"""Finding what an upload has to do with what its agency holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from onecopy.catalog import images, uploads
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Fingerprint
from onecopy.pipelines.exact import SAME_BYTES
from onecopy.pipelines.gate.answers import answered
from onecopy.pipelines.gate.compare import Question
from onecopy.pipelines.gate.known import PER_IMAGE, Known
from onecopy.pipelines.gate.model import Context
from onecopy.pipelines.gate.ties import Tie, tied
from onecopy.pipelines.gate.upload import Upload
from onecopy.policy import Action, Policy, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at what is held: the ties, every question there is, and those left to the pixels."""

    ties: tuple[Tie, ...] = ()
    asked: tuple[Question, ...] = ()
    open: tuple[Question, ...] = ()


def look(connection: Connection, known: Known, upload: Upload, policy: Policy) -> Look:
    """See what is held now, as far as ``connection`` sees it, by the upload's agency and those it may match.

    Each agency is looked at by itself, so that what one holds does not bear on what is said of another.
    """
    found = Look()
    for agency in upload.agencies:
        known.catch_up(connection, agency)
        more = _look(connection, known, upload, policy, agency)
        still_open = {question.key: question for question in (*found.open, *more.open)}
        found = Look(
            ties=found.ties + more.ties,
            asked=found.asked + more.asked,
            open=tuple(still_open.values()),  # what two agencies hold is one question
        )
        if any(tie.question is None and _settled(tie) for tie in more.ties):
            return found  # decided, and at no cost
    return found


def _settled(tie: Tie) -> bool:
    return tie.scope is Scope.CASE and tie.rule.action is Action.LINK


def _look(connection: Connection, known: Known, upload: Upload, policy: Policy, agency: str) -> Look:
    same_file = uploads.held(connection, [upload.sha256], agency)
    whole = [tied(one, SAME_BYTES, upload, policy) for one in same_file]
    if any(map(_settled, whole)):
        return Look(ties=tuple(whole))
    questions = _questions(connection, known, upload, agency)
    answers = answered(connection, upload.answers, questions)
    holders: dict[str, list[Occurrence]] = {}
    for one in uploads.held(connection, {q.earlier.content for q in questions}, agency):
        holders.setdefault(one.content or "", []).append(one)
    ties = [
        tied(one, answers[question.key], upload, policy, question)
        for question in questions
        if question.key in answers
        for one in holders.get(question.earlier.content, ())
    ]
    asked = tuple(question for question in questions if question.earlier.content in holders)
    unanswered = [question for question in asked if question.key not in answers]
    return Look(
        ties=(*whole, *ties), asked=asked, open=_own_case_first(unanswered, holders, upload.context)
    )


def _questions(connection: Connection, known: Known, upload: Upload, agency: str) -> list[Question]:
    case = upload.context.case if agency == upload.context.agency else None
    found = [
        (position, _in_case_too(connection, known, agency, case, image.fingerprint))
        for position, image in enumerate(upload.identity.images)
    ]
    stored = images.by_ids(connection, sorted({number for _, numbers in found for number in numbers}))
    own = {one.inner: one.id for one in images.of_contents(connection, [upload.sha256])}
    questions = []
    for position, numbers in found:
        image = upload.identity.images[position]
        mine = StoredImage(
            id=own.get(image.inner, 0),
            content=upload.sha256,
            inner=image.inner,
            fingerprint=image.fingerprint,
        )
        earlier = (stored[number] for number in numbers if number in stored)
        questions += [
            Question(position=position, mine=mine, earlier=one)
            for one in earlier
            if one.content != upload.sha256
        ]
    return questions


def _in_case_too(
    connection: Connection, known: Known, agency: str, case: str | None, fingerprint: Fingerprint
) -> list[int]:
    """The candidates for one image, and those of its case that a candidate from elsewhere stands for."""
    numbers = known.candidates(agency, fingerprint)
    others = {other for number in numbers for other in known.alike(agency, number)} - set(numbers)
    if not others or case is None:
        return numbers
    stored = images.by_ids(connection, sorted(others), features=False)
    holders = uploads.held(connection, {one.content for one in stored.values()}, agency)
    here = {one.content for one in holders if one.case_id == case}
    return numbers + [number for number, one in sorted(stored.items()) if one.content in here][:PER_IMAGE]


def _own_case_first(
    questions: Iterable[Question], holders: dict[str, list[Occurrence]], context: Context
) -> tuple[Question, ...]:
    def elsewhere(question: Question) -> bool:
        return all(one.case_id != context.case for one in holders[question.earlier.content])

    return tuple(sorted(questions, key=elsewhere))
