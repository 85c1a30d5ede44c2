"""What the API says of questions and answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from onecopy.catalog.questions import Kind, Part, State
from onecopy.model import Answer, Relation
from onecopy.service.api.examples import example

ID = "1c6bb1a4-4f8e-4b7b-8a54-0c6a3c1e2f10"
_OCCURRENCE = "5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
QUESTION: dict[str, Any] = {
    "id": ID,
    "agency": "building",
    "case": "24016-00002",
    "kind": "changed-copy",
    "relation": "edited",
    "category": "site-photo",
    "source": "portal",
    "title": "A crop of a photograph in case 24016-00002",
    "proposal": "same-keep-left",
    "proposed": {"keep": 0},
    "reasons": ["One shows all that the other shows, and more."],
    "confidence": 0.97,
    "opened_at": "2026-05-03T09:12:44Z",
    "due_at": "2026-05-13T09:12:44Z",
    "priority": "normal",
    "reviewers": 1,
    "escalated": False,
    "state": "open",
    "assigned_to": None,
    "claimed_by": None,
    "claimed_until": None,
    "answer": None,
    "answered_by": None,
    "answered_at": None,
    "version": 1,
}
_ANSWER: dict[str, Any] = {
    "id": "8f9a6a1e-0f5d-4f1e-8b3f-8f1f2a7f6c55",
    "answer": "same-keep-left",
    "keep": 0,
    "newer": None,
    "apart": [],
    "note": "",
    "to": None,
    "by": "Ana",
    "at": "2026-05-03T10:00:00Z",
    "final": True,
    "batch": None,
    "undone_at": None,
    "undone_by": None,
    "sealed": False,
}
_MEMBER: dict[str, Any] = {
    "position": 0,
    "role": "earlier",
    "inner": "",
    "occurrence": _OCCURRENCE,
    "case": "24016-00002",
    "name": "front.jpg",
    "sha256": _SHA256,
    "agency": "building",
    "uploader": "permit portal",
    "received_at": "2026-05-02T16:40:01Z",
    "foreign": False,
}
_INHERITED: dict[str, Any] = {
    "occurrence": _OCCURRENCE,
    "giver": "c1a3ad2e-95f0-4c0e-8f5e-0c7f6f4f3b52",
    "field": "category",
    "value": "site-photo",
    "conflicts_with": None,
}


class Question(BaseModel):
    """A question, without its members."""

    model_config = example(QUESTION)
    id: str
    agency: str
    case: str
    kind: Kind
    relation: str | None = Field(None, description="The strongest between two members.")
    category: str | None = None
    source: str | None = None
    title: str = Field(description="What is asked, in plain words.")
    proposal: Answer | None = Field(None, description="The answer that is proposed, if one is.")
    proposed: dict[str, Any] = Field(description="Which member it would keep, or call newer.")
    reasons: list[str] = Field(description="Why, in sentences.")
    confidence: float = Field(ge=0, le=1)
    opened_at: datetime
    due_at: datetime
    priority: str = Field(description="urgent, high, normal or low.")
    reviewers: int = Field(description="How many people must agree.")
    escalated: bool = Field(description="Two people disagreed: a records officer decides.")
    state: State
    assigned_to: str | None = None
    claimed_by: str | None = Field(None, description="Who has it in hand now.")
    claimed_until: datetime | None = None
    answer: Answer | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    version: int = Field(description="Send it with an answer: it says what was seen.")


class Questions(BaseModel):
    """A page of the queue."""

    model_config = example({"questions": [QUESTION], "next": None})
    questions: list[Question]
    next: str | None = Field(None, description="Ask again with this as 'cursor'; null at the end.")


class Next(BaseModel):
    """The next question for whoever asks; null if there is none."""

    model_config = example({"question": QUESTION})
    question: Question | None = None


class Counts(BaseModel):
    """How many questions there are, how old, and of what kinds."""

    model_config = example(
        {
            "total": 2,
            "overdue": 0,
            "oldest": "2026-05-03T09:12:44Z",
            "by": {"kind": {"changed-copy": 2}},
        }
    )
    total: int
    overdue: int
    oldest: datetime | None = None
    by: dict[str, dict[str, int]] = Field(
        description="By kind, relation, category, agency and priority (0 is urgent)."
    )


class CaseCount(BaseModel):
    """The questions of one case."""

    agency: str
    case: str
    total: int
    priority: str
    due_at: datetime
    oldest: datetime


class CaseCounts(BaseModel):
    """Cases with questions, the most urgent first."""

    model_config = example(
        {
            "cases": [
                {
                    "agency": "building",
                    "case": "24016-00002",
                    "total": 3,
                    "priority": "normal",
                    "due_at": "2026-05-13T09:12:44Z",
                    "oldest": "2026-05-03T09:12:44Z",
                }
            ],
            "next": None,
        }
    )
    cases: list[CaseCount]
    next: str | None = None


class Change(BaseModel):
    """One change to a question."""

    number: int
    question: str
    kind: str
    by: str | None = None
    at: datetime


class Changes(BaseModel):
    """What happened to questions, in order."""

    model_config = example(
        {
            "changes": [
                {
                    "number": 7,
                    "question": ID,
                    "kind": "answered",
                    "by": "Ana",
                    "at": "2026-05-03T10:00:00Z",
                }
            ],
            "next": 7,
        }
    )
    changes: list[Change]
    next: int = Field(description="Ask again with this as 'after'.")


class Member(BaseModel):
    """One image that a question is about."""

    model_config = example(_MEMBER)
    position: int = Field(description="By which answers name it.")
    role: Part
    inner: str = Field(description="Which image of the occurrence, if it is a container.")
    occurrence: str | None = Field(None, description="Null where another agency no longer agrees to show it.")
    case: str | None = None
    name: str | None = None
    sha256: str | None = None
    agency: str | None = None
    uploader: str | None = None
    received_at: datetime | None = None
    foreign: bool = Field(description="It is another agency's: its bytes are not to be had.")


class PairOfMembers(BaseModel):
    """What is known of two members."""

    a: int
    b: int
    relation: Relation
    confidence: float
    evidence: dict[str, Any] = Field(description="Why. It speaks of A and B.")


class Answered(BaseModel):
    """An answer that was given."""

    model_config = example(_ANSWER)
    id: str
    answer: Answer | None = Field(
        None, description="Null while it is sealed: a second person is not to be led by it."
    )
    keep: int | None = None
    newer: int | None = None
    apart: list[int]
    note: str
    to: str | None = None
    by: str
    at: datetime
    final: bool = Field(description="Whether it decided the question.")
    batch: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    sealed: bool = False


class Inherited(BaseModel):
    """What the kept occurrence took over, or could not."""

    model_config = example(_INHERITED)
    occurrence: str
    giver: str
    field: str
    value: Any
    conflicts_with: Any = Field(None, description="What the kept one says itself, and keeps; else null.")


class WholeQuestion(Question):
    """A question with everything."""

    model_config = example(
        QUESTION
        | {
            "members": [_MEMBER],
            "pairs": [],
            "answers": [],
            "inherited": [],
            "details": {},
        }
    )
    members: list[Member]
    pairs: list[PairOfMembers]
    answers: list[Answered]
    inherited: list[Inherited]
    details: dict[str, Any] = Field(description="What a kind has of its own.")


class Result(BaseModel):
    """What came of an answer, or of taking one back."""

    model_config = example(
        {
            "question": QUESTION,
            "answer": _ANSWER,
            "words": "Answered: 1 linked, 0 kept beside.",
            "decided": [{"occurrence": _OCCURRENCE, "decision": "link"}],
        }
    )
    question: Question
    answer: Answered
    words: str = Field(description="What happened, as a sentence.")
    decided: list[dict[str, str]] = Field(description="What holds now of which occurrence.")


class Results(BaseModel):
    """What came of several answers."""

    model_config = example({"results": []})
    results: list[Result]
