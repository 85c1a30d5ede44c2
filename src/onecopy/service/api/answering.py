"""Answering questions, one or many, and taking answers back."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from onecopy.catalog.answers import Given
from onecopy.catalog.store import Catalog
from onecopy.model import Answer
from onecopy.review.decide import LONGEST_NOTE, MOST_AT_ONCE, decide, decide_all
from onecopy.review.undo import undo, undo_all
from onecopy.service.api import question_models as models
from onecopy.service.api import question_views as views
from onecopy.service.api.body import described, read
from onecopy.service.api.models import problems
from onecopy.service.api.question_models import Result, Results
from onecopy.service.auth import Reviewing, reviewer

router = APIRouter(prefix="/v1", tags=["questions"])

_Position = Annotated[int, Meta(ge=0, lt=1 << 31)]


class Said(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An answer. Members are named by their positions."""

    version: int
    answer: Answer
    keep: _Position | None = None
    newer: _Position | None = None
    apart: Annotated[tuple[_Position, ...], Meta(max_length=200)] = ()
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""
    to: Annotated[str, Meta(max_length=320)] | None = None

    def given(self) -> Given:
        """As the review layer takes it."""
        return Given(
            answer=self.answer,
            keep=self.keep,
            newer=self.newer,
            apart=self.apart,
            note=self.note,
            to=self.to,
        )


class SaidTo(Said, frozen=True, kw_only=True):
    """An answer to one of several questions."""

    question: str


class Batch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Answers to be given at once: all of them, or none."""

    answers: Annotated[list[SaidTo], Meta(min_length=1, max_length=MOST_AT_ONCE)]


_SAID = {"version": 1, "answer": "same-keep-left", "keep": 0}
_PROBLEMS: dict[str, Any] = {"responses": problems(400, 401, 403, 404, 409, 413, 422, 503)}


@router.post(
    "/questions/{id}/answers",
    response_model=Result,
    openapi_extra=described(Said, _SAID),
    **_PROBLEMS,
)
async def answer(request: Request, id: str, caller: Reviewing) -> Result:
    """Answer a question as it was when it had this version. The second is told who answered what."""
    said = await read(request, Said)
    outcome = await run_in_threadpool(
        decide, _catalog(request), id, said.given(), version=said.version, by=reviewer(caller)
    )
    return views.result(outcome)


@router.post(
    "/answers",
    response_model=Results,
    openapi_extra=described(Batch, {"answers": [{"question": models.ID} | _SAID]}),
    **_PROBLEMS,
)
async def answer_many(request: Request, caller: Reviewing) -> Results:
    """Answer several questions at once: all of them, or none. They can be taken back at once, too."""
    batch = await read(request, Batch)
    wanted = [(one.question, one.version, one.given()) for one in batch.answers]
    done = await run_in_threadpool(decide_all, _catalog(request), wanted, by=reviewer(caller))
    return Results(results=[views.result(one) for one in done])


@router.post("/answers/{id}/undo", response_model=Result, responses=problems(401, 403, 404, 409, 503))
def take_back(request: Request, id: str, caller: Reviewing) -> Result:
    """Take an answer back: everything is as it was before. If something later rests on it, it says what."""
    return views.result(undo(_catalog(request), id, by=reviewer(caller)))


@router.post("/batches/{id}/undo", response_model=Results, responses=problems(401, 403, 404, 409, 503))
def take_all_back(request: Request, id: str, caller: Reviewing) -> Results:
    """Take back all answers of a batch that hold still, or none."""
    done = undo_all(_catalog(request), id, by=reviewer(caller))
    return Results(results=[views.result(one) for one in done])


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog
