"""``/v1/offered-rules``: rules that follow from answers, and what they would have done."""

import json
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from onecopy.model import Answer
from onecopy.pipelines.gate import Gate
from onecopy.policy import Policy
from onecopy.policy.rules import Action
from onecopy.review import offers
from onecopy.review.offers import Offer
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.api.question_models import ID
from onecopy.service.auth import Officer, QuestionReader, reviewer

router = APIRouter(prefix="/v1/offered-rules", tags=["questions"])

_RULE: dict[str, Any] = {
    "name": "As people decided: edited, site-photo (building)",
    "when": {"relation": ["edited"], "scope": "case", "confidence": 0.9, "category": ["site-photo"]},
    "action": "store",
}
_DECIDED: dict[str, Any] = {
    "question": ID,
    "title": "A changed copy of a photograph in case 24016-00002",
    "said": "both-needed",
    "by": "Ana",
    "at": "2026-05-03T10:00:00Z",
    "would": "store",
}
_OFFER: dict[str, Any] = {
    "id": "3f2a9c0d5b7e41f8a6d2c4b19e8f7a60",
    "rule": _RULE,
    "alike": 24,
    "decided": [_DECIDED],
    "replayed": 180,
    "different": [{"before": "hold", "after": "store", "count": 24}],
}


class Decided(BaseModel):
    """A question that people answered, and what the rule would have done."""

    model_config = example(_DECIDED)
    question: str
    title: str
    said: Answer
    by: str
    at: datetime
    would: Action


class OfferedRule(BaseModel):
    """A rule that would have answered for people."""

    model_config = example(_OFFER)
    id: str
    rule: dict[str, Any] = Field(description="As in a policy's file.")
    alike: int = Field(description="Questions that it is drawn from; none was answered otherwise.")
    decided: list[Decided] = Field(description="The newest of them.")
    replayed: int = Field(description="Uploads of the last months that it was tried on.")
    different: list[dict[str, Any]] = Field(description="What would have become of them instead.")


class OfferedRules(BaseModel):
    """Rules that are offered, those drawn from the most questions first."""

    model_config = example({"rules": [_OFFER]})
    rules: list[OfferedRule]


class Adopted(BaseModel):
    """The policy that is in force now."""

    model_config = example({"name": "Shipped default", "digest": "5dc9da79a70659a9ad559cb701ded9a2"})
    name: str
    digest: str


@router.get("", response_model=OfferedRules, responses=problems(401, 403, 503))
def listed(request: Request, caller: QuestionReader) -> OfferedRules:
    """The rules that follow from what people answered alike. They change nothing by themselves."""
    gate: Gate = request.app.state.gate
    policy = gate.policies.now()
    with gate.catalog.read() as connection:
        found = offers.offers(connection, policy, agency=caller.agency)
        return OfferedRules(rules=[_model(connection, policy, one) for one in found])


@router.post("/{id}/adopt", response_model=Adopted, responses=problems(401, 403, 404, 422, 503))
def adopt(request: Request, id: str, caller: Officer) -> Adopted:
    """Turn an offered rule into policy. It holds from the next upload on."""
    policy = offers.adopt(request.app.state.gate, id, by=reviewer(caller))
    return Adopted(name=policy.name, digest=policy.digest)


def _model(connection: Connection, policy: Policy, one: Offer) -> OfferedRule:
    tried = offers.tried(connection, policy, one)
    alone = json.loads(Policy(name=one.rule.name, rules=(one.rule,)).text)
    names = ("question", "title", "said", "by", "at", "would")
    return OfferedRule(
        id=one.id,
        rule=alone["rules"][0],
        alike=one.alike,
        decided=[Decided(**{name: getattr(each, name) for name in names}) for each in one.decided],
        replayed=tried.total,
        different=[
            {"before": before, "after": after, "count": number}
            for (before, after), number in tried.changed.most_common()
        ],
    )
