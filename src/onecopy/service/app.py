"""The application: the gate, its endpoints, and what every answer has in common."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

import onecopy
from onecopy.engines.local import usable_cores
from onecopy.errors import EnvironmentProblem
from onecopy.pipelines.gate import Gate
from onecopy.policy import Policy
from onecopy.service import beside, logs, metrics, problems, ready, shared
from onecopy.service.api import (
    agreements,
    answering,
    cases,
    deleting,
    imports,
    lists,
    offered_rules,
    oversight,
    people,
    pictures,
    questions,
    reading,
    requirements,
    tokens,
    uploads,
    watching,
    webhooks,
)
from onecopy.service.api.description import described
from onecopy.service.capacity import Capacity
from onecopy.service.garbage import keep_what_stays
from onecopy.service.headers import HeadLikeGet, SecurityHeaders
from onecopy.service.linger import Linger
from onecopy.service.orphan import end_with_parent
from onecopy.service.pages import frame
from onecopy.service.pages.errors import for_people
from onecopy.service.pictures.cache import open_cache
from onecopy.service.pictures.studio import Studio
from onecopy.service.rate import Rate
from onecopy.service.ready import Stopping
from onecopy.service.repeats import Repeats
from onecopy.service.requests import Requests
from onecopy.service.settings import Settings
from onecopy.service.threads import AT_ONCE

if TYPE_CHECKING:
    from onecopy.service.oidc import Provider

_DESCRIPTION = "Ask before you keep it: one call an upload says whether the picture is held already."


def create_app(settings: Settings, gate: Gate | None = None) -> FastAPI:
    """Make the application. It opens a gate when it starts, and closes it when it stops.

    Args:
        settings: What gate to open.
        gate: One that is open already, instead.

    The token must have been set up (:func:`onecopy.service.auth.set_up_token`), or nobody can ask.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = gate if gate is not None else await run_in_threadpool(open_gate, settings)
        app.state.gate = opened
        app.state.limiter = CapacityLimiter(AT_ONCE)
        app.state.studio = Studio(
            open_cache(settings.picture_cache, settings.picture_cache_bytes), opened.engine.workers
        )
        app.state.settings = settings
        app.state.repeats = Repeats(opened.catalog, settings.idempotency_hours)
        app.state.public_url = settings.browsers_url
        frame.prepare(app, settings)
        app.state.provider = open_provider(settings)
        app.state.capacity = Capacity(settings.uploads_at_once)
        app.state.rate = Rate(shared.counts(), settings.requests_per_minute)
        app.state.stopping = Stopping()
        keep_what_stays()
        async with AsyncExitStack() as ending:
            ending.push_async_callback(run_in_threadpool, opened.close)
            ending.callback(app.state.rate.close)
            ending.enter_context(metrics.counted_process(opened.engine.workers))
            ending.enter_context(app.state.stopping.listening())
            await beside.enter(ending, app, settings)
            yield

    app = FastAPI(
        title="onecopy",
        summary="The gate for uploads.",
        description=_DESCRIPTION,
        version=onecopy.__version__,
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # a redirect would carry an upload, and its token, wherever Host says
    )
    app.add_middleware(Linger)  # the innermost
    app.add_middleware(Requests)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadLikeGet)
    app.add_middleware(problems.NoZeros)
    problems.install(app, show=for_people)
    for part in (
        uploads,
        cases,
        requirements,
        reading,
        lists,
        pictures,
        deleting,
        people,
        tokens,
        agreements,
        oversight,
        questions,
        answering,
        offered_rules,
        webhooks,
        imports,
        ready,
        watching,
    ):
        app.include_router(part.router)
    frame.install(app)
    app.add_api_route("/healthz", healthz, methods=["GET"], tags=["service"], summary="Whether it runs.")
    app.openapi_schema = described(app.openapi())
    return app


def open_gate(settings: Settings) -> Gate:
    """The gate that the settings describe, with its share of the machine's processors.

    Raises:
        EnvironmentProblem: A part cannot be opened.
        PolicyError: The policy is none.
    """
    decodes = settings.decodes or usable_cores()
    gate = Gate.open(
        settings.catalog,
        settings.vault,
        workers=max(1, decodes // settings.workers),
        limits=settings.limits(),
        policy=Policy.load(settings.policy) if settings.policy else None,
        watch=metrics.Figures(),
    )
    gate.policies.adopt(actor="the service's settings")
    return gate


def open_provider(settings: Settings) -> "Provider | None":
    """The OpenID provider that people sign in through, if there is one.

    Raises:
        EnvironmentProblem: ``needs-extra``.
        UsageError: An address is not safe.
    """
    if settings.oidc_issuer is None:
        return None
    try:
        from onecopy.service.oidc import Provider
    except ModuleNotFoundError as error:
        raise EnvironmentProblem(
            f"Signing in needs parts that are not installed ({error.name}). "
            "Install them with: pip install 'onecopy[oidc]'",
            code="needs-extra",
        ) from None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        f"{settings.browsers_url}/v1/sign-in/callback",
    )


def healthz() -> dict[str, str]:
    """Needs no token, and tells nothing but that the service runs."""
    return {"status": "ok"}


def from_environment() -> FastAPI:
    """The application of one of several processes (see :mod:`onecopy.service.run`)."""
    end_with_parent()
    settings = Settings.from_environment()
    logs.set_up(settings.log_level, settings.log_format)
    return create_app(settings)
