"""Finding what an upload has to do with what its agency holds, and settling what follows from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from onecopy.catalog import images, uploads, verdicts
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import FileIdentity, Relation, Verdict
from onecopy.pipelines.exact import SAME_BYTES, by_digest
from onecopy.pipelines.gate.compare import Key, Question
from onecopy.pipelines.gate.known import Known
from onecopy.pipelines.gate.model import Context
from onecopy.policy.rules import Action, Rule, Scope, rule_for, settle_file, settle_image
from onecopy.verify.interface import VERIFY_VERSION

_STRONGEST = tuple(Relation)


@dataclass(slots=True, kw_only=True)
class Upload:
    """An upload on its way through the gate: what is known of it, and what was found out so far."""

    sha256: str
    size: int
    context: Context
    identity: FileIdentity
    settled: bool = True
    """Whether the identity may be remembered."""
    answers: dict[Key, Verdict] = field(default_factory=dict)
    """Verdicts of the pixels, by question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What one image of the upload (or the whole file, ``question=None``) is to one earlier occurrence."""

    occurrence: Occurrence
    verdict: Verdict
    rule: Rule
    scope: Scope
    question: Question | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at what is held: the ties, every question there is, and those left to the pixels."""

    ties: tuple[Tie, ...] = ()
    asked: tuple[Question, ...] = ()
    open: tuple[Question, ...] = ()


def look(connection: Connection, known: Known, upload: Upload, rules: Sequence[Rule]) -> Look:
    """See what is held now, as far as ``connection`` sees it."""
    known.catch_up(connection)
    context = upload.context
    same_file = uploads.held(connection, [upload.sha256], context.agency)
    whole = [_tie(one, SAME_BYTES, context, rules) for one in same_file]
    if any(tie.scope is Scope.CASE and tie.rule.action is Action.LINK for tie in whole):
        return Look(ties=tuple(whole))  # decided, and at no cost
    questions = _questions(connection, known, upload)
    answers = _answers(connection, upload, questions)
    holders: dict[str, list[Occurrence]] = {}
    for one in uploads.held(connection, {q.earlier.content for q in questions}, context.agency):
        holders.setdefault(one.content or "", []).append(one)
    ties = [
        _tie(one, answers[question.key], context, rules, question)
        for question in questions
        if question.key in answers
        for one in holders.get(question.earlier.content, ())
    ]
    asked = tuple(question for question in questions if question.earlier.content in holders)
    unanswered = [question for question in asked if question.key not in answers]
    return Look(ties=(*whole, *ties), asked=asked, open=_own_case_first(unanswered, holders, context))


def _questions(connection: Connection, known: Known, upload: Upload) -> list[Question]:
    found = [
        (position, known.candidates(upload.context.agency, image.fingerprint))
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


def _answers(connection: Connection, upload: Upload, questions: Iterable[Question]) -> dict[Key, Verdict]:
    """What is decided already: by digest, by the pixels a moment ago, or by the pixels some other day."""
    answers = dict(upload.answers)
    stored: dict[tuple[int, int], Question] = {}
    for question in questions:
        verdict = by_digest(question.mine.fingerprint, question.earlier.fingerprint)
        if verdict is not None:
            answers[question.key] = verdict
        elif question.key not in answers and question.mine.id:
            stored[pair(question.mine, question.earlier)] = question
    for ids, verdict in verdicts.known(connection, stored, version=VERIFY_VERSION):
        answers[stored[ids].key] = verdict
    return answers


def pair(mine: StoredImage, earlier: StoredImage) -> tuple[int, int]:
    """The numbers of two images in the order of the catalog's verdicts."""
    a, b = verdicts.ordered(mine, earlier)
    return a.id, b.id


def _own_case_first(
    questions: Iterable[Question], holders: dict[str, list[Occurrence]], context: Context
) -> tuple[Question, ...]:
    def elsewhere(question: Question) -> bool:
        return all(one.case_id != context.case for one in holders[question.earlier.content])

    return tuple(sorted(questions, key=elsewhere))


def _tie(
    one: Occurrence,
    verdict: Verdict,
    context: Context,
    rules: Sequence[Rule],
    question: Question | None = None,
) -> Tie:
    scope = Scope.CASE if one.case_id == context.case else Scope.AGENCY
    rule = rule_for(rules, verdict.relation, verdict.confidence, scope)
    return Tie(occurrence=one, verdict=verdict, rule=rule, scope=scope, question=question)


def in_order(ties: Iterable[Tie]) -> list[Tie]:
    """Same case first, then the strongest relation, the surest, the oldest."""

    def rank(tie: Tie) -> tuple[bool, int, float, int]:
        strength = _STRONGEST.index(tie.verdict.relation)
        return tie.scope is not Scope.CASE, strength, -tie.verdict.confidence, tie.occurrence.id

    return sorted(ties, key=rank)


def settle(ties: Iterable[Tie], count: int) -> Action:
    """What all ties mean for a file of ``count`` images."""
    whole: list[Rule] = []
    by_image: dict[int, list[Rule]] = {}
    for tie in ties:
        if tie.question is None:
            whole.append(tie.rule)
        else:
            by_image.setdefault(tie.question.position, []).append(tie.rule)
    if not count:
        return settle_image(whole)
    return settle_file([settle_image(whole + by_image.get(position, [])) for position in range(count)])
