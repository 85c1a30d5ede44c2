"""Receiving webhooks: whether a message is the service's, and what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onecopy.errors import OnecopyError
from onecopy.webhooks.signing import verified


class NotVerifiedError(OnecopyError):
    """A message is not the service's, or is old: answer 401, and do nothing with it."""

    code = "not-verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that was verified.

    Attributes:
        id: One for all attempts: remember it, for a message may come twice.
        type: ``upload.held`` and so on.
        timestamp: When that happened.
        data: Identifiers, the decision.
    """

    id: str
    type: str
    timestamp: datetime
    data: Mapping[str, Any]


def verify_webhook(headers: Mapping[str, str], body: bytes, secret: str) -> Message:
    """Verify a message and read it.

    Args:
        headers: Of the request.
        body: As it came, byte for byte.
        secret: ``whsec_…``, as it was shown when the webhook was made.

    Raises:
        NotVerifiedError: It is not to be believed.
        UsageError: The secret is none.
    """
    if not verified(headers, body, secret):
        raise NotVerifiedError("The message is not signed with this secret, or was not sent just now.")
    try:
        said = json.loads(body)
        id = next(value for name, value in headers.items() if name.lower() == "webhook-id")
        at = datetime.fromisoformat(said["timestamp"])
        return Message(id=id, type=str(said["type"]), timestamp=at, data=dict(said["data"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotVerifiedError(f"The message cannot be read ({error}).") from None
