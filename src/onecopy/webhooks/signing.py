"""Signatures of messages, for senders and receivers: HMAC-SHA256, which is ``v1`` of Standard Webhooks."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping

from onecopy.errors import UsageError

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds by which a message may be older, or newer, than the receiver's clock says."""


def signed(id: str, at: int, body: str, secrets: Iterable[str]) -> dict[str, str]:
    """The headers that prove a message.

    Args:
        id: The message's.
        at: When it is sent, in seconds since the epoch.
        body: The message.
        secrets: Those that sign, the newest first.

    Raises:
        UsageError: A secret is none.
    """
    signatures = (f"v1,{_signature(id, str(at), body.encode(), secret)}" for secret in secrets)
    return {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}


def verified(headers: Mapping[str, str], body: bytes, secret: str, *, now: float | None = None) -> bool:
    """Whether a message is from whom the secret is shared with, and was sent just now.

    Args:
        headers: Of the request; names in any case.
        body: As it came, byte for byte.
        secret: ``whsec_…``.
        now: Seconds since the epoch; the clock's by default.

    Raises:
        UsageError: The secret is none.
    """
    given = {name.lower(): value for name, value in headers.items()}
    id, at = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not id or not at.isascii() or not at.isdigit() or len(at) > 12:
        return False
    if abs((time.time() if now is None else now) - int(at)) > TOLERANCE:
        return False
    expected = _signature(id, at, body, secret).encode()
    signatures = (one.partition(",") for one in given.get("webhook-signature", "").split(" "))
    matching = [
        hmac.compare_digest(said.encode("utf-8", "replace"), expected)
        for version, _, said in signatures
        if version == "v1"
    ]
    return any(matching)


def _signature(id: str, at: str, body: bytes, secret: str) -> str:
    content = f"{id}.{at}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(_key(secret), content, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise UsageError(
            f"The webhook's secret is none: it begins with {PREFIX} and goes on in base64."
        ) from None
