"""What those see who watch over the gate: the policy in force, and the audit log."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from onecopy.catalog import events
from onecopy.catalog.store import Catalog
from onecopy.pipelines.gate import Gate
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.auth import AuditReader, PolicyReader

router = APIRouter(prefix="/v1", tags=["oversight"])

MOST = 1000
"""Events of one reply."""
_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


class Policy(BaseModel):
    """The policy in force."""

    model_config = example(
        {
            "name": "Shipped default",
            "digest": _ROOT,
            "rules": [{"name": "Look at all", "when": {"scope": "case"}, "action": "hold"}],
        }
    )
    name: str
    digest: str = Field(description="SHA-256 of the rules, by which decisions name it.")
    rules: list[dict[str, Any]] = Field(description="In order; as in a policy's file.")


class Head(BaseModel):
    """How long the audit log is, and the root of the Merkle tree over it (RFC 6962)."""

    model_config = example({"size": 8, "root": _ROOT})
    size: int
    root: str


class Events(BaseModel):
    """Events of the audit log, in order."""

    model_config = example({"events": [{"position": 7}], "next": 7})
    events: list[dict[str, Any]]
    next: int | None = Field(None, description="Ask again with this as 'after'; null at the end.")


@router.get("/policy", response_model=Policy, responses=problems(401, 403, 503))
def policy(request: Request, _: PolicyReader) -> Policy:
    """The policy in force: what becomes of uploads."""
    gate: Gate = request.app.state.gate
    policy = gate.policies.now()
    plain = json.loads(policy.text)
    return Policy(name=policy.name, digest=policy.digest, rules=plain["rules"])


@router.get("/audit/head", response_model=Head, responses=problems(401, 403, 503))
def head(request: Request, _: AuditReader) -> Head:
    """The audit log's size and root. Publish them, so that nobody can make the log anew."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        found = events.head(connection)
    assert found is not None
    return Head(size=found.size, root=found.root)


@router.get("/audit/events", response_model=Events, responses=problems(401, 403, 422, 503))
def audit(
    request: Request,
    caller: AuditReader,
    after: Annotated[int, Query(ge=-1, lt=1 << 62, description="Only events beyond this position.")] = -1,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Events:
    """The events of the caller's agency. The whole log, as it is hashed, comes from: onecopy audit export."""
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        found = events.lines(connection, agency=caller.agency, after=after, limit=limit)
    return Events(
        events=[json.loads(line) for _, line in found], next=found[-1][0] if len(found) == limit else None
    )
