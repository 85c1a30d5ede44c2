"""What an agency's people said before of the pairs that an upload brings up again."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from onecopy.catalog import judgements, uploads
from onecopy.catalog.judgements import Judgement, Says
from onecopy.catalog.questions import Place
from onecopy.model import Evidence, Relation, Verdict
from onecopy.pipelines.gate.answers import pair
from onecopy.pipelines.gate.compare import Question
from onecopy.pipelines.gate.ties import Judgements, Tie
from onecopy.pipelines.gate.upload import Upload
from onecopy.sayings import said, told

_APART = Verdict(
    relation=Relation.DISTINCT,
    confidence=1.0,
    evidence=Evidence(method="people", **told(said("judged-different"))),
)


def judged(connection: Connection, agency: str, questions: Iterable[Question]) -> Judgements:
    """What was said of the very pairs that are asked about."""
    mine: set[Place] = set()
    earlier: set[Place] = set()
    for question in questions:
        mine.add((question.mine.content, question.mine.inner))
        earlier.add((question.earlier.content, question.earlier.inner))
    return judgements.between(connection, agency, mine, earlier)


def told_apart(
    connection: Connection, agency: str, questions: Iterable[Question]
) -> dict[tuple[int, int], Verdict]:
    """The earlier images that people told apart from each other: never one group, whatever pixels say.

    Returns:
        For each such pair a verdict that says so, by their numbers in the order of the catalog's verdicts.
    """
    images = {(one.earlier.content, one.earlier.inner): one.earlier for one in questions}
    if len(images) < 2:
        return {}
    return {
        pair(images[said.one], images[said.other]): _APART
        for said in judgements.among(connection, agency, images).values()
        if said.says is not Says.SAME and said.one != said.other
    }


def recognised(connection: Connection, upload: Upload, ties: Sequence[Tie]) -> Judgement | None:
    """The newest judgement by which an upload is recognised.

    Either of a pair that would be asked about, or, where the very file came before, of a pair of it with
    something in the case.
    """
    said = [tie.judgement for tie in ties if tie.as_decided and tie.judgement is not None]
    if not said and any(tie.question is None for tie in ties):
        said = _about_file(connection, upload)
    return max(said, key=lambda one: (one.at, one.answer), default=None)


def _about_file(connection: Connection, upload: Upload) -> list[Judgement]:
    agency, case = upload.context.agency, upload.context.case
    found = list(judgements.of(connection, agency, [upload.sha256]))
    others = {one.one[0] if one.other[0] == upload.sha256 else one.other[0] for one in found}
    here = {one.content for one in uploads.held(connection, others, agency) if one.case_id == case}
    return [one for one in found if here.issuperset({one.one[0], one.other[0]} - {upload.sha256})]
