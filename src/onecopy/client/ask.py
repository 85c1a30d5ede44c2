"""Requests as plain values, and what is done with the answers: the same for both clients."""

import hashlib
import io
import json
import random
import uuid
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from onecopy.client.errors import ApiError, RejectedError
from onecopy.client.model import Reply

T = TypeVar("T")

File = str | Path | bytes | BinaryIO
"""What can be sent: a path, bytes, or an open file that can go back to its start."""

LONGEST_WAIT = 60.0
"""Seconds to wait at most because a service asks for it."""

_SAFE = frozenset({"GET", "HEAD", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Generic[T]):
    """One request, and the type of its answer.

    Attributes:
        method: Of HTTP.
        path: Below the service's address.
        kind: What the answer is read as.
        params: Of the address; what is ``None`` is left out.
        json: A body.
        headers: Besides the token.
        file: A file to send as a form, with ``fields``; or with ``raw`` as the body.
        name: Its name.
        repeatable: Whether it may be sent again where nobody knows if it arrived.
    """

    method: str
    path: str
    kind: type[T]
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file: File | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    raw: bool = False
    repeatable: bool = False

    @property
    def may_repeat(self) -> bool:
        """Whether sending it twice does no harm."""
        return self.repeatable or self.method in _SAFE

    def arguments(self, file: BinaryIO | None) -> dict[str, Any]:
        """What httpx is told; ``file`` is the file, open and at its start."""
        said: dict[str, Any] = {"params": {k: v for k, v in self.params.items() if v is not None}}
        said["headers"] = dict(self.headers)
        if self.json is not None:
            said["json"] = self.json
        if file is not None and self.raw:
            said["content"] = file.read()
        elif file is not None:
            said |= {"files": {"file": (self.name or "unnamed", file)}, "data": dict(self.fields)}
        return said


def opened(file: File) -> tuple[BinaryIO, bool]:
    """A file at its start, and whether to close it after use."""
    if isinstance(file, str | Path):
        return Path(file).open("rb"), True
    if isinstance(file, bytes):
        return io.BytesIO(file), True
    file.seek(0)
    return file, False


def answer(ask: Ask[T], response: httpx.Response) -> T:
    """Read an answer.

    Raises:
        ApiError: It is a problem.
    """
    if response.is_success:
        if ask.kind is type(None):
            return None  # type: ignore[return-value,unused-ignore]
        return msgspec.json.decode(response.content, type=ask.kind)
    raise problem(response)


def problem(response: httpx.Response) -> ApiError:
    """What an answer that is no success means."""
    try:
        said = json.loads(response.content)
        code, detail = str(said["code"]), str(said["detail"])
    except (ValueError, KeyError, TypeError):  # a proxy on the way
        said, code = {}, "http-error"
        detail = f"The answer was {response.status_code}, and not the service's own. Check the address."
    if code == "rejected":
        reply = msgspec.convert({"decision": "reject", "reason": detail} | said, Reply)
        return RejectedError(response.status_code, code, detail, said, reply)
    return ApiError(response.status_code, code, detail, said)


def again(response: httpx.Response) -> bool:
    """Whether a request is to be sent again: too many, too busy, or the same one is being answered."""
    status = response.status_code
    return status in (429, 503) or (status == 409 and "retry-after" in response.headers)


def pause(attempt: int, response: httpx.Response | None) -> float:
    """How long to wait before the next attempt, in seconds: as the service says, or longer each time."""
    asked = _asked(response.headers.get("retry-after", "")) if response is not None else None
    if asked is not None:
        return min(asked, LONGEST_WAIT)
    return min(0.5 * 2.0**attempt, 30.0) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


def _asked(text: str) -> float | None:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (then - datetime.now(UTC)).total_seconds()) if then.tzinfo else None


def sha256_of(file: File) -> str:
    """The digest of a file's bytes, in hexadecimal."""
    source, ours = opened(file)
    try:
        return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    finally:
        if ours:
            source.close()


def digest_header(sha256: str) -> str:
    """``Repr-Digest`` (RFC 9530)."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"


def fresh_key() -> str:
    """An ``Idempotency-Key`` of its own."""
    return str(uuid.uuid4())


def segment(text: str) -> str:
    """A part of a path."""
    return quote(text, safe="")


def name_of(file: File, name: str) -> str:
    """The file's name, if it is not said."""
    return name or (Path(file).name if isinstance(file, str | Path) else "")
