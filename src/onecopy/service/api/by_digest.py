"""A check by digest alone: the body is JSON, and no bytes are sent."""

from typing import Annotated, Any

import msgspec
from fastapi import Request
from msgspec import Meta

from onecopy.pipelines.gate import Context
from onecopy.pipelines.gate.context import checked, moment
from onecopy.service.api.body import described, read
from onecopy.service.auth import Caller

_EXAMPLE = {
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "case": "24016-00001",
    "name": "front.jpg",
}


class Digest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A file that is not sent. The fields are those of an upload."""

    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$", description="Of its bytes, in hexadecimal.")]
    case: str
    agency: str | None = None
    source: str = ""
    category: str = ""
    name: str = ""
    captured_at: str | None = None
    metadata: dict[str, Any] = {}


def is_json(request: Request) -> bool:
    """Whether a body is JSON, by its header."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json"


async def asked(request: Request, caller: Caller) -> tuple[str, Context]:
    """The digest that is asked about, in lower case, and what is known besides.

    Raises:
        ProblemError: The body cannot be read, or does not fit; or it is for another agency.
        UsageError: ``bad-context``.
    """
    said = await read(request, Digest)
    agency = caller.sends_for(None if said.agency is None else said.agency.strip())
    context = Context(
        case=said.case,
        agency=agency,
        source=said.source,
        category=said.category,
        name=said.name,
        uploader=caller.name,
        captured_at=moment("captured_at", said.captured_at) if said.captured_at else None,
        metadata=said.metadata,
    )
    return said.sha256.lower(), checked(context, None)


def with_digest(body: dict[str, Any]) -> dict[str, Any]:
    """The description of a body that may be JSON, too."""
    json = described(Digest, _EXAMPLE)["requestBody"]["content"]
    return body | {"content": json | body["content"]}
