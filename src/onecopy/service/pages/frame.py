"""All pages together, as the application takes them in."""

from fastapi import Depends, FastAPI

from onecopy.catalog.leaves import Leaves
from onecopy.service.pages import dashboard, language, public, render, search, sign_in, static
from onecopy.service.pages.admin import (
    agreements,
    audit,
    entries,
    health,
    imports,
    people,
    policy,
    tokens,
    webhooks,
)
from onecopy.service.pages.desk import answered, cases, desk, live, queue, rules
from onecopy.service.pages.figures import Assumptions
from onecopy.service.settings import Settings


def install(app: FastAPI) -> None:
    """Add the pages. They are for people, and not in the API's description."""
    spoken = [Depends(render.speaks)]
    for part in (
        static,
        language,
        sign_in,
        live,
        queue,
        answered,
        rules,
        desk,
        cases,
        dashboard,
        search,
        public,
    ):
        app.include_router(part.router, dependencies=spoken)
    for part in (entries, policy, agreements, tokens, people, webhooks, imports, audit, health):
        app.include_router(part.router, dependencies=spoken)


def prepare(app: FastAPI, settings: Settings) -> None:
    """Set up what pages keep while the service runs."""
    app.state.leaves = Leaves()
    app.state.public_figures = public.Kept()
    app.state.assumptions = Assumptions(
        minutes_a_look=settings.review_minutes, price_per_tb_year=settings.price_per_tb_year
    )
