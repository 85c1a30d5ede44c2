"""What the service can be told: by flags, by ``ONECOPY_…`` variables, or not at all."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from onecopy.errors import UsageError
from onecopy.model import Limits

PREFIX = "ONECOPY_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one service. Every one has a default that works."""

    catalog: str | None = None
    """Path or URL of the catalog; by default in the user's data folder."""
    vault: str | None = None
    """Folder or address of the vault; by default in the user's data folder."""
    host: str = "127.0.0.1"
    port: int = 8420
    workers: int = 1
    """Processes that answer requests."""
    max_upload_bytes: int = 1 << 30
    """The largest file that is let in."""
    idle_seconds: float = 30.0
    """How long an upload may send nothing before it is dropped."""
    policy: Path | None = None
    """File of the policy; by default the shipped one."""
    public_url: str | None = None
    """Where browsers reach the service, for signing in; by default where it listens."""
    oidc_issuer: str | None = None
    """The OpenID provider that people sign in through; nobody can without one."""
    oidc_client_id: str = "onecopy"
    oidc_client_secret: str | None = None
    admin_token: str | None = None
    """Sets the token, instead of one made at the first start."""

    @property
    def browsers_url(self) -> str:
        """Where browsers reach the service, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read ``ONECOPY_CATALOG``, ``ONECOPY_MAX_UPLOAD_BYTES`` and so on.

        Raises:
            UsageError: A number is not one.
        """
        found: dict[str, object] = {}
        for field in fields(cls):
            text = environment.get(PREFIX + field.name.upper())
            if text:
                found[field.name] = _parsed(field.name, text)
        return cls(**found)  # type: ignore[arg-type]

    def to_environment(self) -> dict[str, str]:
        """The variables that :meth:`from_environment` reads this from, for the processes of one service."""
        values = {PREFIX + field.name.upper(): getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}

    def limits(self) -> Limits:
        """What one upload may cost."""
        return Limits(file_bytes=self.max_upload_bytes)


def _parsed(name: str, text: str) -> object:
    if name == "policy":
        return Path(text)
    if name not in ("port", "workers", "max_upload_bytes", "idle_seconds"):
        return text
    try:
        return float(text) if name == "idle_seconds" else int(text)
    except ValueError:
        raise UsageError(f"{PREFIX}{name.upper()} must be a number, not {text!r}.") from None
