"""What both clients have in common beneath their requests."""

from base64 import b64encode
from typing import Any

import httpx

import onecopy
from onecopy.client.errors import ApiError, UnreachableError
from onecopy.errors import UsageError

SECONDS = 120.0
"""How long an answer may take: many versions of one picture are compared by their pixels."""
ATTEMPTS = 5


def address(url: str) -> str:
    """The address of a service, as it was given.

    Raises:
        UsageError: It is none.
    """
    if not url.startswith(("http://", "https://")):
        raise UsageError(
            f"The address {url!r} is none: it begins with https://, or with http:// on one machine."
        )
    return url


def headers(token: str) -> dict[str, str]:
    """What every request says.

    Raises:
        UsageError: The token cannot be one.
    """
    token = token.strip()  # of the line of a file, or of a paste
    if not (token and token.isascii() and token.isprintable()):
        raise UsageError("The token is empty, or none that onecopy gave. See: onecopy token create")
    return {"Authorization": f"Bearer {token}", "User-Agent": f"onecopy-client/{onecopy.__version__}"}


def unreachable(url: httpx.URL, error: httpx.TransportError) -> UnreachableError:
    """That a request came to nothing."""
    said = str(error) or type(error).__name__
    return UnreachableError(
        f"The service at {url} cannot be reached ({said}). Check the address and that it runs; "
        "an upload may be sent again under its Idempotency-Key."
    )


def whole(digest: Any, expected: str) -> None:
    """See that what came is what is held.

    Raises:
        ApiError: ``digest-mismatch``.
    """
    found = f"sha-256=:{b64encode(digest.digest()).decode()}:"
    if expected and expected != found:
        detail = "What came is not what the service holds: the connection broke. Ask again."
        raise ApiError(200, "digest-mismatch", detail, {})
