"""What a browser keeps between leaving for the sign-in provider and coming back."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Three secrets of one attempt to sign in: for its way back, its ID token, and its code.

    ``back`` is the path that the browser wanted to see.
    """

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    back: str = "/v1/me"

    def packed(self) -> str:
        """As it is kept in a cookie."""
        return urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def unpacked(cls, kept: str) -> Self | None:
        """From a cookie; ``None`` if that is none of ours."""
        try:
            said = json.loads(urlsafe_b64decode(kept))
            return cls(**{name: str(said[name]) for name in ("state", "nonce", "verifier", "back")})
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
