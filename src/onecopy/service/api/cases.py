"""``GET /v1/cases/{id}/current``: what counts now, for the system that decides about the case."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from onecopy.catalog import questions, uploads
from onecopy.catalog.questions import Question
from onecopy.pipelines.gate import Gate
from onecopy.records.versions import current as view
from onecopy.records.versions import land
from onecopy.service.api import naming
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.auth import Reader
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1", tags=["cases"])

_ID = "5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"
_SENT: dict[str, Any] = {
    "occurrence": _ID,
    "name": "A-2 floor plan rev B.png",
    "inner": "",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "received_at": "2026-05-03T09:12:44Z",
}
_VERSION: dict[str, Any] = {"number": 2, "label": "rev B", "sent": [_SENT]}
_DOCUMENT: dict[str, Any] = {
    "id": "0d1f2b64-1f0e-4a5e-8a5b-54d0f4f1f0aa",
    "title": "A-2 floor plan",
    "category": "plan",
    "state": "settled",
    "current": _VERSION,
    "since": "2026-05-03T09:12:44Z",
    "decided": "rule",
    "decided_by": None,
    "reason": "Its name says that it is a revision or correction of the other.",
    "history": [_VERSION],
    "questions": [],
}


class Sent(BaseModel):
    """One time that a version was sent."""

    model_config = example(_SENT)
    occurrence: str
    name: str
    inner: str = Field(description="Where it is in the occurrence, if that is an archive.")
    sha256: str = Field(description="Of the occurrence's bytes.")
    received_at: datetime


class Version(BaseModel):
    """One version of a document."""

    model_config = example(_VERSION)
    number: int = Field(description="From 1, the oldest.")
    label: str = Field(description="Its revision, if a name says one.")
    sent: list[Sent] = Field(description="Every time it was sent, the earliest first.")


class OpenQuestion(BaseModel):
    """Something a person has to settle."""

    id: str
    kind: str
    title: str
    reasons: list[str]
    opened_at: datetime


class Document(BaseModel):
    """A document of the case: what counts, and what there was before."""

    model_config = example(_DOCUMENT)
    id: str
    title: str
    category: str
    state: Literal["settled", "open"] = Field(description="'open' while a question about it is.")
    current: Version | None = Field(description="The version that counts; null while that is a question.")
    since: datetime | None
    decided: Literal["rule", "person", "question"] = Field(description="What put it there.")
    decided_by: str | None = Field(None, description="Who, where a person did.")
    reason: str
    history: list[Version] = Field(description="All versions, the newest first.")
    questions: list[OpenQuestion]


class Current(BaseModel):
    """What counts now in a case."""

    model_config = example(
        {
            "case": "24016-00001",
            "agency": "",
            "documents": [_DOCUMENT],
            "settled": True,
            "questions": [],
        }
    )
    case: str
    agency: str
    settled: bool = Field(description="Whether no question is open in the case.")
    documents: list[Document]
    questions: list[OpenQuestion] = Field(description="All that are open in the case, photographs included.")


@router.get("/cases/{id:path}/current", response_model=Current, responses=problems(401, 403, 404, 503))
def current(
    request: Request,
    id: str,
    caller: Reader,
    agency: str | None = Query(None, description="Whose case it is, if the token is for all agencies."),
    case: naming.Named = None,
) -> Current:
    """What counts now: each document with its current version, since when and why; and what is open."""
    gate: Gate = request.app.state.gate
    id, whose = naming.case(id, case), (agency or caller.agency or "").strip()  # as they are kept
    with gate.catalog.read() as connection:
        if caller.agency not in (None, whose) or not uploads.any_of_case(connection, id, whose):
            detail = "There is no such case. If it is an agency's, add '?agency=' and its name."
            raise ProblemError(404, "not-found", detail)
    land.bring_up_to_date(gate.catalog, whose, id, by=caller.name)
    with gate.catalog.read() as connection:
        documents = [_document(one) for one in view.documents(connection, whose, id)]
        waiting = [_question(one) for one in questions.of_case(connection, whose, id)]
    return Current(case=id, agency=whose, settled=not waiting, documents=documents, questions=waiting)


def _document(one: view.DocumentView) -> Document:
    decided: Literal["rule", "person", "question"] = "rule" if one.decided_by is None else "person"
    return Document(
        id=one.id,
        title=one.title,
        category=one.category,
        state="open" if one.questions else "settled",
        current=None if one.current is None else _version(one.current),
        since=one.since,
        decided=decided if one.current is not None else "question",
        decided_by=one.decided_by,
        reason=one.reason,
        history=[_version(version) for version in one.history],
        questions=[_question(question) for question in one.questions],
    )


def _version(one: view.VersionView) -> Version:
    return Version(number=one.number, label=one.label, sent=[_sent(sent) for sent in one.sent])


def _sent(one: view.Sent) -> Sent:
    return Sent(
        occurrence=one.occurrence.public_id,
        name=one.name,
        inner=one.inner,
        sha256=one.occurrence.content or "",
        received_at=one.occurrence.seen_at,
    )


def _question(one: Question) -> OpenQuestion:
    return OpenQuestion(
        id=one.public_id,
        kind=str(one.kind),
        title=one.title,
        reasons=list(one.reasons),
        opened_at=one.opened_at,
    )
