"""Who may ask: one bearer token, kept only as its digest.

The token is 256 random bits, so that a plain SHA-256 cannot be searched; it is shown once and never again.
"""

import hashlib
import hmac
import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from onecopy.catalog import settings
from onecopy.catalog.store import Catalog
from onecopy.errors import UsageError
from onecopy.service.problems import ProblemError

_SETTING = "admin-token-sha256"
SHORTEST = 16
"""Characters a token must have that somebody chose."""

_scheme = HTTPBearer(auto_error=False, description="The token that the first start printed.")


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def set_up_token(catalog: Catalog, chosen: str | None) -> str | None:
    """See to it that there is a token.

    Args:
        catalog: Where its digest is kept.
        chosen: A token from the settings. It replaces what was there.

    Returns:
        A new token, to be shown this once; ``None`` if there was one or one was chosen.

    Raises:
        UsageError: The chosen one is too short to be safe.
    """
    if chosen is not None and len(chosen) < SHORTEST:
        raise UsageError(f"ONECOPY_ADMIN_TOKEN is shorter than {SHORTEST} characters. Choose a longer one.")
    with catalog.write() as connection:
        if chosen is not None:
            settings.put(connection, _SETTING, digest(chosen))
            return None
        if settings.get(connection, _SETTING) is not None:
            return None
        token = "onecopy_" + secrets.token_urlsafe(32)
        settings.put(connection, _SETTING, digest(token))
        return token


def require_token(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]
) -> str:
    """Let a request pass that carries the token.

    Returns:
        Who it is, in the words that are stored as the uploader.

    Raises:
        ProblemError: 401.
    """
    catalog: Catalog = request.app.state.gate.catalog
    with catalog.read() as connection:
        expected = settings.get(connection, _SETTING)
    if given is None or expected is None or not hmac.compare_digest(digest(given.credentials), expected):
        raise ProblemError(
            401,
            "unauthorized",
            "The request carries no valid token. Send 'Authorization: Bearer <token>'.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return "admin"


Uploader = Annotated[str, Depends(require_token)]
