"""``/admin/policy``: what becomes of uploads; checking another, trying it on what came, adopting it."""

import difflib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated

import yaml
from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from onecopy.catalog import policies
from onecopy.errors import OnecopyError, UsageError
from onecopy.pipelines.gate import Gate
from onecopy.policy import Policy
from onecopy.policy.document import overview
from onecopy.policy.history import received
from onecopy.policy.policy import default, default_text
from onecopy.policy.replay import Tried, replay
from onecopy.policy.rules import PolicyError
from onecopy.service.pages.admin.show import show
from onecopy.service.pages.form import Posted, posted
from onecopy.service.pages.visitor import Visitor, may
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission

router = APIRouter(prefix="/admin/policy", include_in_schema=False)

Sent = Annotated[Posted, Depends(posted(Permission.ADOPT))]
DAYS = (7, 30, 90, 365)
MOST = 20_000
"""Uploads that a policy is tried on, at most: the newest."""
EXAMPLES = 5


@dataclass(slots=True)
class Draft:
    """A policy that somebody looks at, and what came of it so far."""

    text: str
    days: int = 30
    policy: Policy | None = None
    problem: str | None = None
    diff: list[tuple[str, str]] = field(default_factory=list)
    tried: Tried | None = None


@router.get("")
def in_force(request: Request, visitor: Annotated[Visitor, Depends(may(Permission.POLICY))]) -> Response:
    """The policy in force, in words."""
    return _page(request, visitor, None)


@router.post("")
def work(request: Request, sent: Sent) -> Response:
    """Check another policy, try it, or adopt it."""
    gate: Gate = request.app.state.gate
    draft = _draft(sent, gate)
    if draft.policy is None or sent.fields.get("do") == "check":
        return _page(request, sent.visitor, draft)
    if sent.fields.get("do") == "adopt":
        return _adopt(request, sent, draft.policy)
    since = datetime.now(UTC) - timedelta(days=draft.days)
    with gate.catalog.read() as connection:
        pasts = received(connection, since, agency=sent.visitor.caller.agency, newest=MOST)
        draft.tried = replay(draft.policy, pasts, examples=EXAMPLES)
    return _page(request, sent.visitor, draft)


def _draft(sent: Posted, gate: Gate) -> Draft:
    days = sent.fields.get("days", "30")
    draft = Draft(sent.fields.get("text"), days=int(days) if days in map(str, DAYS) else 30)
    try:
        draft.policy = Policy.parse(draft.text, "line")
    except PolicyError as error:
        draft.problem = error.message
        return draft
    draft.diff = _differences(_plain(gate.policies.now()), _plain(draft.policy))
    return draft


def _as_yaml(policy: Policy) -> str:
    """A policy as people write it; the shipped one with its comments."""
    return default_text() if policy.digest == default().digest else _plain(policy)


def _plain(policy: Policy) -> str:
    text: str = yaml.safe_dump(json.loads(policy.text), sort_keys=False, allow_unicode=True, width=100)
    return text


def _differences(old: str, new: str) -> list[tuple[str, str]]:
    """The lines that differ (``+`` and ``-``), and some around them; ``…`` stands for those left out."""
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""))[2:]
    return [("…", "") if line.startswith("@@") else (line[:1], line[1:]) for line in lines]


def _adopt(request: Request, sent: Posted, policy: Policy) -> Response:
    if sent.visitor.caller.agency is not None:
        raise ProblemError(
            403, "other-agency", "The policy is that of all agencies. Ask who answers for all."
        )
    gate: Gate = request.app.state.gate
    try:
        gate.policies.change(policy, actor=sent.visitor.caller.name)
    except UsageError as error:
        return _page(request, sent.visitor, Draft(sent.fields.get("text"), policy=policy), problem=error)
    return RedirectResponse("/admin/policy", status_code=303)


def _page(
    request: Request, visitor: Visitor, draft: Draft | None, problem: OnecopyError | None = None
) -> Response:
    gate: Gate = request.app.state.gate
    policy = gate.policies.now()
    with gate.catalog.read() as connection:
        history = policies.listed(connection, most=20)
    wrong = problem is not None or (draft is not None and draft.problem is not None)
    return show(
        request,
        visitor,
        "policy",
        status=422 if wrong else 200,
        policy=policy,
        overview=overview(policy),
        history=history,
        draft=draft or Draft(_as_yaml(policy)),
        drafted=draft is not None,
        problem=problem,
        fixed=gate.policies.fixed,
        days=DAYS,
        most=MOST,
    )
