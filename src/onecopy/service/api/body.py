"""Small JSON bodies: bounded while they arrive, and checked against a type."""

from typing import Any, TypeVar

import msgspec
from fastapi import Request

from onecopy.service.arriving import bounded
from onecopy.service.problems import ProblemError

MOST = 64 << 10
"""Bytes of a body."""

T = TypeVar("T")


async def read(request: Request, kind: type[T], *, default: T | None = None) -> T:
    """Read a body as a type; where there is none, the default, if there is one.

    Raises:
        ProblemError: It is too large, stalled, no JSON, or does not fit.
    """
    body = await bounded(request, MOST, f"The body is larger than {MOST:,} bytes.")
    if default is not None and not body:
        return default
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise ProblemError(422, "invalid-request", f"The body does not fit: {error}.") from None
    except (msgspec.DecodeError, RecursionError):
        raise ProblemError(400, "malformed-json", "The body is not JSON.") from None


def described(kind: type[Any], example: dict[str, Any]) -> dict[str, Any]:
    """What the API's description says of such a body."""
    (schema,), parts = msgspec.json.schema_components([kind])
    content = {"application/json": {"schema": _whole(schema, parts) | {"examples": [example]}}}
    return {"requestBody": {"required": True, "content": content}}


def _whole(schema: Any, parts: dict[str, Any]) -> Any:
    """A schema with the parts it refers to put in their places; bodies are small."""
    if isinstance(schema, list):
        return [_whole(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _whole(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {key: _whole(value, parts) for key, value in schema.items()}
