"""Running the service: the address, the token, the processes, and an orderly end."""

import os
import signal
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from onecopy.catalog.store import Catalog
from onecopy.errors import EnvironmentProblem, UsageError
from onecopy.imports.places import Places
from onecopy.policy import Policy
from onecopy.service import logs, metrics
from onecopy.service.app import create_app, open_gate, open_provider
from onecopy.service.auth import set_up_token
from onecopy.service.notify import notify
from onecopy.service.patience import PatientProtocol
from onecopy.service.settings import Settings
from onecopy.service.shared import shared_folder
from onecopy.vault.open import open_vault
from onecopy.webhooks.target import Allowed

FINISH_SECONDS = 60
"""How long uploads under way may take to finish once the service is told to stop."""


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Answer requests until told to stop (SIGTERM, SIGINT); what was accepted is finished first.

    Args:
        settings: Where to listen and what to keep it in. Port 0 takes any free one.
        say: Prints a line for whoever started it.

    Raises:
        EnvironmentProblem: The port is taken, or catalog or vault cannot be opened.
        UsageError: The token is too short, or an address, a network or a folder can be none.
        PolicyError: The policy cannot be followed.
        KeyboardInterrupt: After it stopped because of SIGINT.
    """
    logs.set_up(settings.log_level, settings.log_format)
    if settings.policy is not None:
        Policy.load(settings.policy)  # before anything is opened or promised
    with _listen(settings.host, settings.port) as listening:
        settings = replace(settings, port=listening.getsockname()[1])
        _refuse_what_cannot_be(settings)
        with Catalog(settings.catalog, durable=True) as catalog:
            token = set_up_token(catalog, settings.admin_token)
            where = catalog.place
        vault = open_vault(settings.vault)
        if settings.workers > 1:
            with shared_folder() as figures:
                shown = _show_figures(settings, figures)
                _introduce(settings, token, [f"catalog {where}, vault {vault.place}", *shown], say)
                _run_many(settings, listening)
        else:
            with open_gate(settings) as gate:
                shown = _show_figures(settings, None)
                _introduce(settings, token, [f"catalog {where}, vault {vault.place}", *shown], say)
                _run_one(uvicorn.Config(create_app(settings, gate), **_HOW), listening)


def _refuse_what_cannot_be(settings: Settings) -> None:
    """Say what is wrong with the settings before anything is promised; each process reads them for itself."""
    open_provider(settings)
    Allowed.parse(settings.webhook_allow)
    Places.parse(settings.import_folders, settings.import_buckets)
    if not settings.browsers_url.startswith(("http://", "https://")):
        raise UsageError(f"ONECOPY_PUBLIC_URL must begin with https://, and is {settings.public_url!r}.")


_HOW: dict[str, Any] = {
    "log_config": None,  # as everything else, see logs.py
    "access_log": False,
    "server_header": False,
    "http": PatientProtocol,
    "ws": "none",
    "timeout_graceful_shutdown": FINISH_SECONDS,
}


def _run_one(config: uvicorn.Config, listening: socket.socket) -> None:
    # Once it has stopped, the server sends itself the signal again. To be told to end is no failure.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_many(settings: Settings, listening: socket.socket) -> None:
    """Processes that share the socket. They read the settings from the environment."""
    # The token's digest is in the catalog: no other process needs the token.
    os.environ.pop("ONECOPY_ADMIN_TOKEN", None)
    os.environ.update(replace(settings, admin_token=None).to_environment())
    app = "onecopy.service.app:from_environment"
    config = uvicorn.Config(app, factory=True, workers=settings.workers, **_HOW)
    Multiprocess(config, sockets=[listening]).run()


def _show_figures(settings: Settings, folder: Path | None) -> list[str]:
    """Offer figures on their own port, if there is to be one; what to say of that."""
    if settings.metrics_port is None:
        return []
    port = metrics.serve(settings.metrics_host, settings.metrics_port, folder)
    return [f"figures http://{settings.metrics_host}:{port}/metrics"]


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise EnvironmentProblem(
            f"Cannot listen on {host}, port {port} ({error.strerror}). "
            "Choose another with --port (0 takes any free one).",
            code="cannot-listen",
        ) from None
    return listening


def _introduce(
    settings: Settings, token: str | None, places: Iterable[str], say: Callable[[str], None]
) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    say(f"onecopy listens on {url}")
    for place in places:
        say(place)
    if token is not None:
        say(f"token   {token}")
        say("        (shown this once: keep it where your portal keeps its secrets)")
    say("try it  curl -H 'Authorization: Bearer TOKEN' -F case=24016-00001 -F file=@photo.jpg \\")
    say(f"             {url}/v1/uploads")
    notify("READY=1")
