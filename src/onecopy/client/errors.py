"""What can go wrong, with a code for programs and a sentence for people."""

from collections.abc import Mapping
from typing import Any

from onecopy.client.model import Reply
from onecopy.errors import OnecopyError


class ApiError(OnecopyError):
    """The service answered with a problem (RFC 9457).

    Attributes:
        status: Of HTTP.
        code: Stable, for programs; docs/how-to/connect-a-portal.md lists them.
        message: What happened, and what to do.
        members: What else the problem says.
    """

    def __init__(self, status: int, code: str, message: str, members: Mapping[str, Any]) -> None:
        super().__init__(message, code=code)
        self.status, self.members = status, dict(members)

    def __str__(self) -> str:
        """The code and the sentence."""
        return f"{self.code}: {self.message}"


class RejectedError(ApiError):
    """The agency's policy turned an upload away; nothing was kept. ``reply`` says with what it has to do."""

    def __init__(
        self, status: int, code: str, message: str, members: Mapping[str, Any], reply: Reply
    ) -> None:
        super().__init__(status, code, message, members)
        self.reply = reply


class UnreachableError(OnecopyError):
    """The service cannot be reached, however often that was tried. Whether a request arrived is not known."""

    code = "unreachable"
