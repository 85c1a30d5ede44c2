"""Finding what an upload has to do with what its agency holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from onecopy.catalog import images, judgements, uploads, verdicts
from onecopy.catalog.images import StoredImage
from onecopy.catalog.judgements import Judgement
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Fingerprint, Verdict
from onecopy.pipelines.exact import SAME_BYTES
from onecopy.pipelines.gate.answers import among, answered, contradicted
from onecopy.pipelines.gate.compare import Key, Question
from onecopy.pipelines.gate.judged import judged, recognised, told_apart
from onecopy.pipelines.gate.known import CROWD, PER_IMAGE, Known
from onecopy.pipelines.gate.stars import follow
from onecopy.pipelines.gate.ties import Tie, tied
from onecopy.pipelines.gate.upload import Upload
from onecopy.policy import Action, Policy, Scope
from onecopy.policy.rules import SURE
from onecopy.verify.interface import VERIFY_VERSION

PARTNERS = 8
"""How many images come along that the candidate search left out, though many that it named are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at what is held: the ties, every question there is, and those left to the pixels."""

    ties: tuple[Tie, ...] = ()
    asked: tuple[Question, ...] = ()
    open: tuple[Question, ...] = ()
    recognised: Judgement | None = None
    """People's judgement that answers for the upload, where one does."""


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
            break  # decided, and at no cost
    return replace(found, recognised=recognised(connection, upload, found.ties))


def _settled(tie: Tie) -> bool:
    return tie.scope is Scope.CASE and tie.action is Action.LINK


def _look(connection: Connection, known: Known, upload: Upload, policy: Policy, agency: str) -> Look:
    same_file = uploads.held(connection, [upload.sha256], agency)
    file = [(upload.sha256, "")]
    of_file = judgements.between(connection, upload.context.agency, file, file) if same_file else {}
    whole = [tied(one, SAME_BYTES, upload, policy, of_file) for one in same_file]
    if any(map(_settled, whole)):
        return Look(ties=tuple(whole))
    case = upload.context.case if agency == upload.context.agency else None
    questions = _questions(connection, known, upload, agency, case)
    holders: dict[str, list[Occurrence]] = {}
    for one in uploads.held(connection, {q.earlier.content for q in questions}, agency):
        holders.setdefault(one.content or "", []).append(one)

    def here(question: Question) -> bool:
        return any(one.case_id == case for one in holders[question.earlier.content])

    asked = [question for question in questions if question.earlier.content in holders]
    answers, unanswered = _answers(connection, upload, asked, here)
    said = judged(connection, upload.context.agency, asked)
    ties = [
        tied(one, answers[question.key], upload, policy, said, question)
        for question in asked
        if question.key in answers
        for one in holders[question.earlier.content]
    ]
    own_case_first = sorted(unanswered, key=lambda question: not here(question))
    return Look(ties=(*whole, *ties), asked=tuple(asked), open=tuple(own_case_first))


def _answers(
    connection: Connection, upload: Upload, asked: Sequence[Question], here: Callable[[Question], bool]
) -> tuple[dict[Key, Verdict], list[Question]]:
    """All verdicts there are, and the questions that pixels have to answer next."""
    held = {**among(connection, asked)} | told_apart(connection, upload.context.agency, asked)
    answers = answered(connection, upload.answers, asked)
    answers |= contradicted(answers, asked, held)
    derived, unanswered = follow(asked, answers, held, here)
    answers |= derived
    return answers | contradicted(answers, asked, held), unanswered


def _questions(
    connection: Connection, known: Known, upload: Upload, agency: str, case: str | None
) -> list[Question]:
    found = [
        (position, _in_case_too(connection, known, agency, case, image.fingerprint))
        for position, image in enumerate(upload.identity.images)
    ]
    wanted = sorted({number for _, numbers in found for number in numbers})
    if not wanted:
        return []
    stored = images.by_ids(connection, wanted)
    own = {one.inner: one.id for one in images.of_contents(connection, [upload.sha256], features=False)}
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
    """The candidates for one image, and those of its case that a candidate from elsewhere stands for.

    Where there are more than are looked at, those come along that many of them are the same image as.
    """
    numbers = known.candidates(agency, fingerprint)
    if len(numbers) >= CROWD:
        numbers += verdicts.partners(
            connection, numbers, version=VERIFY_VERSION, at_least=SURE, most=PARTNERS
        )
    others = {other for number in numbers for other in known.alike(agency, number)} - set(numbers)
    if not others or case is None:
        return numbers
    stored = images.by_ids(connection, sorted(others), features=False)
    holders = uploads.held(connection, {one.content for one in stored.values()}, agency)
    here = {one.content for one in holders if one.case_id == case}
    return numbers + [number for number, one in sorted(stored.items()) if one.content in here][:PER_IMAGE]
