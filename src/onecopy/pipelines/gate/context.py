"""What callers say of an upload, made fit to be stored."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from onecopy.errors import UsageError
from onecopy.locator import quote
from onecopy.pipelines.gate.model import Context

LONGEST = 200
"""Characters of a case, agency, source, category or uploader."""
LONGEST_NAME = 1024
LARGEST_METADATA = 8192
"""Bytes of the metadata, as JSON."""
DEEPEST_METADATA = 8
"""Objects and lists in each other, the whole included."""

_LINES = ("case", "agency", "source", "category", "uploader")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def checked(context: Context, file: object) -> Context:
    """The context with its name filled in and storable.

    A name may hold anything a file system allows; the other texts are one line each.

    Raises:
        UsageError: ``bad-context``, and which field it is about.
    """
    if context.captured_at is not None:
        _check_moment(context.captured_at)
    _check_metadata(context.metadata)
    fields: dict[str, Any] = {field: one_line(field, getattr(context, field)) for field in _LINES}
    if not fields["case"]:
        raise UsageError(
            "The field 'case' is empty. Say which case the upload belongs to.", code="bad-context"
        )
    name = context.name or (file.name if isinstance(file, Path) else "") or "unnamed"
    if len(name) > LONGEST_NAME:
        raise UsageError(f"The name is longer than {LONGEST_NAME} characters.", code="bad-context")
    return replace(context, **fields, name=_storable(name))


def one_line(field: str, value: str) -> str:
    """The value as it is kept, without the space around it: ``agency=fire`` and ``agency= fire`` are one.

    Raises:
        UsageError: ``bad-context``: it is too long, or more than a line.
    """
    value = value.strip()
    if len(value) > LONGEST:
        raise UsageError(f"The field '{field}' is longer than {LONGEST} characters.", code="bad-context")
    if _CONTROL.search(value):
        raise UsageError(f"The field '{field}' has control characters in it.", code="bad-context")
    return value


def moment(field: str, text: str) -> datetime:
    """An instant from text (RFC 3339): ``2026-05-03T09:12:44-07:00``.

    Raises:
        UsageError: ``bad-context``: it is none, or does not say its zone.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _no_moment(field) from None
    if found.tzinfo is None:
        raise _no_moment(field)
    return found


def metadata(text: str) -> dict[str, Any]:
    """The metadata from JSON.

    Raises:
        UsageError: ``bad-context``: it is no object.
    """
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise _bad_metadata("is not a JSON object") from None


def _no_moment(field: str) -> UsageError:
    return UsageError(
        f"The field '{field}' is no time with a zone. Write it like 2026-05-03T09:12:44-07:00.",
        code="bad-context",
    )


def _check_moment(value: datetime) -> None:
    try:
        year = value.astimezone(UTC).year if value.tzinfo is not None else 0
    except (OverflowError, ValueError):
        year = 0
    if not 1800 <= year < 9999:
        raise _no_moment("captured_at")


def _check_metadata(value: Mapping[str, Any]) -> None:
    if not isinstance(value, dict) or not _fits(value, DEEPEST_METADATA):
        raise _bad_metadata(f"holds what cannot be kept, or is nested deeper than {DEEPEST_METADATA}")
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError):
        raise _bad_metadata("holds what cannot be kept") from None
    if size > LARGEST_METADATA:
        raise _bad_metadata(f"is larger than {LARGEST_METADATA:,} bytes")


def _bad_metadata(what: str) -> UsageError:
    return UsageError(
        f'The field \'metadata\' {what}. Send a small JSON object, like {{"inspector": "Kim"}}.',
        code="bad-context",
    )


def _fits(value: object, deeper: int) -> bool:
    """Whether JSON and both databases can keep a value: zero characters and lone surrogates they cannot."""
    if isinstance(value, dict):
        return deeper > 0 and all(
            isinstance(key, str) and _fits(key, 1) and _fits(one, deeper - 1) for key, one in value.items()
        )
    if isinstance(value, list):
        return deeper > 0 and all(_fits(one, deeper - 1) for one in value)
    if isinstance(value, str):
        return re.search(r"[\x00\ud800-\udfff]", value) is None
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, int)


def _storable(name: str) -> str:
    """Names that no database takes (zero bytes, bytes that are not UTF-8) are percent-encoded."""
    return quote(name) if re.search(r"[\x00\ud800-\udfff]", name) else name
