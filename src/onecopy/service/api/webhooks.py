"""``/v1/webhooks``: whom an agency wants told of what. A secret is in one reply only: that which made it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from msgspec import Meta
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from onecopy.catalog import deliveries, webhooks
from onecopy.catalog.deliveries import State
from onecopy.catalog.store import Catalog
from onecopy.catalog.webhooks import PING, Happened
from onecopy.pipelines.gate.context import one_line
from onecopy.service.api.body import described, read
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.auth import Caller, WebhookMaker, WebhookReader
from onecopy.service.problems import ProblemError
from onecopy.webhooks.resolve import looked_up

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

MOST = 1000
"""Deliveries of one reply."""

_URL = "https://portal.example/onecopy"
_EXAMPLE: dict[str, Any] = {
    "id": "0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10",
    "agency": "building",
    "url": _URL,
    "events": ["upload.held"],
    "created_at": "2026-05-03T09:12:44Z",
    "created_by": "building administration",
    "delivered_at": None,
    "disabled_at": None,
    "disabled_reason": None,
}
_MESSAGE = {
    "type": "upload.held",
    "timestamp": "2026-05-03T09:12:44.120000Z",
    "data": {
        "occurrence": "5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11",
        "case": "24016-00001",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "decision": "hold",
        "relation": "edited",
    },
}
_DELIVERY: dict[str, Any] = {
    "id": "msg_0b1f6a0a6c1e4e579a8e2f4d7a3c9e10",
    "event": "upload.held",
    "created_at": "2026-05-03T09:12:44Z",
    "state": "delivered",
    "attempts": 1,
    "next_attempt_at": None,
    "tried_at": "2026-05-03T09:12:45Z",
    "status": 204,
    "problem": None,
    "payload": _MESSAGE,
}
_SECRET = "whsec_…"  # noqa: S105 - an example


class Webhook(BaseModel):
    """A webhook, without its secret."""

    model_config = example(_EXAMPLE)
    id: str
    agency: str
    url: str
    events: list[Happened]
    created_at: datetime
    created_by: str
    delivered_at: datetime | None = Field(None, description="When it last took a message.")
    disabled_at: datetime | None = Field(None, description="Since when it is told nothing any more.")
    disabled_reason: str | None = Field(None, description="'gone': it answered 410; 'failing': for days.")


class NewWebhook(Webhook):
    """A webhook, its secret included, this once."""

    model_config = example(_EXAMPLE | {"secret": _SECRET})
    secret: str


class Webhooks(BaseModel):
    """Webhooks, oldest first."""

    model_config = example({"webhooks": [_EXAMPLE]})
    webhooks: list[Webhook]


class NewSecret(BaseModel):
    """A new secret, shown this once. For a day, messages are signed with the former one, too."""

    model_config = example({"secret": _SECRET})
    secret: str


class Delivery(BaseModel):
    """What became of one message to a webhook."""

    model_config = example(_DELIVERY)
    id: str = Field(description="The header 'webhook-id' of every attempt.")
    event: str
    created_at: datetime
    state: State
    attempts: int
    next_attempt_at: datetime | None = None
    tried_at: datetime | None = None
    status: int | None = Field(None, description="What the receiver answered last.")
    problem: str | None = Field(None, description="Why the last attempt failed.")
    payload: dict[str, Any]


class Deliveries(BaseModel):
    """Deliveries, newest first."""

    model_config = example({"deliveries": [_DELIVERY], "next": None})
    deliveries: list[Delivery]
    next: str | None = Field(None, description="Ask again with this as 'cursor'; null at the end.")


class Wanted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A webhook to make: without ``events`` it hears of everything. ``agency`` as for tokens."""

    url: str
    events: Annotated[list[Happened], Meta(min_length=1)] = msgspec.field(default_factory=lambda: [*Happened])
    agency: str | None = None


@router.get("", response_model=Webhooks, responses=problems(401, 403, 503))
def listed(request: Request, caller: WebhookReader) -> Webhooks:
    """The webhooks of the caller's agency."""
    with _catalog(request).read() as connection:
        return Webhooks(webhooks=[_model(one) for one in webhooks.listed(connection, agency=caller.agency)])


@router.post(
    "",
    status_code=201,
    response_model=NewWebhook,
    openapi_extra=described(Wanted, {"url": _URL, "events": ["upload.held"]}),
    responses=problems(400, 401, 403, 413, 422, 503),
)
async def create(request: Request, caller: WebhookMaker) -> NewWebhook:
    """Have an address told what happens. Keep the secret from the reply: it is shown this once."""
    return await made(request, caller, await read(request, Wanted))


async def made(request: Request, caller: Caller, wanted: Wanted) -> NewWebhook:
    """Make a webhook on behalf of somebody who may.

    Raises:
        ProblemError: 403: for another agency.
        UsageError: ``bad-target``, ``too-many-webhooks`` or ``bad-context``.
    """
    agency = caller.sends_for(None if wanted.agency is None else one_line("agency", wanted.agency))
    await looked_up(wanted.url, request.app.state.webhooks.allowed)

    def make() -> NewWebhook:
        with _catalog(request).write([webhooks.SCOPE]) as connection:
            one, secret = webhooks.create(
                connection, agency=agency, url=wanted.url, kinds=wanted.events, by=caller.name
            )
        return NewWebhook(**dict(_model(one)), secret=secret)

    return await run_in_threadpool(make)


@router.get("/{id}", response_model=Webhook, responses=problems(401, 403, 404, 503))
def get(request: Request, id: str, caller: WebhookReader) -> Webhook:
    """A webhook, and whether it takes what it is told."""
    with _catalog(request).read() as connection:
        return _model(_get(connection, id, caller))


@router.delete("/{id}", status_code=204, responses=problems(401, 403, 404, 503))
def delete(request: Request, id: str, caller: WebhookMaker) -> Response:
    """Delete a webhook, with what waits to be sent to it."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        webhooks.delete(connection, _get(connection, id, caller), by=caller.name)
    return Response(status_code=204)


@router.post("/{id}/secret", response_model=NewSecret, responses=problems(401, 403, 404, 503))
def rotate(request: Request, id: str, caller: WebhookMaker) -> NewSecret:
    """Make a new secret. Messages are signed with both for a day, so that receivers can change over."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        secret = webhooks.rotate(connection, _get(connection, id, caller), by=caller.name)
    return NewSecret(secret=secret)


@router.post("/{id}/enable", response_model=Webhook, responses=problems(401, 403, 404, 503))
def enable(request: Request, id: str, caller: WebhookMaker) -> Webhook:
    """Tell a webhook again that was disabled. What it missed is in its deliveries, to be sent again."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        webhooks.enable(connection, _get(connection, id, caller), by=caller.name)
        return _model(_get(connection, id, caller))


@router.post(
    "/{id}/ping", status_code=202, response_model=Delivery, responses=problems(401, 403, 404, 409, 503)
)
def ping(request: Request, id: str, caller: WebhookMaker) -> Delivery:
    """Send a message of the type 'webhook.ping', to try a webhook. Its deliveries show what came of it."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        one = _awake(_get(connection, id, caller))
        return _delivery(_sent(connection, one, webhooks.queue(connection, PING, {}, [one.id])))


@router.get("/{id}/deliveries", response_model=Deliveries, responses=problems(401, 403, 404, 422, 503))
def told(
    request: Request,
    id: str,
    caller: WebhookReader,
    state: Annotated[list[State] | None, Query(description="Only those in this state.")] = None,
    cursor: Annotated[
        str | None, Query(max_length=40, description="'next' of the page before; none for the first.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Deliveries:
    """What a webhook was told, newest first, for thirty days."""
    with _catalog(request).read() as connection:
        one = _get(connection, id, caller)
        found = deliveries.listed(connection, one, limit=limit, states=state or (), before=cursor)
    return Deliveries(
        deliveries=[_delivery(each) for each in found], next=found[-1].id if len(found) == limit else None
    )


@router.post(
    "/{id}/deliveries/{message}/redeliver",
    status_code=202,
    response_model=Delivery,
    responses=problems(401, 403, 404, 409, 503),
)
def redeliver(request: Request, id: str, message: str, caller: WebhookMaker) -> Delivery:
    """Send a message again, under the same id, whatever became of it."""
    with _catalog(request).write([webhooks.SCOPE]) as connection:
        one = _get(connection, id, caller)
        deliveries.again(connection, _sent(connection, _awake(one), message), datetime.now(UTC))
        return _delivery(_sent(connection, one, message))


def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.gate.catalog
    return catalog


def _get(connection: Connection, id: str, caller: Caller) -> webhooks.Webhook:
    one = webhooks.get(connection, id, agency=caller.agency)
    if one is None:
        raise ProblemError(404, "not-found", "There is no such webhook.")
    return one


def _awake(one: webhooks.Webhook) -> webhooks.Webhook:
    if one.disabled_at is not None:
        raise ProblemError(409, "webhook-disabled", "The webhook is disabled. Enable it first.")
    return one


def _sent(connection: Connection, one: webhooks.Webhook, id: str) -> deliveries.Delivery:
    found = deliveries.get(connection, one, id)
    if found is None:
        raise ProblemError(404, "not-found", "There is no such delivery.")
    return found


def _model(one: webhooks.Webhook) -> Webhook:
    return Webhook(**asdict(one) | {"events": one.kinds})


def _delivery(one: deliveries.Delivery) -> Delivery:
    waits = one.state is State.WAITING
    return Delivery(
        **asdict(one)
        | {
            "event": one.kind,
            "next_attempt_at": one.due_at if waits else None,
            "payload": json.loads(one.body),
        }
    )
